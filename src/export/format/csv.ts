import { notAFormulaCell } from '../../kit/csv.js';
import { type CellBlock } from './cells.js';
import { type FileTable, type ReadRows } from './file-table.js';

const CR = 13;
const LF = 10;
const QUOTE = 34;
const APOSTROPHE = 39;
const COMMA = 44;
/** The most that a cell takes beside twice its bytes: quotes, an apostrophe, and what ends it. */
const AROUND = 5;
/** A cell of more bytes is copied at once, not byte by byte. */
const SHORT = 24;

/** Bytes for which a cell is quoted. */
const SPECIAL = new Uint8Array(256);
for (const byte of [CR, LF, QUOTE, COMMA]) SPECIAL[byte] = 1;

/** First bytes of all texts that a spreadsheet may take for a formula; only of these `notAFormulaCell` is asked. */
const SUSPECT = new Uint8Array(256);
for (const sign of '=+-@\t\n\v\f\r \u00a0\u1680\u2000\u3000\uff1d')
  SUSPECT[Buffer.from(sign)[0] as number] = 1;

/**
 * A table as CSV: RFC 4180, UTF-8 without a mark, CRLF, a header of names, quotes only where they are needed. An empty cell is nothing, an
 * empty text `""`. A text that a spreadsheet would take for a formula has an apostrophe before it; numbers and dates never.
 */
export async function* csvBytes(table: FileTable, read: ReadRows): AsyncGenerator<Buffer> {
  const names = table.columns.map(({ name }) => Buffer.from(name));
  const starts = new Int32Array(names.length);
  const lengths = Int32Array.from(names, ({ length }) => length);
  for (let column = 1; column < names.length; column += 1)
    starts[column] = (starts[column - 1] as number) + (lengths[column - 1] as number);
  const header = { rows: 1, columns: names.length, bytes: Buffer.concat(names), starts, lengths };
  yield recordsOf(header, new Uint8Array(names.length));
  const isText = Uint8Array.from(table.columns, ({ type }) => (type === 'string' ? 1 : 0));
  for await (const block of read()) yield recordsOf(block, isText);
}

/** @param isText  1 for each column whose cells may be taken for formulas */
function recordsOf({ rows, columns, bytes, starts, lengths }: CellBlock, isText: Uint8Array): Buffer {
  let most = 2 * rows;
  for (const length of lengths) most += length > 0 ? 2 * length + AROUND : AROUND;
  const out = Buffer.allocUnsafeSlow(most);
  let at = 0;
  for (let row = 0, cell = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1, cell += 1) {
      if (column > 0) out[at++] = COMMA;
      const length = lengths[cell] as number;
      if (length < 0) continue;
      const start = starts[cell] as number;
      at = writeCell(out, at, bytes, start, start + length, isText[column] === 1);
    }
    out[at++] = CR;
    out[at++] = LF;
  }
  return out.subarray(0, at);
}

/** @returns where the next byte goes */
function writeCell(
  out: Buffer,
  to: number,
  bytes: Buffer,
  start: number,
  end: number,
  isText: boolean,
): number {
  let at = to;
  let isSpecial = start === end ? 1 : 0;
  for (let from = start; from < end; from += 1) isSpecial |= SPECIAL[bytes[from] as number] as number;
  if (isSpecial === 1) out[at++] = QUOTE;
  if (isText && SUSPECT[bytes[start] as number] === 1 && isFormula(bytes, start, end)) out[at++] = APOSTROPHE;
  if (isSpecial === 0) {
    if (end - start > SHORT) return at + bytes.copy(out, at, start, end);
    for (let from = start; from < end; from += 1) out[at++] = bytes[from] as number;
    return at;
  }
  for (let from = start; from < end; from += 1) {
    const byte = bytes[from] as number;
    if (byte === QUOTE) out[at++] = QUOTE;
    out[at++] = byte;
  }
  out[at++] = QUOTE;
  return at;
}

function isFormula(bytes: Buffer, start: number, end: number): boolean {
  const text = bytes.toString('utf8', start, end);
  return notAFormulaCell(text) !== text;
}
