import { type CellBlock } from '../format/cells.js';
import { type FileTable, type ReadRows } from '../format/file-table.js';
import { numberReader, refuseNul, type RowBuffer, writerOf } from './dta-cells.js';
import { type DtaColumn, type DtaLayout } from './dta-column.js';
import { sortOf } from './dta-head.js';

const CHUNK_BYTES = 1024 ** 2;
/** Of a long text: `GSO`, variable, observation, kind and length; and the NUL at its end. */
const TEXT_HEAD_BYTES = 20;
const TEXT_MORE_BYTES = TEXT_HEAD_BYTES + 1;
const KIND_TEXT = 130;

/** The rows as they stand in the file. @throws CellUnwritable for a cell that is not of its column's type; Error when rows do not come in the key's order */
export async function* rowBytes(table: FileTable, layout: DtaLayout, read: ReadRows): AsyncGenerator<Buffer> {
  const width = layout.rowBytes;
  const writers = layout.columns.map((column) => ({
    first: column.at,
    write: writerOf(column, width, layout.release),
  }));
  const inOrder = orderCheck(table, layout);
  const most = Math.max(1, Math.floor(CHUNK_BYTES / Math.max(1, width)));
  let out = bufferOf(most * width);
  let filled = 0;
  let row = 0;
  for await (const block of read()) {
    inOrder(block);
    for (let from = 0; from < block.rows;) {
      const count = Math.min(block.rows - from, most - filled);
      for (const { first, write } of writers) write(block, from, count, out, filled * width + first, row);
      from += count;
      filled += count;
      row += count;
      if (filled < most) continue;
      yield out.bytes;
      out = bufferOf(most * width);
      filled = 0;
    }
  }
  if (filled > 0) yield out.bytes.subarray(0, filled * width);
}

/** Zeroes: what no cell fills stays so. */
function bufferOf(size: number): RowBuffer {
  const bytes = Buffer.alloc(size);
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, size) };
}

/** Looks whether rows come in the order that the file claims; Stata would rely on it. */
function orderCheck(table: FileTable, { columns }: DtaLayout): (block: CellBlock) => void {
  const sorted = sortOf(table, columns).map((index) => {
    const { column } = columns[index] as DtaColumn;
    return { index, read: numberReader(column) };
  });
  const last = sorted.map(() => -Infinity);
  return (block) => {
    for (let row = 0; row < block.rows; row += 1) {
      let isLater = false;
      for (let nr = 0; nr < sorted.length; nr += 1) {
        const { index, read } = sorted[nr] as (typeof sorted)[number];
        const value = read(block, row * block.columns + index) ?? Infinity;
        if (!isLater && value < (last[nr] as number))
          throw new Error(`The rows of ${table.name} are not in the order of its key.`);
        isLater ||= value > (last[nr] as number);
        last[nr] = value;
      }
    }
  };
}

const longTextsOf = ({ columns }: DtaLayout): DtaColumn[] =>
  columns.filter(({ storage }) => storage === 'longText');

/** Bytes that the long texts will take: read from the rows, since a text of no length takes none and the scan does not count those. */
export async function longTextLength(layout: DtaLayout, read: ReadRows): Promise<number> {
  const longTexts = longTextsOf(layout);
  let bytes = 0;
  if (longTexts.length === 0) return bytes;
  for await (const { rows, columns, lengths } of read()) {
    for (let row = 0; row < rows; row += 1) {
      for (const { index } of longTexts) {
        const length = lengths[row * columns + index] as number;
        if (length > 0) bytes += length + TEXT_MORE_BYTES;
      }
    }
  }
  return bytes;
}

/** The long texts, in the order of their cells. @throws CellUnwritable for one with a NUL */
export async function* longTextBytes(layout: DtaLayout, read: ReadRows): AsyncGenerator<Buffer> {
  const longTexts = longTextsOf(layout);
  if (longTexts.length === 0) return;
  let out = Buffer.alloc(CHUNK_BYTES);
  let at = 0;
  let observation = 0;
  for await (const { rows, columns, bytes, starts, lengths } of read()) {
    for (let row = 0; row < rows; row += 1) {
      observation += 1;
      for (const { column, index } of longTexts) {
        const cell = row * columns + index;
        const length = lengths[cell] as number;
        if (length <= 0) continue;
        if (at + length + TEXT_MORE_BYTES > out.length) {
          yield out.subarray(0, at);
          out = Buffer.alloc(Math.max(CHUNK_BYTES, length + TEXT_MORE_BYTES));
          at = 0;
        }
        const start = starts[cell] as number;
        out.write('GSO', at, 'latin1');
        out.writeUInt32LE(index + 1, at + 3);
        out.writeBigUInt64LE(BigInt(observation), at + 7);
        out[at + 15] = KIND_TEXT;
        out.writeUInt32LE(length + 1, at + 16);
        at += TEXT_HEAD_BYTES;
        bytes.copy(out, at, start, start + length);
        // The buffer came filled with NULs, and the one behind the text ends it.
        if (out.indexOf(0, at) !== at + length) refuseNul(column);
        at += length + 1;
      }
    }
  }
  if (at > 0) yield out.subarray(0, at);
}
