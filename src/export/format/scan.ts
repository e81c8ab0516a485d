import { type CellBlock, numberIn } from './cells.js';
import { type ColumnScan } from './file-table.js';
import { CellUnwritable } from './format.problems.js';

/** A column as a scan needs it. */
interface Scanned {
  name: string;
  type: string;
}

/** What each column's cells have in common, by one reading. @throws CellUnwritable for a numeric cell that is no number */
export class Scan {
  rows = 0;
  readonly columns: ColumnScan[];
  private readonly numeric: boolean[];

  constructor(private readonly described: readonly Scanned[]) {
    this.numeric = described.map(({ type }) => type === 'numeric');
    this.columns = described.map(() => ({
      filled: 0,
      mostBytes: 0,
      allBytes: 0,
      least: 0,
      greatest: 0,
      decimals: 0,
    }));
  }

  add(block: CellBlock): void {
    for (let column = 0; column < block.columns; column += 1) {
      if (this.numeric[column] === true) this.addNumbers(block, column);
      this.addLengths(block, column);
    }
    this.rows += block.rows;
  }

  private addLengths({ rows, columns, lengths }: CellBlock, column: number): void {
    const found = this.columns[column] as ColumnScan;
    let { filled, mostBytes, allBytes } = found;
    for (let cell = column; cell < rows * columns; cell += columns) {
      const length = lengths[cell] as number;
      if (length < 0) continue;
      filled += 1;
      allBytes += length;
      if (length > mostBytes) mostBytes = length;
    }
    found.filled = filled;
    found.mostBytes = mostBytes;
    found.allBytes = allBytes;
  }

  private addNumbers(block: CellBlock, column: number): void {
    const { rows, columns } = block;
    const found = this.columns[column] as ColumnScan;
    let { least, greatest, decimals } = found;
    let isFirst = found.filled === 0;
    for (let cell = column; cell < rows * columns; cell += columns) {
      const value = numberIn(block, cell);
      if (value === undefined) continue;
      if (Number.isNaN(value))
        throw CellUnwritable({ variable: this.described[column]?.name ?? '', why: 'a cell is not a number' });
      if (isFirst || value < least) least = value;
      if (isFirst || value > greatest) greatest = value;
      isFirst = false;
      if (value !== Math.trunc(value)) decimals = Math.max(decimals, decimalsIn(block, cell));
    }
    found.least = least;
    found.greatest = greatest;
    found.decimals = decimals;
  }
}

const POINT = 46;
const ZERO = 48;
const LETTERS = 65;

/** Digits after the point of a number that is not whole, zeros at its end left out. */
function decimalsIn({ bytes, starts, lengths }: CellBlock, cell: number): number {
  const start = starts[cell] as number;
  const end = start + (lengths[cell] as number);
  let last = end - 1;
  while (bytes[last] === ZERO) last -= 1;
  for (let at = last; at >= start; at -= 1) {
    if (bytes[at] === POINT) return last - at;
    if ((bytes[at] as number) >= LETTERS) break;
  }
  const [mantissa = '', exponent = '0'] = bytes.toString('latin1', start, end).toLowerCase().split('e');
  const digits = (mantissa.split('.')[1] ?? '').replace(/0+$/, '').length;
  return Math.max(0, digits - Number(exponent));
}
