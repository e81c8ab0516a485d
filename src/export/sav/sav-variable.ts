import { type FileColumn, type FileTable } from '../format/file-table.js';
import { CellUnwritable } from '../format/format.problems.js';
import { refuseNames, ShortNames } from './sav-names.js';

/** The number that stands for system missing, and the one that is LOWEST in a range. */
export const SYSTEM_MISSING = -Number.MAX_VALUE;
export const LOWEST = -1.7976931348623155e308;

/** A print format: its number in the file, width and decimals. */
export interface SavFormat {
  type: number;
  width: number;
  decimals: number;
}

/** A part of a string of at most 255 bytes; `width` stands in its variable record, `units` of 8 bytes in each case. */
export interface Segment {
  shortName: string;
  width: number;
  units: number;
}

/** Which numbers are missing: one to three of them, or all from `low` to `high`. */
export type Missing = { codes: readonly number[] } | { low: number; high: number };

/** A column as the file lays it out. */
export interface SavVariable {
  column: FileColumn;
  /** Bytes of a string; 0 for a number. */
  width: number;
  /** One for all but strings over 255 bytes. */
  segments: readonly Segment[];
  format: SavFormat;
  missing?: Missing;
  /** Place of its first unit among all of a case, from 1. */
  index: number;
}

const FORMAT = { A: 1, F: 5, DATETIME: 22, MOYR: 28, SDATE: 39 };
const LONGEST = 32_767;
/** A string longer than this is kept in segments, each with 255 bytes of it in 256, whose number follows from 252 bytes each. */
const SEGMENT = 255;
const SEGMENT_SHARE = 252;

/**
 * All columns as the file lays them out.
 * @throws CellUnwritable for a name that SPSS has not, and for a string too long
 * @see    PSPP, System File Format: Variable Record, Very Long String Record
 */
export function savVariables({ columns }: FileTable): SavVariable[] {
  const names = columns.map(({ name }) => name);
  refuseNames(names);
  const short = new ShortNames(names);
  let index = 1;
  return columns.map((column) => {
    const width = widthOf(column);
    const segments = segmentsOf(column.name, width, short);
    const missing = missingOf(column);
    const variable = { column, width, segments, format: formatOf(column, width), index };
    index += segments.reduce((sum, { units }) => sum + units, 0);
    return missing === undefined ? variable : { ...variable, missing };
  });
}

function widthOf({ name, type, scan: { mostBytes } }: FileColumn): number {
  if (type !== 'string') return 0;
  if (mostBytes > LONGEST)
    throw CellUnwritable({
      variable: name,
      why: `a cell has ${mostBytes} bytes, and SPSS holds ${LONGEST} at the most`,
    });
  if (mostBytes <= SEGMENT) return Math.max(1, mostBytes);
  // ReadStat, which reads for R, drops the last byte of some cells that fill their variable; with one byte to spare it does not.
  return Math.min(LONGEST, mostBytes + 1);
}

function segmentsOf(name: string, width: number, short: ShortNames): Segment[] {
  const first = short.of(name);
  if (width <= SEGMENT) return [{ shortName: first, width, units: Math.max(1, Math.ceil(width / 8)) }];
  const count = Math.ceil(width / SEGMENT_SHARE);
  return Array.from({ length: count }, (_, place) => {
    const bytes = place < count - 1 ? SEGMENT : width - (count - 1) * SEGMENT_SHARE;
    return {
      shortName: place === 0 ? first : short.like(name),
      width: bytes,
      units: Math.ceil(bytes / 8),
    };
  });
}

function formatOf(column: FileColumn, width: number): SavFormat {
  switch (column.type) {
    case 'string':
      return { type: FORMAT.A, width: Math.min(width, SEGMENT), decimals: 0 };
    case 'date':
      return { type: FORMAT.SDATE, width: 10, decimals: 0 };
    case 'month':
      return { type: FORMAT.MOYR, width: 8, decimals: 0 };
    case 'datetime':
      return { type: FORMAT.DATETIME, width: 20, decimals: 0 };
    case 'numeric':
      return numberFormatOf(column);
  }
}

/** Wide enough for each number of the column, and for each code that has words. */
function numberFormatOf({ scan, values, missing }: FileColumn): SavFormat {
  const decimals = Math.min(scan.decimals, 16);
  const codes = [...values, ...missing].map(({ code }) => code);
  const digits = [scan.least, scan.greatest, ...codes].map((number) =>
    Math.abs(number) < 1e21 ? Math.trunc(number).toFixed(0).length + (number < 0 && number > -1 ? 1 : 0) : 40,
  );
  const width = Math.min(40, Math.max(...digits) + (decimals > 0 ? decimals + 1 : 0));
  return { type: FORMAT.F, width, decimals };
}

const GROUPS = [
  { least: -12, greatest: -1 },
  { least: -9_999_912, greatest: -9_999_901 },
];

/**
 * `LO THRU -1` or `LO THRU -9999901`, where nothing in the column lies below its reasons. Where something does, it is a value: then the
 * codes by themselves, or, more than three, from the least to the greatest.
 */
function missingOf({ missing, scan }: FileColumn): Missing | undefined {
  const codes = missing.map(({ code }) => code);
  if (codes.length === 0) return undefined;
  const least = Math.min(...codes);
  const greatest = Math.max(...codes);
  const group = GROUPS.find((each) => each.least <= least && greatest <= each.greatest);
  const high = group?.greatest ?? greatest;
  if (scan.least >= least) return { low: LOWEST, high };
  return codes.length <= 3 ? { codes } : { low: least, high };
}
