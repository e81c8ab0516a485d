import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { run } from './dta-readers.js';

/** A column as haven read it: texts, numbers (moments in seconds from 1970), null for system missing. */
export interface HavenColumn {
  name: string;
  label: string;
  format: string;
  /** From, to: −Infinity stands for LO. */
  range: [number, number] | null;
  /** Codes that are missing by themselves. */
  discrete: number[];
  /** Words by number. */
  values: Record<string, string>;
  cells: (number | string | null)[];
}

export interface HavenFile {
  label: string;
  /** The documents. */
  notes: string[];
  columns: HavenColumn[];
}

/** Reads files in one R process, with haven and its user-defined missing values. */
export async function readSavByHaven(paths: readonly string[]): Promise<HavenFile[]> {
  const folder = dirname(paths[0] ?? '');
  const script = join(folder, 'haven-sav.R');
  await writeFile(script, HAVEN);
  const output = await run('Rscript', [script, ...paths], folder);
  // Texts leave R as the hexadecimal digits of their bytes.
  const unhex = (_: string, value: unknown) =>
    typeof value === 'string' && value.startsWith('x')
      ? Buffer.from(value.slice(1), 'hex').toString()
      : value;
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => {
      const { columns, ...file } = JSON.parse(line, unhex) as Omit<HavenFile, 'columns'> & {
        columns: (Omit<HavenColumn, 'values'> & { codes: number[]; words: string[] })[];
      };
      return {
        ...file,
        columns: columns.map(({ codes, words, ...column }) => ({
          ...column,
          range: column.range && [column.range[0] < -1e300 ? -Infinity : column.range[0], column.range[1]],
          values: Object.fromEntries(codes.map((code, index) => [String(code), words[index] ?? ''])),
        })),
      };
    });
}

const HAVEN = `
suppressMessages(library(haven))
hex <- function(texts) vapply(texts, function(text) paste0('"x', paste(charToRaw(enc2utf8(text)), collapse = ''), '"'), '', USE.NAMES = FALSE)
text_of <- function(text) if (is.null(text)) '"x"' else hex(text)
numbers <- function(values) ifelse(is.na(values), 'null', sprintf('%.17g', pmax(values, -1.7e308)))
list_of <- function(parts) paste0('[', paste(parts, collapse = ','), ']')
cells_of <- function(column) {
  if (is.character(column)) return(hex(column))
  if (inherits(column, 'Date')) return(numbers(as.numeric(column) * 86400))
  numbers(as.numeric(unclass(zap_labels(zap_missing_range(column)))))
}
zap_missing_range <- function(column) { attr(column, 'na_range') <- NULL; attr(column, 'na_values') <- NULL; class(column) <- setdiff(class(column), 'haven_labelled_spss'); column }
for (path in commandArgs(TRUE)) {
  data <- read_sav(path, user_na = TRUE)
  columns <- vapply(names(data), function(name) {
    column <- data[[name]]
    labels <- attr(column, 'labels', exact = TRUE)
    range <- attr(column, 'na_range', exact = TRUE)
    sprintf('{"name":%s,"label":%s,"format":%s,"range":%s,"discrete":%s,"codes":%s,"words":%s,"cells":%s}', hex(name),
      text_of(attr(column, 'label', exact = TRUE)), text_of(attr(column, 'format.spss', exact = TRUE)),
      if (is.null(range)) 'null' else list_of(numbers(range)), list_of(numbers(attr(column, 'na_values', exact = TRUE))),
      list_of(numbers(labels)), list_of(if (length(labels)) hex(names(labels))), list_of(cells_of(column)))
  }, '')
  notes <- attr(data, 'notes', exact = TRUE)
  cat('{"label":', text_of(attr(data, 'label', exact = TRUE)), ',"notes":', list_of(if (length(notes)) hex(notes)), ',"columns":', list_of(columns), '}\\n', sep = '')
}
`;

export interface PsppFile {
  /** Values by attribute by variable; those of the file by `(dataset)`. */
  attributes: Record<string, Record<string, string[]>>;
  /** LOWEST THRU -1 and its like, by variable. */
  missing: Record<string, string>;
  /** Texts of the cells as CSV has them; dates MM/DD/YYYY. */
  rows: string[][];
}

/** Reads files in one PSPP process. @throws what PSPP warns of */
export async function readSavByPspp(paths: readonly string[]): Promise<PsppFile[]> {
  const folder = dirname(paths[0] ?? '');
  const syntax = join(folder, 'read.sps');
  const commands = paths.map(
    (path) => `GET FILE='${path}'.
DISPLAY ATTRIBUTES.
DISPLAY DICTIONARY.
SAVE TRANSLATE /OUTFILE='${path}.csv' /TYPE=CSV /REPLACE /FIELDNAMES /CELLS=VALUES.
`,
  );
  await writeFile(syntax, ['SET TVARS=NAMES.\n', ...commands].join(''));
  const output = await run('pspp', ['-O', 'format=csv', syntax], folder);
  if (/^"?(warning|error|note): /m.test(output)) throw new Error(output);
  const files = output.split('Table: Variable and Dataset Attributes\n').slice(1);
  return Promise.all(
    files.map(async (text, index) => {
      const [attributes = '', dictionary = ''] = text.split('Table: Variables\n');
      const rows = csv(await readFile(`${paths[index]}.csv`, 'utf8'), false);
      const variables = csv(dictionary.split('Table: Value Labels\n')[0] ?? '').slice(1);
      return {
        attributes: attributesIn(csv(attributes).slice(1)),
        missing: Object.fromEntries(variables.map((row) => [row[0] ?? '', row[9] ?? ''])),
        rows: rows.slice(1),
      };
    }),
  );
}

/** A table of one column may have rows that are empty lines; between printed tables they are nothing. */
const csv = (text: string, skipsEmpty = true): string[][] =>
  parse(text, { relax_column_count: true, skip_empty_lines: skipsEmpty }) as string[][];

function attributesIn(rows: string[][]): PsppFile['attributes'] {
  const found: PsppFile['attributes'] = {};
  let variable = '';
  for (const [name = '', attribute = '', value = ''] of rows) {
    variable = name || variable;
    const of = (found[variable] ??= {});
    (of[attribute.replace(/\[\d+\]$/, '')] ??= []).push(value);
  }
  return found;
}
