import { type FileColumn } from './file-table.js';
import { CellUnwritable } from './format.problems.js';

/** Whole numbers up to here are exact as doubles, so a scan, which reads doubles, tells their bounds exactly. */
const EXACT = Number.MAX_SAFE_INTEGER;
const WHOLE = [
  ['TINYINT', 2 ** 7],
  ['SMALLINT', 2 ** 15],
  ['INTEGER', 2 ** 31],
] as const;

/**
 * The type of a column in Parquet, by DuckDB's name: the smallest that holds every cell, codes of reasons among them.
 * @throws CellUnwritable for numbers beyond a double
 */
export function parquetType({ name, type, scan }: Pick<FileColumn, 'name' | 'type' | 'scan'>): string {
  switch (type) {
    case 'string':
      return 'VARCHAR';
    case 'date':
    case 'month':
      return 'DATE';
    case 'datetime':
      return 'TIMESTAMP';
    case 'numeric': {
      const { least, greatest, decimals } = scan;
      if (!Number.isFinite(least) || !Number.isFinite(greatest))
        throw CellUnwritable({ variable: name, why: 'a number is greater than a double holds' });
      if (decimals > 0 || least < -EXACT || greatest > EXACT) return 'DOUBLE';
      return WHOLE.find(([, bound]) => least >= -bound && greatest < bound)?.[0] ?? 'BIGINT';
    }
  }
}

/** DuckDB works on so many rows at a time, and its row groups are of at most so many by default. */
const VECTOR_ROWS = 2048;
const MOST_ROWS = 122_880;
const GROUP_BYTES = 16 * 1024 ** 2;
const DICTIONARIES_BYTES = 64 * 1024 ** 2;
const LEAST_DICTIONARY = 16 * 1024;
const MOST_DICTIONARY = 1024 ** 2;
/** What DuckDB needs in any case; for each column's pages; and how often it holds a row group. */
const BASE_BYTES = 96 * 1024 ** 2;
const COLUMN_BYTES = 128 * 1024;
const COPIES = 3;
const CELL_BYTES = { string: 16, numeric: 8, date: 8, month: 8, datetime: 8 };

/** How a table is cut, and what DuckDB may take for it. The same for the same table. */
export interface ParquetSizes {
  rowGroupRows: number;
  dictionaryBytes: number;
  memoryBytes: number;
}

/** Row groups that take about 16 MiB while they are gathered, and are no smaller than DuckDB can make them; dictionaries as large as its own but where hundreds of text columns have one. */
export function parquetSizes(
  columns: readonly Pick<FileColumn, 'type' | 'scan'>[],
  rows: number,
): ParquetSizes {
  const texts = columns.filter(({ type }) => type === 'string');
  const textBytes = texts.reduce((sum, { scan }) => sum + scan.allBytes, 0) / Math.max(1, rows);
  const rowBytes = columns.reduce((sum, { type }) => sum + CELL_BYTES[type], textBytes);
  const fitting = VECTOR_ROWS * Math.floor(GROUP_BYTES / Math.max(1, rowBytes) / VECTOR_ROWS);
  const rowGroupRows = Math.min(MOST_ROWS, Math.max(VECTOR_ROWS, fitting));
  const dictionary = Math.floor(DICTIONARIES_BYTES / Math.max(1, texts.length));
  const beyond = Math.max(0, Math.min(rows, rowGroupRows) * rowBytes - GROUP_BYTES);
  return {
    rowGroupRows,
    dictionaryBytes: Math.min(MOST_DICTIONARY, Math.max(LEAST_DICTIONARY, dictionary)),
    memoryBytes: Math.ceil(BASE_BYTES + COLUMN_BYTES * columns.length + COPIES * beyond),
  };
}
