import fc from 'fast-check';
import { numberIn } from '../../../src/export/format/cells.js';
import { Scan } from '../../../src/export/format/scan.js';
import { blocksOf, type Cell } from '../../make/file-table.js';

const numbersIn = (cells: Cell[]) =>
  blocksOf(
    cells.map((cell) => [cell]),
    1,
    cells.length,
  ).flatMap((block) => cells.map((_, at) => numberIn(block, at)));

const scanned = (cells: Cell[], type = 'numeric') => {
  const scan = new Scan([{ name: 'x', type }]);
  for (const block of blocksOf(
    cells.map((cell) => [cell]),
    1,
    3,
  ))
    scan.add(block);
  expect(scan.rows).toBe(cells.length);
  return scan.columns[0];
};

test('a number is the one that its text says, to the last bit', () => {
  const decimal = fc.tuple(
    fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
    fc.integer({ min: 1, max: 17 }),
  );
  const texts = fc.oneof(
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .map((value) => (Object.is(value, -0) ? '-0' : String(value))),
    fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }).map(String),
    decimal.map(([digits, places]) => {
      const text = String(digits < 0n ? -digits : digits).padStart(places + 1, '0');
      return `${digits < 0n ? '-' : ''}${text.slice(0, -places)}.${text.slice(-places)}`;
    }),
  );
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1 }), (all) => {
      expect(numbersIn(all)).toEqual(all.map(Number));
    }),
    { numRuns: 500 },
  );
});

test('an empty cell is none, and what is no number is NaN', () => {
  const none = [
    '',
    '-',
    '.5',
    '5.',
    '-.5',
    '1,5',
    '0x10',
    ' 1',
    '1e',
    'Infinity',
    '1.2.3',
    '12345678901234567.',
    '٣',
  ];
  expect(numbersIn([null, ...none])).toEqual([undefined, ...none.map(() => NaN)]);
});

test('what the cells of a column have in common', () => {
  expect(scanned([null, 5, -8, null, '0.50', '12.125', 7])).toEqual({
    filled: 5,
    mostBytes: 6,
    allBytes: 14,
    least: -8,
    greatest: 12.125,
    decimals: 3,
  });
  expect(scanned([null, null, null, -5, -7])).toMatchObject({ least: -7, greatest: -5 });
  expect(scanned([null, 3])).toMatchObject({ least: 3, greatest: 3 });
  expect(scanned([null])).toMatchObject({ filled: 0, least: 0, greatest: 0 });
  expect(scanned(['Ереван', null, '', 'x'], 'string')).toMatchObject({
    filled: 3,
    mostBytes: 12,
    allBytes: 13,
  });
});

test.each([
  ['10.00', 0],
  ['1e3', 0],
  ['0.10', 1],
  ['1.5e-7', 8],
  ['2.50E-3', 4],
  ['1234567890.12345678', 8],
])('%s has %i digits after the point', (text, decimals) => {
  expect(scanned([text])?.decimals).toBe(decimals);
});

test('a numeric cell that is no number is refused, by the name of its variable alone', () => {
  expect(() => scanned([1, 'secret'])).toThrow(
    expect.objectContaining({
      code: 'export.cell_unwritable',
      details: { variable: 'x', why: 'a cell is not a number' },
    }),
  );
});
