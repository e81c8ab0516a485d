import { type CellBlock, numberIn } from '../format/cells.js';
import { type FileColumn } from '../format/file-table.js';
import { CellUnwritable } from '../format/format.problems.js';
import { Moments, type Statistics } from './moments.js';
import { WordCount } from './word-count.js';

/** How often a code stands in a column. */
export interface CodeCount {
  code: number;
  count: number;
}

/** What was counted in a column. */
export interface Frequencies {
  variable: string;
  /** Cells that are not empty: values and reasons. */
  filled: number;
  /** Cells that are empty: system missing. */
  empty: number;
  /** Cells with a value. */
  valid: number;
  /** Cells by declared reason, none left out, in the column's order. */
  missing: readonly CodeCount[];
  /** Cells by declared code, none left out, in the column's order. */
  values: readonly CodeCount[];
  /** Values that no declared code names, ascending: of a coded column the first ones, of a nominal or ordinal one all, or none where there are many. */
  undeclared: readonly CodeCount[];
  /** Cells with a value that neither `values` nor `undeclared` lists, of a column of codes. */
  more: number;
  /** Of the values of a scale; none where there is no value. */
  statistics?: Statistics;
  /** Of a text column that holds a few short codes, such as countries: each with its count, in the order of their bytes. */
  words?: readonly { word: string; count: number }[];
}

/** A column as counting needs it. */
export type Counted = Pick<
  FileColumn,
  'name' | 'type' | 'measure' | 'values' | 'missing' | 'item' | 'question'
>;

/** Undeclared codes that are listed. */
export const MOST_UNDECLARED = 60;

/** Numbers that are counted by their place in an array, which nearly all codes and reasons are. */
const LOW = -16;
const HIGH = 512;

interface NumberCount {
  small: Uint32Array;
  /** Counts of numbers beyond the array: those that are declared, and a few others. */
  large: Map<number, number>;
  declared: ReadonlySet<number>;
  others: number;
  /** Values that found no place in `large`. */
  unlisted: number;
  /** Of values beyond the array; those within it are added at the end. */
  moments: Moments;
  isScale: boolean;
}

/**
 * Counts what stands in each column, in one reading of its rows; memory does not grow with them.
 * What people wrote in their own words is counted, never listed.
 */
export class FrequencyCount {
  private rows = 0;
  private readonly filled: Float64Array;
  private readonly numbers: (NumberCount | undefined)[];
  private readonly words: (WordCount | undefined)[];

  constructor(private readonly columns: readonly Counted[]) {
    this.filled = new Float64Array(columns.length);
    this.numbers = columns.map((column) => (column.type === 'numeric' ? counterOf(column) : undefined));
    this.words = columns.map(({ type, item, question }) =>
      type === 'string' && item === undefined && question === undefined ? new WordCount() : undefined,
    );
  }

  /** @throws CellUnwritable for a numeric cell that is no number */
  add(block: CellBlock): void {
    this.rows += block.rows;
    for (let column = 0; column < block.columns; column += 1) {
      const numbers = this.numbers[column];
      const words = this.words[column];
      if (numbers) this.addNumbers(block, column, numbers);
      else if (words) this.addWords(block, column, words);
      else this.addFilled(block, column);
    }
  }

  /** What was counted so far, a count for each column in their order. */
  result(): Frequencies[] {
    return this.columns.map((column, index) => {
      const filled = this.filled[index] as number;
      const numbers = this.numbers[index];
      const words = this.words[index]?.listed();
      const base = { variable: column.name, filled, empty: this.rows - filled };
      if (numbers) return { ...base, ...numbersOf(column, numbers, filled) };
      const none = { valid: filled, missing: [], values: [], undeclared: [], more: 0 };
      return { ...base, ...none, ...(words ? { words } : {}) };
    });
  }

  private addNumbers(block: CellBlock, column: number, into: NumberCount): void {
    const { rows, columns, lengths } = block;
    const { small, large, isScale, moments } = into;
    let filled = 0;
    for (let cell = column, end = rows * columns; cell < end; cell += columns) {
      if ((lengths[cell] as number) < 0) continue;
      filled += 1;
      const value = numberIn(block, cell) as number;
      // A number that is whole and small is its own place; NaN fails every comparison.
      if (value >= LOW && value < HIGH && value === Math.trunc(value)) {
        const place = value - LOW;
        small[place] = (small[place] as number) + 1;
        continue;
      }
      if (Number.isNaN(value))
        throw CellUnwritable({ variable: this.columns[column]?.name ?? '', why: 'a cell is not a number' });
      const known = large.get(value);
      if (known !== undefined) large.set(value, known + 1);
      else if (into.others < MOST_UNDECLARED + 1) {
        large.set(value, 1);
        into.others += 1;
      } else into.unlisted += 1;
      if (isScale && !into.declared.has(value)) moments.add(value);
    }
    this.filled[column] = (this.filled[column] as number) + filled;
  }

  private addWords(block: CellBlock, column: number, words: WordCount): void {
    const { rows, columns, lengths, starts, bytes } = block;
    let filled = 0;
    for (let cell = column, end = rows * columns; cell < end; cell += columns) {
      const length = lengths[cell] as number;
      if (length < 0) continue;
      filled += 1;
      if (!words.isGivenUp) words.add(bytes, starts[cell] as number, length);
    }
    this.filled[column] = (this.filled[column] as number) + filled;
  }

  private addFilled({ rows, columns, lengths }: CellBlock, column: number): void {
    let filled = 0;
    for (let cell = column, end = rows * columns; cell < end; cell += columns)
      if ((lengths[cell] as number) >= 0) filled += 1;
    this.filled[column] = (this.filled[column] as number) + filled;
  }
}

function counterOf({ measure, values, missing }: Counted): NumberCount {
  const beyond = [...values, ...missing].map(({ code }) => code).filter((code) => !isSmall(code));
  return {
    small: new Uint32Array(HIGH - LOW),
    large: new Map(beyond.map((code) => [code, 0])),
    declared: new Set(beyond),
    others: 0,
    unlisted: 0,
    moments: new Moments(),
    isScale: measure === 'scale',
  };
}

const isSmall = (code: number): boolean => Number.isInteger(code) && code >= LOW && code < HIGH;

function numbersOf(
  { measure, values, missing, item }: Counted,
  counted: NumberCount,
  filled: number,
): Omit<Frequencies, 'variable' | 'filled' | 'empty'> {
  const { small, large, unlisted, isScale } = counted;
  const countOf = ({ code }: { code: number }): CodeCount => ({
    code,
    count: isSmall(code) ? (small[code - LOW] as number) : (large.get(code) ?? 0),
  });
  const reasons = new Set(missing.map(({ code }) => code));
  const named = new Set([...reasons, ...values.map(({ code }) => code)]);
  const inSmall = [...small].map((count, place) => ({ code: place + LOW, count }));
  const others = [...inSmall, ...[...large].map(([code, count]) => ({ code, count }))]
    .filter(({ code, count }) => count > 0 && !named.has(code))
    .sort((a, b) => a.code - b.code);
  const isCoded = values.length > 0;
  // Numbers that nobody was asked for and that are no quantity are those of people: however few they are, none is listed.
  const isName = measure === 'nominal' && item === undefined && !isCoded;
  const isMany = isName || unlisted > 0 || others.length > MOST_UNDECLARED;
  const undeclared = isCoded || (measure !== 'scale' && !isMany) ? others.slice(0, MOST_UNDECLARED) : [];
  const ofReasons = missing.map(countOf);
  const ofValues = values.map(countOf);
  const valid = filled - totalOf(ofReasons);
  const statistics = isScale ? statisticsOf(counted, reasons, values) : undefined;
  return {
    valid,
    missing: ofReasons,
    values: ofValues,
    undeclared,
    more: measure === 'scale' && !isCoded ? 0 : valid - totalOf(ofValues) - totalOf(undeclared),
    ...(statistics ? { statistics } : {}),
  };
}

const totalOf = (counts: readonly CodeCount[]): number => counts.reduce((sum, { count }) => sum + count, 0);

/** Of all values: those beyond the array were added as they came, those within it are by their counts. */
function statisticsOf(
  { small, large, moments }: NumberCount,
  reasons: ReadonlySet<number>,
  values: readonly { code: number }[],
): Statistics | undefined {
  const all = moments.copy();
  small.forEach((count, place) => {
    if (!reasons.has(place + LOW)) all.addMany(place + LOW, count);
  });
  for (const { code } of values)
    if (!isSmall(code) && !reasons.has(code)) all.addMany(code, large.get(code) ?? 0);
  return all.statistics();
}
