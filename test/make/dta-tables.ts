import fc from 'fast-check';
import { type FileReason, type FileTable, type ReadRows } from '../../src/export/format/file-table.js';
import { aTable, type Cell, type ColumnGiven } from './file-table.js';
import { hostileText } from './hostile-text.js';

const LETTERS = 'drmbvqpieyws';

/** The twelve reasons: codes from −1 down, or the long ones of a column with values below zero. */
export const reasonsOf = (hasNegatives: boolean): FileReason[] =>
  [...LETTERS].map((stata, index) => ({
    code: hasNegatives ? -9_999_901 - index : -1 - index,
    stata,
    label: { ru: `Причина ${stata}`, en: `Reason ${stata}` },
  }));

const SCRIPTS = [
  'Ответ',
  'תשובה',
  'Պատասխան',
  '👩‍👩‍👧‍👦',
  'e\u0301\u0323',
  '"',
  "'",
  '%',
  '\\',
  '\n',
  '\t',
  '🏳️‍🌈',
  ' ',
];

/** Texts in the scripts of the panel, of up to `most` parts. */
const panelText = (most: number) =>
  fc
    .array(fc.oneof(fc.constantFrom(...SCRIPTS), hostileText), { maxLength: most })
    .map((parts) => parts.join('').replaceAll('\0', ''));

const label = fc.record({ ru: panelText(12), en: panelText(40) }, { requiredKeys: ['ru'] }) as fc.Arbitrary<
  Record<string, string>
>;

const two = (part: number) => String(part).padStart(2, '0');
const date = fc
  .date({ min: new Date('1900-01-01'), max: new Date('2100-12-31T23:59:59Z'), noInvalidDate: true })
  .map((at) => at.toISOString());

const CELLS: Record<string, fc.Arbitrary<Cell>> = {
  tiny: fc.integer({ min: 0, max: 100 }),
  small: fc.integer({ min: 0, max: 32_740 }),
  whole: fc.integer({ min: 0, max: 2_147_483_620 }),
  edge: fc.constantFrom(100, 101, 32_740, 32_741, 2_147_483_620, 2_147_483_621, 0),
  large: fc.oneof(
    fc.constantFrom(1e15, '1e15', 2_147_483_647, 8.9e307),
    fc.integer({ min: 0, max: 2 ** 53 - 1 }),
  ),
  broken: fc.oneof(
    fc.constantFrom(0.1, '0.10', 1 / 3, 1e-7, '0.0000001', 5e-324, 0, 1),
    fc.double({ min: 0.001, max: 1e12, noNaN: true, noDefaultInfinity: true }),
  ),
  signed: fc.oneof(fc.integer({ min: -32_767, max: 32_740 }), fc.constantFrom('-0', -127, -128, -1, -12)),
  signedBroken: fc.double({ min: -1e6, max: -0.001, noNaN: true }),
  text: panelText(6),
  long: fc.oneof(
    panelText(3),
    fc.constantFrom(
      'ы'.repeat(1000),
      '😀'.repeat(500),
      'שלום'.repeat(250),
      'Հայ'.repeat(333),
      'x'.repeat(2045),
    ),
  ),
  longest: fc.oneof(panelText(3), fc.constantFrom('ы'.repeat(1500), 'x'.repeat(2046), '')),
  date: date.map((at) => at.slice(0, 10)),
  month: date.map((at) => at.slice(0, 7)),
  datetime: fc.tuple(date, fc.boolean()).map(([at, isLong]) => at.slice(0, isLong ? 19 : 16)),
};
const KINDS = Object.keys(CELLS);
const TYPES: Record<string, ColumnGiven['type']> = {
  text: 'string',
  long: 'string',
  longest: 'string',
  date: 'date',
  month: 'month',
  datetime: 'datetime',
};

const aColumn = (index: number, rows: number) =>
  fc.constantFrom(...KINDS).chain((kind) => {
    const type = TYPES[kind] ?? 'numeric';
    const code = fc.tuple(fc.integer({ min: 0, max: 200 }), label);
    const reasons = type === 'numeric' ? reasonsOf(kind.startsWith('signed')) : [];
    const value = CELLS[kind] as fc.Arbitrary<Cell>;
    const isCoded = type === 'numeric' && !kind.toLowerCase().includes('broken');
    return fc
      .record({
        label,
        question: label,
        universe: fc.record({ expression: fc.option(panelText(4)), text: label }),
        concept: panelText(2),
        missing: fc.subarray(reasons),
        codes: isCoded
          ? fc.uniqueArray(code, { selector: ([nr]) => nr, maxLength: 5 })
          : fc.constant<[number, Record<string, string>][]>([]),
      })
      .chain(({ codes, missing, ...given }) => {
        const cell = fc.oneof(
          { weight: 7, arbitrary: value },
          { weight: 1, arbitrary: fc.constant(null) },
          ...(missing.length === 0
            ? []
            : [{ weight: 2, arbitrary: fc.constantFrom(...missing.map(({ code }) => code)) }]),
        );
        const values = codes.map(([code, words]) => ({ code, label: words }));
        const column = { name: `c${two(index)}_${kind.toLowerCase()}`, type, missing, values, ...given };
        return fc.record({
          column: fc.constant(column as ColumnGiven),
          cells: fc.array(cell, { minLength: rows, maxLength: rows }),
        });
      });
  });

export interface RandomTable {
  table: FileTable;
  read: ReadRows;
  rows: Cell[][];
}

/** Tables of all types of columns, with hostile labels and cells; their rows are in no order. */
export const randomTable: fc.Arbitrary<RandomTable> = fc
  .record({
    rows: fc.integer({ min: 0, max: 12 }),
    columns: fc.integer({ min: 1, max: 14 }),
    label,
    source: label,
  })
  .chain(({ rows, columns, ...more }) =>
    fc.tuple(...Array.from({ length: columns }, (_, index) => aColumn(index, rows))).map((made) => {
      const cells = Array.from({ length: rows }, (_, row) => made.map((one) => one.cells[row] ?? null));
      const given = made.map(({ column }) => column);
      return { ...aTable(given, cells, { ...more, key: [] }), rows: cells };
    }),
  );
