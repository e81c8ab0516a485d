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
code_sets <- list()
code_set <- function(codes, letters, ...)
  code_sets[[length(code_sets) + 1]] <<- list(codes = codes, letters = letters, words = list(...))
`;
  for (const set of sets.all()) yield `${codeSet(set, locales)}\n`;
  yield `
# Files: rows, key, label in each language; then their columns: name, type, number of its codes (0: none), valid values and their mean
# (NA: not checked), label in each language. Each stands by itself, as R reads what is long again with every line.
files <- list()
new_file <- function(name, rows, key, ...) files[[name]] <<- list(rows = rows, key = key, label = c(...), columns = list())
column <- function(name, type, codes, valid, mean, ...) {
  last <- length(files)
  files[[last]]$columns[[length(files[[last]]$columns) + 1]] <<-
    list(name = name, type = type, codes = codes, valid = valid, mean = mean, label = c(...))
}
`;
  for (const file of files) {
    const { table } = file;
    yield `\nnew_file(${rText(table.name)}, ${table.rows}, c(${table.key.map(rText).join(', ')}), ${words(table.label)})\n`;
    yield* columns(file, sets, words);
  }
  yield `\n${R_FUNCTIONS}`;
}

function* columns(file: DescribedFile, sets: CodeSets, words: (texts: Texts) => string): Generator<string> {
  const checks = new Map(checksOf(file).map((check) => [check.variable, check]));
  for (const column of file.table.columns)
    yield `${described(column, sets.of(column), checks.get(column.name))}, ${words(column.label)})\n`;
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
