import { anonymity, classesOf, SUPPRESSED } from '../../analysis/disclosure/k-anonymity.js';
import { type FileColumn } from '../format/file-table.js';
import { rootOf } from './disclosure-plan.js';
import { KeyValues } from './key-values.js';
import { type ReleasedFile } from './released-file.js';

/** A column that identifies, by its place (from 0) among the columns of its file. */
export interface KeyColumn {
  name: string;
  place: number;
  reasons: ReadonlySet<string>;
}

/** The columns of a file of one row a person by which people are grouped. */
export const keyColumns = (
  { name, columns }: ReleasedFile,
  keys: readonly string[],
  letters: readonly string[],
): KeyColumn[] =>
  columns.flatMap((column, place) => {
    const root = rootOf(name, column.name, letters);
    return keys.includes(root) ? [{ name: root, place, reasons: reasonsIn(column) }] : [];
  });

/** A value that is hidden counts as one of its own, whatever else is missing as nothing. */
const reasonsIn = ({ missing }: Pick<FileColumn, 'missing'>): ReadonlySet<string> =>
  new Set(['', ...missing.map(({ code }) => String(code)).filter((code) => code !== String(SUPPRESSED))]);

/** What a release tells of people by what identifies them, file by file; `add` is called in the order of the files. */
export class PeopleTold {
  private readonly places = new Map<string, number>();
  private readonly values = new Map<string, KeyValues>();
  private readonly files = new Map<string, number[]>();

  constructor(private readonly people: number) {}

  /** A row of a file: the person's number, and the cells of its key columns. */
  add(
    file: string,
    pidp: string,
    columns: readonly KeyColumn[],
    cells: readonly (string | undefined)[],
  ): void {
    const place = this.places.get(pidp) ?? this.places.size;
    this.places.set(pidp, place);
    const rows = this.files.get(file) ?? [];
    rows.push(place);
    this.files.set(file, rows);
    columns.forEach(({ name, reasons }, index) => {
      const cell = cells[index];
      if (cell === undefined || reasons.has(cell)) return;
      const values = this.values.get(name) ?? new KeyValues(this.people);
      this.values.set(name, values);
      values.add(place, cell);
    });
  }

  /** Files in which somebody is one of fewer than k, with how many are. */
  below(k: number): { file: string; people: number }[] {
    return [...this.files].flatMap(([file, rows]) => {
      const keys = [...this.values.values()].map(({ codes }) =>
        Int32Array.from(rows, (place) => codes[place] as number),
      );
      const { belowK } = anonymity(classesOf(keys, rows.length), k);
      return belowK > 0 ? [{ file, people: belowK }] : [];
    });
  }
}
