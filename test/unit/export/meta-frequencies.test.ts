import fc from 'fast-check';
import { FrequencyCount, MOST_UNDECLARED } from '../../../src/export/meta/frequencies.js';
import { aTable, blocksOf, type Cell, type ColumnGiven } from '../../make/file-table.js';
import { reasons } from '../../make/release-description.js';

function counted(column: Omit<ColumnGiven, 'name'>, cells: readonly Cell[], size = 7) {
  const { table } = aTable([{ name: 'x', ...column }], []);
  const count = new FrequencyCount(table.columns);
  for (const block of blocksOf(
    cells.map((cell) => [cell]),
    1,
    size,
  ))
    count.add(block);
  return count.result()[0]!;
}
const codes = (...all: number[]) => all.map((code) => ({ code, label: { en: `Code ${code}` } }));

test('codes, reasons, empty cells and codes that nobody declared are counted apart', () => {
  const found = counted({ values: codes(1, 2, 700), missing: reasons('dr') }, [
    1,
    1,
    700,
    5,
    9000,
    -1,
    -3,
    null,
    2.5,
  ]);
  expect(found).toEqual({
    variable: 'x',
    filled: 8,
    empty: 1,
    valid: 7,
    missing: [
      { code: -1, count: 1 },
      { code: -2, count: 0 },
    ],
    values: [
      { code: 1, count: 2 },
      { code: 2, count: 0 },
      { code: 700, count: 1 },
    ],
    undeclared: [-3, 2.5, 5, 9000].map((code) => ({ code, count: 1 })),
    more: 0,
  });
});

test('where values may be below zero, reasons have their long codes and −1 is a value', () => {
  const found = counted(
    { measure: 'scale', missing: reasons('dr', true) },
    [-1, -9999901, -9999902, 3, -9999902],
  );
  expect(found.missing.map(({ count }) => count)).toEqual([1, 2]);
  expect(found.statistics).toEqual({ n: 2, mean: 1, sd: Math.sqrt(8), min: -1, max: 3 });
});

test('of many undeclared codes the first are listed where a column has codes, and none where it has none', () => {
  const many = Array.from({ length: 100 }, (_, index) => 1000 + index);
  const coded = counted({ values: codes(1) }, [1, ...many]);
  expect([coded.undeclared.length, coded.more]).toEqual([MOST_UNDECLARED, 100 - MOST_UNDECLARED]);
  const plain = counted({}, [1, ...many]);
  expect([plain.undeclared, plain.more]).toEqual([[], 101]);
  expect(counted({ item: 'q' }, [3, 2, 2]).undeclared).toEqual([
    { code: 2, count: 2 },
    { code: 3, count: 1 },
  ]);
  const people = counted({}, [3, 2, 2]); // what nobody was asked, and is no quantity: numbers of people
  expect([people.undeclared, people.more]).toEqual([[], 3]);
});

test('few short codes of a text column are listed; words of people, many or long ones are not', () => {
  const text = { type: 'string' as const };
  const listed = (cells: Cell[], more = {}) => counted({ ...text, ...more }, cells).words;
  expect(listed(['SRB', 'ARM', 'SRB', '', null])).toEqual([
    { word: '', count: 1 },
    { word: 'ARM', count: 1 },
    { word: 'SRB', count: 2 },
  ]);
  expect(listed(['1.1', 'sr-Latn', 'broke_off'])).toHaveLength(3);
  expect(listed(['Berlin'])).toBeUndefined();
  expect(listed(['да'])).toBeUndefined();
  expect(listed(['a'.repeat(17)])).toBeUndefined();
  expect(listed(['yes'], { item: 'opinion' })).toBeUndefined();
  expect(listed(Array.from({ length: 61 }, (_, index) => `c${index}`))).toBeUndefined();
  expect(listed(Array.from({ length: 60 }, (_, index) => `c${index}`))).toHaveLength(60);
  expect(counted(text, ['да', null])).toMatchObject({ filled: 1, empty: 1, valid: 1 });
});

test('what is listed stands after the bytes of its block were used again', () => {
  const count = new FrequencyCount(aTable([{ name: 'x', type: 'string' }], []).table.columns);
  const [block] = blocksOf([['SRB'], ['ARM'], ['SRB']], 1);
  count.add(block!);
  block!.bytes.fill(0);
  expect(count.result()[0]?.words).toEqual([
    { word: 'ARM', count: 1 },
    { word: 'SRB', count: 2 },
  ]);
});

test('a cell that is no number is told by the name of its variable', () => {
  expect(() => counted({}, ['secret'])).toThrow(
    expect.objectContaining({
      code: 'export.cell_unwritable',
      details: expect.objectContaining({ variable: 'x' }),
    }),
  );
});

test('any numbers: the same counts and moments as counted in another way, however the rows are cut', () => {
  const cell = fc.oneof(
    fc.constant(null),
    fc.integer({ min: -20, max: 600 }),
    fc.integer({ min: -10_000_000, max: 10_000_000 }),
    fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  );
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (cells, size) => {
      const given = { measure: 'scale' as const, values: codes(1, 2, 600), missing: reasons('dri') };
      const found = counted(given, cells, size);
      const numbers = cells.filter((each): each is number => each !== null);
      const valid = numbers.filter((each) => ![-1, -2, -8].includes(each));
      const times = (code: number) => numbers.filter((each) => each === code).length;
      expect([found.filled, found.empty, found.valid]).toEqual([
        numbers.length,
        cells.length - numbers.length,
        valid.length,
      ]);
      expect(found.missing.map(({ count }) => count)).toEqual([-1, -2, -8].map(times));
      expect(found.values.map(({ count }) => count)).toEqual([1, 2, 600].map(times));
      const all = [...found.values, ...found.undeclared].reduce((sum, { count }) => sum + count, found.more);
      expect(all).toBe(valid.length);
      if (valid.length === 0) return expect(found.statistics).toBeUndefined();
      const mean = valid.reduce((sum, each) => sum + each, 0) / valid.length;
      const squares = valid.reduce((sum, each) => sum + (each - mean) ** 2, 0);
      expect(found.statistics?.n).toBe(valid.length);
      expect(found.statistics?.mean).toBeCloseTo(mean, 4);
      expect(found.statistics?.min).toBe(Math.min(...valid));
      expect(found.statistics?.max).toBe(Math.max(...valid));
      if (valid.length > 1)
        expect((found.statistics?.sd ?? 0) / (1 + Math.sqrt(squares / (valid.length - 1)))).toBeCloseTo(
          Math.sqrt(squares / (valid.length - 1)) / (1 + Math.sqrt(squares / (valid.length - 1))),
          6,
        );
    }),
  );
});
