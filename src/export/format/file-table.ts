import { type Texts, type Variable } from '../../questionnaire/variable/variable.js';
import { type CellBlock } from './cells.js';

/** Why a cell has no value: the number in CSV, SPSS and Parquet, the letter in Stata (`d` for `.d`), the words. */
export interface FileReason {
  code: number;
  stata: string;
  label: Texts;
}

/**
 * A column as every format needs it. Its cells are the bytes of UTF-8 text, as PostgreSQL prints them; an empty cell is system
 * missing. `numeric`: a decimal number, or the code of a reason. `date`: YYYY-MM-DD. `month`: YYYY-MM. `datetime`: YYYY-MM-DDTHH:MM with or without :SS,
 * of no time zone.
 */
export interface FileColumn {
  name: string;
  type: 'numeric' | 'string' | 'date' | 'month' | 'datetime';
  measure: Variable['measure'];
  label: Texts;
  /** The whole question as asked. */
  question?: Texts;
  /** Of whom it was asked. */
  universe?: Variable['universe'];
  concept?: string;
  /** Letter of the wave that it comes from. */
  wave?: string;
  /** Name of the item that it was asked by. */
  item?: string;
  /** Codes in their order; none for what has no categories. */
  values: readonly { code: number; label: Texts }[];
  /** Reasons that its cells may hold; none but for `numeric`. */
  missing: readonly FileReason[];
  scan: ColumnScan;
}

/** What all cells of a column have in common, known before the first is written. */
export interface ColumnScan {
  /** Cells that are not empty. */
  filled: number;
  /** Bytes of the longest cell, and of all. */
  mostBytes: number;
  allBytes: number;
  /** Of numeric cells, codes of reasons among them; 0, 0 and 0 where all are empty. */
  least: number;
  greatest: number;
  /** The most digits after the point. */
  decimals: number;
}

/** A table, ready to be written in any format. */
export interface FileTable {
  /** Name of the file without its ending, such as `panel_long`. */
  name: string;
  /** What it holds: words by locale. */
  label: Texts;
  /** What it is part of, such as the study's title with the release: words by locale. */
  source: Texts;
  /** Columns that name a row together. */
  key: readonly string[];
  columns: readonly FileColumn[];
  /** How many rows there are. */
  rows: number;
  /** Languages of the labels, the main one first. */
  locales: readonly string[];
  /** The instant that stands in the file. */
  madeAt: Date;
}

/** The rows from the first, in the order of the key. May be read again: each time the same cells. */
export type ReadRows = () => AsyncIterable<CellBlock>;

/** The words in a language, else in the next one of the table that has any. */
export const wordsIn = (texts: Texts, locale: string, locales: readonly string[]): string =>
  [locale, ...locales].map((each) => texts[each]).find((words) => words !== undefined && words !== '') ?? '';
