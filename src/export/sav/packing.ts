import { type CellBlock, numberIn } from '../format/cells.js';
import { type FileColumn } from '../format/file-table.js';
import { CellUnwritable } from '../format/format.problems.js';
import { secondsIn } from './sav-date.js';
import { type SavVariable, SYSTEM_MISSING } from './sav-variable.js';

const CODE = { end: 252, raw: 253, spaces: 254, missing: 255 };
/** A whole number from −99 to 151 takes one byte: itself and this. */
export const BIAS = 100;
const LEAST = -99;
const GREATEST = 151;

const CHUNK = 1024 * 1024;
/** More than the longest string and the codes of its units take. */
const ROOM = 64 * 1024;
const SPACE = 32;

/** What the writing of a cell needs, flat. */
interface Cells {
  name: string;
  type: FileColumn['type'];
  /** Units of 8 bytes of each segment of a string. */
  units: readonly number[];
  /** Below this, and at it, a number is missing, and must be one of the codes. */
  low: number;
  high: number;
  codes: ReadonlySet<number>;
}

/**
 * Packs cases into SPSS's byte codes: a group of eight codes, then the eight bytes of each unit of which the code says that it follows.
 * @see PSPP, System File Format: Data Record, compression 1
 */
export class Packing {
  private readonly cells: readonly Cells[];
  private out = Buffer.allocUnsafeSlow(CHUNK);
  private view = new DataView(this.out.buffer);
  private at = 0;
  /** Where the present group of codes stands, and how many of its codes are used. */
  private group = 0;
  private used = 8;

  constructor(variables: readonly SavVariable[]) {
    this.cells = variables.map(({ column, segments, missing }) => ({
      name: column.name,
      type: column.type,
      units: segments.map(({ units }) => units),
      // Codes that stand by themselves need no range; no number is above NaN.
      low: missing !== undefined && 'low' in missing ? missing.low : NaN,
      high: missing !== undefined && 'low' in missing ? missing.high : NaN,
      codes: new Set(column.missing.map(({ code }) => code)),
    }));
  }

  /**
   * Packs cells from the one given until the chunk is full: then `taken` has to be called.
   * @returns the cell to go on with; the number of cells when all are packed
   * @throws  CellUnwritable for a cell that is not of its column's form, or that SPSS would take for missing
   */
  pack(block: CellBlock, from: number): number {
    const { cells } = this;
    const count = block.rows * block.columns;
    let column = from % block.columns;
    for (let cell = from; cell < count; cell += 1) {
      if (this.at > CHUNK - ROOM) return cell;
      const written = cells[column] as Cells;
      if (written.type === 'numeric') this.number(block, cell, written);
      else if (written.type === 'string') this.string(block, cell, written.units);
      else this.moment(block, cell, written.name, written.type);
      column += 1;
      if (column === block.columns) column = 0;
    }
    return count;
  }

  /** What is packed, but for a group that is not full; of the last chunk, all. */
  taken(isLast: boolean): Buffer {
    if (isLast && this.used < 8) {
      this.code(CODE.end);
      while (this.used < 8) this.code(0);
    }
    const full = this.used < 8 ? this.group : this.at;
    const { out, at } = this;
    this.out = Buffer.allocUnsafeSlow(CHUNK);
    this.view = new DataView(this.out.buffer);
    out.copy(this.out, 0, full, at);
    this.at = at - full;
    this.group = 0;
    return out.subarray(0, full);
  }

  private number(block: CellBlock, cell: number, { name, low, high, codes }: Cells): void {
    const value = numberIn(block, cell);
    if (value === undefined) {
      this.code(CODE.missing);
      return;
    }
    if (value <= high && value >= low && !codes.has(value))
      throw CellUnwritable({ variable: name, why: BELOW });
    if (!(Math.abs(value) < Infinity) || value === SYSTEM_MISSING)
      throw CellUnwritable({ variable: name, why: 'a cell is no number that SPSS holds' });
    this.double(value);
  }

  private moment(block: CellBlock, cell: number, name: string, type: 'date' | 'month' | 'datetime'): void {
    const seconds = secondsIn(block, cell, type);
    if (seconds === undefined) {
      this.code(CODE.missing);
      return;
    }
    if (Number.isNaN(seconds)) throw CellUnwritable({ variable: name, why: NO_MOMENT[type] });
    this.double(seconds);
  }

  /** A number as one code where it is small and whole; −0 is not 0. */
  private double(value: number): void {
    const whole = value | 0;
    if (whole === value && whole >= LEAST && whole <= GREATEST && (whole !== 0 || 1 / value > 0)) {
      this.code(whole + BIAS);
      return;
    }
    this.code(CODE.raw);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A string in 8 bytes a unit, spaces behind it. Of a segment of 255 bytes the last byte of its 32 units belongs to none. */
  private string({ bytes, starts, lengths }: CellBlock, cell: number, segments: readonly number[]): void {
    let at = starts[cell] as number;
    const end = at + Math.max(0, lengths[cell] as number);
    const last = segments.length - 1;
    for (let segment = 0; segment <= last; segment += 1) {
      const units = segments[segment] as number;
      for (let unit = 1; unit <= units; unit += 1) {
        if (at >= end) {
          this.code(CODE.spaces);
          continue;
        }
        this.code(CODE.raw);
        const { out } = this;
        const stop = Math.min(end, at + (unit === units && segment < last ? 7 : 8));
        let to = this.at;
        this.at += 8;
        for (; at < stop; at += 1, to += 1) out[to] = bytes[at] as number;
        for (; to < this.at; to += 1) out[to] = SPACE;
      }
    }
  }

  private code(code: number): void {
    if (this.used === 8) {
      this.group = this.at;
      this.at += 8;
      this.used = 0;
    }
    this.out[this.group + this.used] = code;
    this.used += 1;
  }
}

const BELOW =
  'a cell below zero is none of its missing reasons, yet SPSS would take it for missing; the codes of its reasons have to lie below every value';
const NO_MOMENT = {
  date: 'a cell is no date such as 2022-03-09, from 1582-10-15 on',
  month: 'a cell is no month such as 2022-03, from 1582-11 on',
  datetime: 'a cell is no moment such as 2022-03-09T12:00, from 1582-10-15 on',
};
