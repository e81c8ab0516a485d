import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, wordsIn } from '../format/file-table.js';
import { CodeSets, type CodeSet } from './code-sets.js';
import { onOneLine } from './description-text.js';
import { type DescribedFile, type ReleaseDescription } from './release-description.js';
import { checksOf, type ColumnCheck } from './setup-checks.js';
import { R_FUNCTIONS } from './setup-r-functions.js';

/** A text in double quotes, on one line. */
export const rText = (text: string): string =>
  `"${onOneLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/**
 * An R script with a function that loads a file from CSV, Stata or SPSS with labels in any language (haven), and a check of
 * every file that is there.
 */
export function* setupR(release: ReleaseDescription): Generator<string> {
  const { files, locales, name } = release;
  const words = (texts: Texts) => locales.map((locale) => rText(wordsIn(texts, locale, locales))).join(', ');
  const sets = new CodeSets(files.map(({ table }) => table));
  yield `# ${onOneLine(name)}: loads, labels and checks the files of this folder. Set it as the working directory, then:
#   source("setup.R", encoding = "UTF-8")          checks all files
#   people <- load_file("${files[0]?.table.name ?? 'a_indresp'}")                 labels in the main language; load_file(name, "en") for another
# Missing reasons are tagged: haven::na_tag(people$x) tells d, r and so on, haven::print_tagged_na shows them.
# A text that a spreadsheet would take for a formula has an apostrophe before it in CSV.

locales <- c(${locales.map(rText).join(', ')})

# Codes with their words in each language; reasons (negative codes) have a letter.
code_set <- function(codes, letters, ...) list(codes = codes, letters = letters, words = list(...))
code_sets <- list(`;
  for (const [index, set] of sets.all().entries())
    yield `${index === 0 ? '' : ','}\n  ${codeSet(set, locales)}`;
  yield `
)

# Name, type, number of its codes (0: none), valid values and their mean (NA: not checked), label in each language.
column <- function(name, type, codes, valid, mean, ...)
  list(name = name, type = type, codes = codes, valid = valid, mean = mean, label = c(...))

files <- list(`;
  for (const [index, file] of files.entries()) {
    yield `${index === 0 ? '' : ','}\n  ${file.table.name} = list(
    rows = ${file.table.rows}, key = c(${file.table.key.map(rText).join(', ')}), label = c(${words(file.table.label)}),
    columns = list(`;
    yield* columns(file, sets, words);
    yield '\n    ))';
  }
  yield `\n)\n${R_FUNCTIONS}`;
}

function* columns(file: DescribedFile, sets: CodeSets, words: (texts: Texts) => string): Generator<string> {
  const checks = new Map(checksOf(file).map((check) => [check.variable, check]));
  for (const [index, column] of file.table.columns.entries())
    yield `${index === 0 ? '' : ','}\n      ${described(column, sets.of(column), checks.get(column.name))}, ${words(column.label)})`;
}

const described = ({ name, type }: FileColumn, set?: CodeSet, check?: ColumnCheck): string =>
  `column(${rText(name)}, ${rText(type)}, ${set?.nr ?? 0}, ${check?.valid ?? 'NA'}, ${check?.mean ?? 'NA'}`;

function codeSet({ values, missing }: CodeSet, locales: readonly string[]): string {
  const all = [
    ...values.map(({ code, label }) => ({ code, letter: '', label })),
    ...missing.map(({ code, stata, label }) => ({ code, letter: stata, label })),
  ];
  const words = locales.map(
    (locale) => `c(${all.map(({ label }) => rText(wordsIn(label, locale, locales))).join(',\n    ')})`,
  );
  const codes = all.map(({ code }) => code).join(', ');
  return `code_set(c(${codes}), c(${all.map(({ letter }) => rText(letter)).join(', ')}), ${words.join(', ')})`;
}
