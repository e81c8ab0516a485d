import { type CellBlock } from './cells.js';
import { type FileColumn } from './file-table.js';
import { CellUnwritable } from './format.problems.js';
import { dayAt, monthAt, secondAt } from './written-date.js';

const LF = 10;
const QUOTE = 34;
const COMMA = 44;
/** The most that a cell takes beside twice its bytes: quotes, or what makes a month a day and a minute an instant, and what ends it. */
const AROUND = 4;
const FIRST_OF_MONTH = Buffer.from('-01');
const ON_THE_MINUTE = Buffer.from(':00');
const MINUTE_BYTES = 16;

const IN_NUMBERS = new Uint8Array(256);
for (const byte of Buffer.from('0123456789+-.eE')) IN_NUMBERS[byte] = 1;

/**
 * Rows as the lines that DuckDB reads them from: all texts in quotes, an empty cell nothing, LF at the end, no header, and an empty cell before all
 * others, so that no line is empty. Counts what it writes.
 * @throws CellUnwritable for a cell that is not of its column's form, before DuckDB meets it, whose messages quote cells
 */
export class ParquetFeed {
  rows = 0;
  /** Cells that are not empty. */
  filled = 0;
  /** Bytes of all texts. */
  textBytes = 0;
  longestLine = 0;

  constructor(private readonly columns: readonly Pick<FileColumn, 'name' | 'type'>[]) {}

  lines({ rows, columns, bytes, starts, lengths }: CellBlock): Buffer {
    let most = rows;
    for (const length of lengths) most += length > 0 ? 2 * length + AROUND : AROUND;
    const out = Buffer.allocUnsafeSlow(most);
    let at = 0;
    for (let row = 0, cell = 0; row < rows; row += 1) {
      const begin = at;
      for (let column = 0; column < columns; column += 1, cell += 1) {
        out[at++] = COMMA;
        const length = lengths[cell] as number;
        if (length < 0) continue;
        const start = starts[cell] as number;
        at = this.write(out, at, column, bytes, start, start + length);
        this.filled += 1;
      }
      out[at++] = LF;
      if (at - begin > this.longestLine) this.longestLine = at - begin;
    }
    this.rows += rows;
    return out.subarray(0, at);
  }

  /** @returns where the next byte goes */
  private write(out: Buffer, to: number, column: number, bytes: Buffer, start: number, end: number): number {
    const { type } = this.columns[column] as Pick<FileColumn, 'name' | 'type'>;
    if (type === 'numeric') {
      let areInNumbers = start < end ? 1 : 0;
      for (let from = start, at = to; from < end; from += 1, at += 1) {
        const byte = bytes[from] as number;
        areInNumbers &= IN_NUMBERS[byte] as number;
        out[at] = byte;
      }
      if (areInNumbers === 0) throw this.unwritable(column, 'a cell is not a number');
      return to + end - start;
    }
    if (type === 'string') return this.writeText(out, to, column, bytes, start, end);
    const at = to + bytes.copy(out, to, start, end);
    switch (type) {
      case 'date':
        if (Number.isNaN(dayAt(bytes, start, end)))
          throw this.unwritable(column, 'a cell is not a date, YYYY-MM-DD');
        return at;
      case 'month':
        if (Number.isNaN(monthAt(bytes, start, end)))
          throw this.unwritable(column, 'a cell is not a month, YYYY-MM');
        return at + FIRST_OF_MONTH.copy(out, at);
      case 'datetime':
        if (Number.isNaN(secondAt(bytes, start, end)))
          throw this.unwritable(
            column,
            'a cell is not a date and a time, YYYY-MM-DDTHH:MM or YYYY-MM-DDTHH:MM:SS',
          );
        return end - start === MINUTE_BYTES ? at + ON_THE_MINUTE.copy(out, at) : at;
    }
  }

  private writeText(
    out: Buffer,
    to: number,
    column: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): number {
    this.textBytes += end - start;
    let at = to;
    out[at++] = QUOTE;
    for (let from = start; from < end; from += 1) {
      const byte = bytes[from] as number;
      if (byte === 0) throw this.unwritable(column, 'a text has a character of the number 0');
      if (byte === QUOTE) out[at++] = QUOTE;
      out[at++] = byte;
    }
    out[at++] = QUOTE;
    return at;
  }

  private unwritable(column: number, why: string): Error {
    return CellUnwritable({ variable: this.columns[column]?.name ?? '', why });
  }
}
