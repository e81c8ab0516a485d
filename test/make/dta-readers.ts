import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A cell as a program read it: a number, a text, or the letter of a missing value (`.` for none). */
export type ReadCell = number | string | { missing: string };

/** A column as a program read it. */
export interface ReadColumn {
  name: string;
  label: string;
  format: string;
  /** Words by number, or by letter (`.d`). */
  values: Record<string, string>;
  cells: ReadCell[];
}

export interface ReadFile {
  label: string;
  columns: ReadColumn[];
}

/** By readstata13: also the characteristics, by `variable[name]`, and what `label language` would show in a language. */
export interface ReadWithCharacteristics extends ReadFile {
  characteristics: Record<string, string>;
  languages: Record<string, Record<string, { label: string; values: Record<string, string> }>>;
}

/** Reads files in one Python process, with pandas. Dates stay Stata's numbers. */
export const readByPandas = (paths: readonly string[]): Promise<ReadFile[]> =>
  readBy<ReadFile>('/usr/bin/python3', 'read.py', PANDAS, paths);

/** Reads files in one R process, with haven. Dates become texts, YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS. */
export const readByHaven = (paths: readonly string[]): Promise<ReadFile[]> =>
  readBy<ReadFile>('Rscript', 'haven.R', R_TEXTS + HAVEN, paths);

/** Reads files in one R process, with readstata13. Dates stay Stata's numbers. */
export const readByReadstata13 = (paths: readonly string[]): Promise<ReadWithCharacteristics[]> =>
  readBy<ReadWithCharacteristics>('Rscript', 'readstata13.R', R_TEXTS + READSTATA13, paths);

/** Runs a script over files; it prints a line of JSON each. */
async function readBy<T>(
  program: string,
  name: string,
  script: string,
  paths: readonly string[],
): Promise<T[]> {
  const folder = dirname(paths[0] ?? '');
  await writeFile(join(folder, name), script);
  const output = await run(program, [join(folder, name), ...paths], folder);
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as T);
}

/** What a program prints that runs and has its home in a folder. @throws a sentence when it is not installed, and with its own words when it fails */
export async function run(program: string, args: readonly string[], cwd: string): Promise<string> {
  const child = spawn(program, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, LC_ALL: 'C.UTF-8', HOME: cwd },
    cwd,
  });
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('close', resolve);
    child.on('error', (error) =>
      reject(new Error(`${program} does not run; .ci/run installs it.`, { cause: error })),
    );
  });
  if (code !== 0) throw new Error(`${program} failed: ${Buffer.concat(errors).toString()}`);
  return Buffer.concat(output).toString();
}

const PANDAS = `
import json, sys
import pandas as pd
from pandas.io.stata import StataMissingValue, StataReader

def cell(value):
    if isinstance(value, StataMissingValue):
        return {'missing': value.string}
    return value if isinstance(value, str) else float(value)

def code(value):
    letter = value - 2147483621
    return '.' + chr(96 + letter) if letter > 0 else str(value)

for path in sys.argv[1:]:
    with StataReader(path) as reader:
        tables = reader.value_labels()
    with StataReader(path, convert_dates=False, convert_categoricals=False, convert_missing=True) as reader:
        labels = reader.variable_labels()
        data = reader.read()
        columns = [
            {
                'name': name,
                'label': labels[name],
                'format': reader.fmtlist[index],
                'values': {code(int(value)): words for value, words in tables.get(reader.lbllist[index], {}).items()},
                'cells': [cell(value) for value in data[name].tolist()],
            }
            for index, name in enumerate(data.columns)
        ]
        print(json.dumps({'label': reader.data_label, 'columns': columns}))
`;

/** Texts leave R as JSON, with those characters escaped that may not stand in it. */
const R_TEXTS = String.raw`
options(warn = 1)
quoted <- function(text) {
  units <- utf8ToInt(text)
  out <- intToUtf8(units, multiple = TRUE)
  escaped <- units < 32 | units == 34 | units == 92
  out[escaped] <- sprintf('\\u%04x', units[escaped])
  paste(out, collapse = '')
}
texts <- function(values) {
  values <- enc2utf8(as.character(values))
  hostile <- grepl('[\\x01-\\x1f"\\\\]', values, perl = TRUE)
  values[hostile] <- vapply(values[hostile], quoted, '', USE.NAMES = FALSE)
  paste0('"', values, '"', recycle0 = TRUE)
}
list_of <- function(parts) paste0('[', paste(parts, collapse = ','), ']')
object_of <- function(names, parts) paste0('{', paste(paste0(texts(names), ':', parts, recycle0 = TRUE), collapse = ','), '}')
missing_of <- function(letters) sprintf('{"missing":".%s"}', ifelse(is.na(letters), '', letters))
`;

const HAVEN = `
library(haven)
cells_of <- function(column) {
  if (is.character(column)) return(texts(column))
  if (inherits(column, 'Date')) return(ifelse(is.na(column), missing_of(NA), paste0('"', format(column, '%Y-%m-%d'), '"')))
  if (inherits(column, 'POSIXct'))
    return(ifelse(is.na(column), missing_of(NA), paste0('"', format(column, '%Y-%m-%dT%H:%M:%S', tz = 'UTC'), '"')))
  numbers <- as.vector(zap_labels(column))
  ifelse(is.na(numbers), missing_of(na_tag(column)), sprintf('%.17g', as.numeric(numbers)))
}
values_of <- function(column) {
  labels <- attr(column, 'labels')
  codes <- ifelse(is.na(labels), paste0('.', na_tag(labels)), sprintf('%.0f', labels))
  object_of(codes, texts(names(labels)))
}
or_empty <- function(text) if (is.null(text)) '' else text
for (path in commandArgs(TRUE)) {
  data <- read_dta(path)
  columns <- vapply(names(data), function(name) {
    column <- data[[name]]
    object_of(c('name', 'label', 'format', 'values', 'cells'), c(texts(name), texts(or_empty(attr(column, 'label', exact = TRUE))),
      texts(or_empty(attr(column, 'format.stata'))), values_of(column), list_of(cells_of(column))))
  }, '')
  cat(object_of(c('label', 'columns'), c(texts(or_empty(attr(data, 'label', exact = TRUE))), list_of(columns))), '\\n', sep = '')
}
`;

const READSTATA13 = `
library(readstata13)
values_of <- function(table) {
  codes <- ifelse(table > 2147483620, paste0('.', letters[pmax(1, table - 2147483621)]), sprintf('%.0f', table))
  object_of(codes, texts(names(table)))
}
for (path in commandArgs(TRUE)) {
  data <- read.dta13(path, convert.factors = FALSE, convert.dates = FALSE, missing.type = TRUE)
  missing <- attr(data, 'missing')
  tables <- attr(data, 'label.table')
  columns <- vapply(seq_along(data), function(index) {
    column <- data[[index]]
    # To readstata13 an empty strL is NA.
    cells <- if (is.character(column)) texts(ifelse(is.na(column), '', column)) else
      ifelse(is.na(column), missing_of(c(NA, letters)[missing[[index]] + 1]), sprintf('%.17g', as.numeric(column)))
    object_of(c('name', 'label', 'format', 'values', 'cells'), c(texts(names(data)[index]), texts(attr(data, 'var.labels')[index]),
      texts(attr(data, 'formats')[index]), values_of(tables[[attr(data, 'val.labels')[index]]]), list_of(cells)))
  }, '')
  fields <- attr(data, 'expansion.fields')
  characteristics <- object_of(vapply(fields, function(f) paste0(f[1], '[', f[2], ']'), ''), texts(vapply(fields, function(f) f[3], '')))
  dta <- function(name) Find(function(f) f[1] == '_dta' && f[2] == name, fields)[3]
  languages_of <- strsplit(dta('_lang_list'), ' ')[[1]]
  # readstata13 looks for _lang_c in all names and contents, where a variable such as a_lang_check has it, too: then they are read here.
  is_lost <- sum(vapply(fields, function(f) any(grepl('_lang_c', f, fixed = TRUE)), NA)) > 1
  in_language <- function(language, mark, present) {
    if (language == dta('_lang_c')) return(present)
    of <- Filter(function(f) f[2] == paste0(mark, language), fields)
    vapply(of, function(f) f[3], '')[match(names(data), vapply(of, function(f) f[1], ''))]
  }
  languages <- vapply(languages_of, function(language) {
    labels <- if (is_lost) in_language(language, '_lang_v_', attr(data, 'var.labels')) else unname(varlabel(data, lang = language))
    labels[is.na(labels)] <- ''
    of <- if (is_lost) in_language(language, '_lang_l_', attr(data, 'val.labels')) else
      unname(get.label.name(data, lang = language)[names(data)])
    object_of(names(data), vapply(seq_along(data), function(index) object_of(c('label', 'values'),
      c(texts(labels[index]), values_of(tables[[of[index]]]))), ''))
  }, '')
  cat(object_of(c('label', 'columns', 'characteristics', 'languages'), c(texts(attr(data, 'datalabel')), list_of(columns),
    characteristics, object_of(languages_of, languages))), '\\n', sep = '')
}
`;
