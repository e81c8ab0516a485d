import { type CellBlock, numberIn } from '../format/cells.js';
import { type FileColumn } from '../format/file-table.js';
import { DOUBLE_MISSING, type DtaColumn, INTEGERS, refuse } from './dta-column.js';
import { dayIn, millisecondIn, monthIn } from './dta-moment.js';

/** Rows of the file in the making. */
export interface RowBuffer {
  bytes: Buffer;
  view: DataView;
}

/** Writes a column's cells of `count` rows of a block from the row `from` on, the first at the byte `at`; it is row `row` of the table, from 0. */
export type CellWriter = (
  block: CellBlock,
  from: number,
  count: number,
  out: RowBuffer,
  at: number,
  row: number,
) => void;

type NumberIn = (block: CellBlock, cell: number) => number | undefined;

const READERS: Record<Exclude<FileColumn['type'], 'string'>, readonly [NumberIn, what: string]> = {
  numeric: [numberIn, 'a number'],
  date: [dayIn, 'a date from the year 100 on, written YYYY-MM-DD'],
  month: [monthIn, 'a month from the year 100 on, written YYYY-MM'],
  datetime: [
    millisecondIn,
    'a date from the year 100 on with a time, written YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS',
  ],
};

/** Reads a column's cells as Stata's numbers, without regard to reasons: undefined where empty, NaN where none. */
export const numberReader = ({ type }: FileColumn): NumberIn =>
  READERS[type === 'string' ? 'numeric' : type][0];

/** What writes a column's cells. The writers throw CellUnwritable for a cell that is not of its type. */
export function writerOf(column: DtaColumn, rowBytes: number, release: 118 | 119): CellWriter {
  const { storage } = column;
  if (storage === 'text') return textWriter(column, rowBytes);
  if (storage === 'longText') return referenceWriter(column, rowBytes, release);
  return storage === 'double'
    ? doubleWriter(column, rowBytes)
    : integerWriter(column, rowBytes, INTEGERS[storage]);
}

function integerWriter(
  { column, index, letters }: DtaColumn,
  rowBytes: number,
  { least, greatest, missing, width }: (typeof INTEGERS)['byte' | 'int' | 'long'],
): CellWriter {
  const read = numberReader(column);
  const greatestReason = Math.max(...letters.keys());
  return (block, from, count, { view }, start) => {
    let at = start;
    let cell = from * block.columns + index;
    for (const end = at + count * rowBytes; at < end; at += rowBytes, cell += block.columns) {
      let value = read(block, cell);
      const letter = value === undefined ? 0 : value <= greatestReason ? letters.get(value) : undefined;
      if (letter !== undefined) value = missing + letter;
      else if (!isWhole(value, least, greatest)) misfit(column, value);
      if (width === 1) view.setInt8(at, value as number);
      else if (width === 2) view.setInt16(at, value as number, true);
      else view.setInt32(at, value as number, true);
    }
  };
}

const isWhole = (value: number | undefined, least: number, greatest: number): boolean =>
  value !== undefined && value >= least && value <= greatest && Math.floor(value) === value;

function doubleWriter({ column, index, letters }: DtaColumn, rowBytes: number): CellWriter {
  const read = numberReader(column);
  const greatestReason = Math.max(...letters.keys());
  return (block, from, count, { view }, start) => {
    let at = start;
    let cell = from * block.columns + index;
    for (const end = at + count * rowBytes; at < end; at += rowBytes, cell += block.columns) {
      let value = read(block, cell);
      const letter = value === undefined ? 0 : value <= greatestReason ? letters.get(value) : undefined;
      if (letter !== undefined) value = DOUBLE_MISSING * (1 + letter / 4096);
      else if (!((value as number) < DOUBLE_MISSING)) misfit(column, value);
      view.setFloat64(at, value as number, true);
    }
  };
}

/** A cell that is of another form than its column, or else one that the scan of the column did not count. */
function misfit(column: FileColumn, value: number | undefined): never {
  if (Number.isNaN(value) && column.type !== 'string')
    refuse(column, `a cell is not ${READERS[column.type][1]}`);
  throw new Error(`A cell of ${column.name} is beyond what its scan found.`);
}

/** Up to so many bytes, copying one by one is the quicker way. */
const FEW_BYTES = 48;

function textWriter({ column, index, width }: DtaColumn, rowBytes: number): CellWriter {
  return (block, from, count, { bytes: out }, start) => {
    const { bytes, starts, lengths } = block;
    let at = start;
    let cell = from * block.columns + index;
    for (const end = at + count * rowBytes; at < end; at += rowBytes, cell += block.columns) {
      const length = lengths[cell] as number;
      if (length <= 0) continue;
      const first = starts[cell] as number;
      if (length > width) misfit(column, length);
      if (length <= FEW_BYTES) {
        for (let byte = 0; byte < length; byte += 1) {
          const value = bytes[first + byte] as number;
          if (value === 0) refuseNul(column);
          out[at + byte] = value;
        }
      } else {
        bytes.copy(out, at, first, first + length);
        const nul = out.indexOf(0, at);
        if (nul >= 0 && nul < at + length) refuseNul(column);
      }
    }
  };
}

/** Of a long text, a row holds variable and observation, counted from 1, under which the text itself stands behind all rows; 0 and 0 for none. */
function referenceWriter({ index }: DtaColumn, rowBytes: number, release: 118 | 119): CellWriter {
  const bytesOfColumn = release === 118 ? 2 : 3;
  return (block, from, count, { bytes: out }, start, row) => {
    for (let nr = 0; nr < count; nr += 1) {
      if ((block.lengths[(from + nr) * block.columns + index] as number) <= 0) continue;
      const at = start + nr * rowBytes;
      out.writeUIntLE(index + 1, at, bytesOfColumn);
      const observation = row + nr + 1;
      out.writeUInt32LE(observation % 2 ** 32, at + bytesOfColumn);
      out.writeUIntLE(Math.floor(observation / 2 ** 32), at + bytesOfColumn + 4, 4 - bytesOfColumn);
    }
  };
}

/** Refuses a text that Stata would end too early. @throws CellUnwritable always */
export const refuseNul = (column: FileColumn): never => refuse(column, 'a cell holds a NUL; remove it');
