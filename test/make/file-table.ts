import { type CellBlock } from '../../src/export/format/cells.js';
import { type FileColumn, type FileTable, type ReadRows } from '../../src/export/format/file-table.js';
import { Scan } from '../../src/export/format/scan.js';

export type Cell = string | number | null;
export type ColumnGiven = Partial<FileColumn> & Pick<FileColumn, 'name'>;

/** Rows as one block each `size`, the bytes of a block behind some that belong to none. */
export function blocksOf(rows: readonly (readonly Cell[])[], columns: number, size = 100): CellBlock[] {
  const blocks: CellBlock[] = [];
  for (let from = 0; from < rows.length; from += size) {
    const cells = rows.slice(from, from + size).flat();
    const texts = cells.map((cell) => (cell === null ? null : Buffer.from(String(cell))));
    const starts = new Int32Array(cells.length);
    const lengths = new Int32Array(cells.length);
    let at = 3;
    texts.forEach((text, index) => {
      starts[index] = at;
      lengths[index] = text?.length ?? -1;
      at += text?.length ?? 0;
    });
    const bytes = Buffer.concat([Buffer.from('___'), ...texts.filter((text) => text !== null)]);
    blocks.push({ rows: cells.length / columns, columns, bytes, starts, lengths });
  }
  return blocks;
}

/** A table with its rows, to be written by a format. */
export function aTable(
  columns: readonly ColumnGiven[],
  rows: readonly (readonly Cell[])[],
  more: Partial<FileTable> = {},
): { table: FileTable; read: ReadRows } {
  const described = columns.map((column) => ({ type: 'numeric' as const, ...column }));
  const scan = new Scan(described);
  const blocks = blocksOf(rows, columns.length);
  for (const block of blocks) scan.add(block);
  return {
    table: {
      name: 'a_indresp',
      label: { ru: 'Ответившие', en: 'Respondents' },
      source: { ru: 'Исследование, выпуск 1.0', en: 'A study, release 1.0' },
      key: [columns[0]?.name ?? ''],
      rows: rows.length,
      locales: ['ru', 'en'],
      madeAt: new Date('2026-03-01T12:00:00Z'),
      ...more,
      columns: described.map((column, index) => ({
        measure: 'nominal',
        label: { ru: `Столбец ${column.name}`, en: `Column ${column.name}` },
        values: [],
        missing: [],
        ...column,
        scan: scan.columns[index] as FileColumn['scan'],
      })),
    },
    read: async function* () {
      for (const block of blocks) yield await Promise.resolve(block);
    },
  };
}
