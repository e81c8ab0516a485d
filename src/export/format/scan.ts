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
    const { rows, columns, lengths } = block;
    for (let column = 0; column < columns; column += 1) {
      const found = this.columns[column] as ColumnScan;
      const isNumeric = this.numeric[column] as boolean;
      for (let row = 0; row < rows; row += 1) {
        const cell = row * columns + column;
        const length = lengths[cell] as number;
        if (length < 0) continue;
        if (length > found.mostBytes) found.mostBytes = length;
        found.allBytes += length;
        if (isNumeric) this.addNumber(found, block, cell, column);
        found.filled += 1;
      }
    }
    this.rows += rows;
  }

  private addNumber(found: ColumnScan, block: CellBlock, cell: number, column: number): void {
    const value = numberIn(block, cell) as number;
    if (Number.isNaN(value))
      throw CellUnwritable({ variable: this.described[column]?.name ?? '', why: 'a cell is not a number' });
    if (found.filled === 0 || value < found.least) found.least = value;
    if (found.filled === 0 || value > found.greatest) found.greatest = value;
    if (!Number.isInteger(value)) {
      const decimals = (String(value).split('.')[1] ?? '').length;
      if (decimals > found.decimals) found.decimals = decimals;
    }
  }
}
