import { type FileColumn, type FileReason, type FileTable } from '../format/file-table.js';
import { CellUnwritable } from '../format/format.problems.js';

/** How a column stands in a row: Stata's numeric types, `str#`, `strL`. */
export type Storage = 'byte' | 'int' | 'long' | 'double' | 'text' | 'longText';

export interface DtaColumn {
  column: FileColumn;
  /** Position among the columns, from 0. */
  index: number;
  storage: Storage;
  /** Bytes in a row, and the first of them. */
  width: number;
  at: number;
  /** Codes of reasons and their place in the alphabet: 1 for `.a`. */
  letters: ReadonlyMap<number, number>;
}

export interface DtaLayout {
  release: 118 | 119;
  columns: readonly DtaColumn[];
  rowBytes: number;
}

/** What each numeric type holds, and its `.`: `.a` is one more, `.z` 26 more. */
export const INTEGERS = {
  byte: { least: -127, greatest: 100, missing: 101, width: 1 },
  int: { least: -32_767, greatest: 32_740, missing: 32_741, width: 2 },
  long: { least: -2_147_483_647, greatest: 2_147_483_620, missing: 2_147_483_621, width: 4 },
} as const;
/** `.` as a double; `.a` is greater by a 4096th of it. All that is not less is missing. */
export const DOUBLE_MISSING = 2 ** 1023;

const NAME = /^[a-z][a-z0-9_]{0,31}$/;
const MOST_COLUMNS_OF_118 = 32_767;
const MOST_COLUMNS = 120_000;
const MOST_ROW_BYTES = 1_048_576;
const MOST_TEXT_BYTES = 2_045;
const LONG_TEXT_BYTES = 8;

/**
 * How the rows are laid out. Each number gets the smallest type that holds all from the least to the greatest, codes of reasons among them; a text of at
 * most 2,045 bytes a `str#`, unless a row would be longer than Stata takes: then the longest become `strL`, as all others.
 * @throws CellUnwritable for a name that Stata does not take, a number that is too great, and reasons without a letter of their own
 */
export function layoutOf({ columns }: FileTable): DtaLayout {
  const names = new Set<string>();
  const laid = columns.map((column, index): DtaColumn => {
    const { name } = column;
    if (!NAME.test(name))
      refuse(
        column,
        'its name is none for Stata; take a lower-case letter and up to 31 lower-case letters, digits and underscores',
      );
    if (names.has(name)) refuse(column, 'two columns have its name; rename one');
    if (index >= MOST_COLUMNS) refuse(column, 'Stata holds 120,000 variables and it is one more');
    names.add(name);
    const storage = storageOf(column);
    return { column, index, storage, width: widthOf(storage, column), at: 0, letters: lettersOf(column) };
  });
  const rowBytes = fitRow(laid);
  return { release: laid.length > MOST_COLUMNS_OF_118 ? 119 : 118, columns: laid, rowBytes };
}

/** Refuses a column. @throws CellUnwritable always */
export function refuse({ name }: FileColumn, why: string): never {
  throw CellUnwritable({ variable: name, why });
}

function storageOf(column: FileColumn): Storage {
  const { type, scan } = column;
  if (type === 'string') return scan.mostBytes <= MOST_TEXT_BYTES ? 'text' : 'longText';
  if (type === 'datetime') return 'double';
  if (type === 'date' || type === 'month') return 'long';
  const { least, greatest, decimals } = scan;
  if (!(greatest < DOUBLE_MISSING && least >= -Number.MAX_VALUE))
    refuse(column, 'a cell is a number beyond what Stata holds, 8.988e307; give it another unit');
  if (decimals > 0 || !Number.isInteger(least) || !Number.isInteger(greatest)) return 'double';
  const fits = (of: { least: number; greatest: number }) => least >= of.least && greatest <= of.greatest;
  if (fits(INTEGERS.byte)) return 'byte';
  if (fits(INTEGERS.int)) return 'int';
  return fits(INTEGERS.long) ? 'long' : 'double';
}

function widthOf(storage: Storage, { scan }: FileColumn): number {
  if (storage === 'text') return Math.max(1, scan.mostBytes);
  if (storage === 'longText') return LONG_TEXT_BYTES;
  return storage === 'double' ? 8 : INTEGERS[storage].width;
}

/** The place of a reason's letter in the alphabet. */
export const letterOf = ({ stata }: FileReason): number => stata.charCodeAt(0) - 96;

function lettersOf(column: FileColumn): Map<number, number> {
  const letters = new Map<number, number>();
  const used = new Set<string>();
  for (const reason of column.missing) {
    const { code, stata } = reason;
    if (!/^[a-z]$/.test(stata)) refuse(column, `its missing reason ${code} has no letter from a to z`);
    if (used.has(stata) || letters.has(code))
      refuse(column, `its missing reasons share the code ${code} or the letter ${stata}; give each its own`);
    used.add(stata);
    letters.set(code, letterOf(reason));
  }
  return letters;
}

/** Gives each column its place in the row. @returns the row's bytes */
function fitRow(columns: DtaColumn[]): number {
  let bytes = columns.reduce((sum, { width }) => sum + width, 0);
  const longestFirst = columns
    .filter(({ storage, width }) => storage === 'text' && width > LONG_TEXT_BYTES)
    .sort((a, b) => b.width - a.width || a.index - b.index);
  for (const one of longestFirst) {
    if (bytes <= MOST_ROW_BYTES) break;
    bytes += LONG_TEXT_BYTES - one.width;
    one.storage = 'longText';
    one.width = LONG_TEXT_BYTES;
  }
  let at = 0;
  for (const one of columns) {
    one.at = at;
    at += one.width;
  }
  return bytes;
}
