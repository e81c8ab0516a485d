import { type Texts } from '../../questionnaire/variable/variable.js';
import { type FileColumn, type FileTable, wordsIn } from '../format/file-table.js';
import { CodeSets, type CodeSet, partsOf } from './code-sets.js';
import { bytesOf, cutAt, mainWords, onOneLine } from './description-text.js';
import {
  type DescribedFile,
  inAllFormats,
  type IsThere,
  type ReleaseDescription,
} from './release-description.js';
import { checksOf } from './setup-checks.js';

const MOST_CHECKS = 8;
/** Bytes of a label of a variable and of a value, and of a string. */
const LONGEST_LABEL = 255;
const LONGEST_VALUE_LABEL = 120;
const LONGEST_STRING = 32_767;

/** A text in quotes, on one line, not longer than `most` bytes. */
export const spssText = (text: string, most: number): string =>
  `"${cutAt(onOneLine(text), most, bytesOf).replaceAll('"', '""')}"`;

/**
 * Syntax that loads each file, labels it and checks what it read. Each language has its own section; the main one stands last, so
 * that it stands when all has run, and any section can be run again by itself.
 */
export function* setupSps(
  release: ReleaseDescription,
  isThere: IsThere = inAllFormats(release),
): Generator<string> {
  yield `* ${comment(release.name)}: loads, labels and checks the files of this folder. Run it there.
* Each file becomes a dataset of its own name. For labels in another language run them again, as it says there.
* In a CSV file SPSS takes a line break inside a text for the end of a row: use the .sav files where there are any.
`;
  yield 'SET DECIMAL=DOT.\n';
  for (const file of release.files) yield* section(file, release, isThere);
}

/** A comment ends at a full stop at the end of a line, so it is one line that has one. */
const comment = (text: string): string => onOneLine(text).replace(/\.+$/, '');

function* section(file: DescribedFile, release: ReleaseDescription, isThere: IsThere): Generator<string> {
  const { table } = file;
  const { locales } = release;
  const there = (format: string) => isThere(`${table.name}.${format}`);
  const binary = ['sav', 'zsav'].find(there);
  if ((!binary && !there('csv')) || table.rows === 0) return;
  yield `\n* ---- ${table.name}: ${comment(mainWords(table.label, release))}.\n`;
  if (binary) yield `GET FILE="${table.name}.${binary}".\n`;
  else yield* fromCsv(table);
  yield* missingValues(table);
  for (const locale of locales.toReversed()) yield* labels(table, locale, release);
  yield* checks(file);
  // Opening the next file closes the one that has no name, and in PSPP the one that has.
  yield `DATASET COPY ${table.name}.\n`;
}

function* fromCsv({ name, columns }: FileTable): Generator<string> {
  yield `GET DATA /TYPE=TXT /FILE="${name}.csv" /ENCODING="UTF-8" /ARRANGEMENT=DELIMITED /FIRSTCASE=2
  /DELIMITERS="," /QUALIFIER='"' /VARIABLES=
${columns.map((column) => `  ${column.name} ${formatOf(column)}`).join('\n')}.\n`;
  const odd = columns.filter(({ type }) => type === 'month' || type === 'datetime');
  if (odd.length === 0) return;
  for (const { name: from, type } of odd) yield converted(from, type);
  yield `MATCH FILES /FILE=* /KEEP=\n${listed(columns.map((column) => column.name))}.\n`;
}

function formatOf({ type, scan }: FileColumn): string {
  if (type === 'date') return 'SDATE10';
  if (type === 'numeric') return `F${scan.decimals > 0 ? `20.${Math.min(scan.decimals, 15)}` : '17.0'}`;
  // An apostrophe may stand before a text that would be a formula.
  return `A${Math.min(scan.mostBytes + 1, LONGEST_STRING)}`;
}

/** A name that begins with @ is nobody's. */
function converted(name: string, type: string): string {
  const part = (from: number, length: number) => `NUMBER(SUBSTR(${name}, ${from}, ${length}), F${length})`;
  const day = `DATE.DMY(${type === 'month' ? '1' : part(9, 2)}, ${part(6, 2)}, ${part(1, 4)})`;
  const seconds = `${part(12, 2)} * 3600 + ${part(15, 2)} * 60`;
  const made =
    type === 'month'
      ? `COMPUTE @day = ${day}.\nFORMATS @day (MOYR8).\n`
      : `COMPUTE @day = ${day} + ${seconds}.\nIF (LENGTH(RTRIM(${name})) > 16) @day = @day + ${part(18, 2)}.\nFORMATS @day (DATETIME20).\n`;
  return `${made}EXECUTE.\nDELETE VARIABLES ${name}.\nRENAME VARIABLES (@day = ${name}).\n`;
}

const listed = (names: readonly string[]): string =>
  partsOf(names, 8)
    .map((part) => `  ${part.join(' ')}`)
    .join('\n');

/** Reasons are all numbers from the lowest up to −1, or to −9999901 where values may be below zero. */
function* missingValues({ columns }: FileTable): Generator<string> {
  for (const { name, missing } of columns)
    if (missing.length > 0)
      yield `MISSING VALUES ${name} (LO THRU ${missing.some(({ code }) => code > -9_999_900) ? -1 : -9_999_901}).\n`;
}

function* labels(table: FileTable, locale: string, { locales }: ReleaseDescription): Generator<string> {
  const words = (texts: Texts, most: number) => spssText(wordsIn(texts, locale, locales), most);
  yield `* Labels of ${table.name} in ${comment(locale)}. To have them later: DATASET ACTIVATE ${table.name}, then these two commands.\n`;
  yield `VARIABLE LABELS\n${table.columns
    .map(({ name, label }, index) => `  ${index === 0 ? '' : '/'}${name} ${words(label, LONGEST_LABEL)}`)
    .join('\n')}.\n`;
  const sets = new CodeSets([table]);
  const users = new Map<CodeSet, string[]>(sets.all().map((set) => [set, []]));
  for (const column of table.columns) {
    const set = sets.of(column);
    if (set) users.get(set)?.push(column.name);
  }
  if (users.size > 0)
    yield `VALUE LABELS\n${[...users]
      .map(([{ values, missing }, names], index) => {
        const codes = [...values, ...missing].map(
          ({ code, label }) => `    ${code} ${words(label, LONGEST_VALUE_LABEL)}`,
        );
        return `${index === 0 ? '' : '  /\n'}${listed(names)}\n${codes.join('\n')}`;
      })
      .join('\n')}.\n`;
}

function* checks(file: DescribedFile): Generator<string> {
  const { name, key, rows } = file.table;
  const numbers = checksOf(file, MOST_CHECKS);
  const same = key.map((column) => `${column} = LAG(${column})`).join(' AND ');
  yield `* Checks: rows, the unique key, and valid cells and mean of some columns.
SORT CASES BY ${key.join(' ')}.
COMPUTE @twice = 0.
IF (${same}) @twice = 1.
COMPUTE @all = 1.
AGGREGATE OUTFILE=* MODE=ADDVARIABLES /BREAK=@all /@rows = N /@again = SUM(@twice)
${numbers.map(({ variable }, index) => `  /@n${index} = N(${variable}) /@mean${index} = MEAN(${variable})`).join('\n')}.
COMPUTE @right = @rows = ${rows} AND @again = 0.
${numbers
  .map(
    ({ valid, mean }, index) =>
      `IF (@n${index} <> ${valid} OR ABS(@mean${index} - (${mean})) > ${Math.max(1e-6, Math.abs(mean) * 1e-6)}) @right = 0.\n`,
  )
  .join('')}DO IF $CASENUM = 1 AND @right = 1.
PRINT /"${name}: as it should be".
ELSE IF $CASENUM = 1.
PRINT /"${name}: NOT AS IT SHOULD BE, do not use it".
END IF.
EXECUTE.
DELETE VARIABLES ${['@twice', '@all', '@rows', '@again', '@right', ...numbers.flatMap((_each, index) => [`@n${index}`, `@mean${index}`])].join(' ')}.
`;
}
