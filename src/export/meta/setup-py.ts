import { onOneLine } from './description-text.js';
import { type ReleaseDescription } from './release-description.js';
import { checksOf } from './setup-checks.js';
import { PY_FUNCTIONS } from './setup-py-functions.js';

/**
 * A Python script, and a module: a function that loads a file with pandas, labelled from codebook.json in any language, one that
 * gives its missing reasons, and a check of every file that is there.
 */
export function* setupPy(release: ReleaseDescription): Generator<string> {
  yield `"""${docText(release.name)}: loads, labels and checks the files of this folder.

Run it in the folder to check all files: python3 setup.py
Or, in the folder: from setup import load, reasons
    people = load("${release.files[0]?.table.name ?? 'a_indresp'}")        labels in the main language; labels="en" for another, labels=None for codes
    why = reasons("${release.files[0]?.table.name ?? 'a_indresp'}")        of the same rows: why a cell has no value
A text that a spreadsheet would take for a formula has an apostrophe before it in CSV.
"""

# Of each file: rows, unique key, and by column valid values with their mean.
CHECKS = {`;
  for (const file of release.files) {
    const { name, rows, key } = file.table;
    yield `\n    ${pyText(name)}: (${rows}, [${key.map(pyText).join(', ')}], {`;
    for (const { variable, valid, mean } of checksOf(file))
      yield `\n        ${pyText(variable)}: (${valid}, ${mean}),`;
    yield '\n    }),';
  }
  yield `\n}\n${PY_FUNCTIONS}`;
}

/** A text in quotes: what JSON escapes, Python reads alike. */
const pyText = (text: string): string => JSON.stringify(text);
const docText = (text: string): string => onOneLine(text).replace(/[\\"]/g, '’');
