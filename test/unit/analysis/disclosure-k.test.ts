import fc from 'fast-check';
import {
  anonymity,
  classesOf,
  HARMLESS,
  lDiversity,
  SUPPRESSED,
} from '../../../src/analysis/disclosure/k-anonymity.js';
import { suppressToK } from '../../../src/analysis/disclosure/local-suppression.js';

/** People with up to five keys and two sensitive answers; some values missing, hidden or rare. */
const people = (mostKeys: number) =>
  fc.integer({ min: 1, max: mostKeys }).chain((m) =>
    fc.array(
      fc.record({
        keys: fc.array(fc.constantFrom(1, 1, 1, 2, 2, 3, 40, 2_000_000_000, -2, -12), {
          minLength: m,
          maxLength: m,
        }),
        sensitive: fc.tuple(
          fc.constantFrom(HARMLESS, HARMLESS, HARMLESS, 1, 1, -1, -2),
          fc.constantFrom(-8, -8, 5, 6, 7),
        ),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  );
const columnsOf = (rows: { keys: number[]; sensitive: number[] }[]) => ({
  keys: (rows[0]?.keys ?? []).map((_, key) => Int32Array.from(rows, (row) => row.keys[key] as number)),
  sensitive: [0, 1].map((nr) => Int32Array.from(rows, (row) => row.sensitive[nr] as number)),
});

/** Groups by the words of all keys: another way to the same classes. */
function grouped(keys: readonly Int32Array[], n: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let row = 0; row < n; row += 1) {
    const word = keys.map((codes) => codes[row]).join('|');
    groups.set(word, [...(groups.get(word) ?? []), row]);
  }
  return [...groups.values()];
}

/** Different answers of a group; the harmless one counts beside others only. */
function valuesIn(group: number[], codes: Int32Array): number {
  const values = new Set(
    group.map((row) => codes[row] as number).filter((code) => code >= 0 || code === HARMLESS),
  );
  return values.size === 1 && values.has(HARMLESS) ? 0 : values.size;
}

test('classes, their sizes, uniques and diversity are those of grouping by all keys at once', () => {
  fc.assert(
    fc.property(people(5), fc.integer({ min: 1, max: 6 }), (rows, k) => {
      const { keys, sensitive } = columnsOf(rows);
      const groups = grouped(keys, rows.length);
      const classes = classesOf(keys, rows.length);
      expect(Array.from(classes.sizes)).toEqual(groups.map(({ length }) => length));
      groups.forEach((group, id) => group.forEach((row) => expect(classes.of[row]).toBe(id)));
      const found = anonymity(classes, k);
      expect(found).toMatchObject({
        n: rows.length,
        classes: groups.length,
        kMin: Math.min(...groups.map(({ length }) => length)),
        belowK: groups.filter(({ length }) => length < k).flat().length,
        uniques: groups.filter(({ length }) => length === 1).length,
      });
      expect(found.distribution.reduce((sum, { people: each }) => sum + each, 0)).toBe(rows.length);
      expect(found.distribution.map(({ size }) => size)).toEqual(
        [...new Set(groups.map(({ length }) => length))].sort((a, b) => a - b),
      );
      for (const codes of sensitive)
        expect(Array.from(lDiversity(classes, codes))).toEqual(groups.map((group) => valuesIn(group, codes)));
    }),
  );
});

test('nobody is nobody, and people without keys are one class', () => {
  expect(anonymity(classesOf([Int32Array.of()], 0), 3)).toEqual({
    n: 0,
    classes: 0,
    kMin: null,
    belowK: 0,
    uniques: 0,
    distribution: [],
  });
  expect(anonymity(classesOf([], 4), 3)).toMatchObject({ classes: 1, kMin: 4, belowK: 0 });
});

test('a hidden value matches hidden values only; where it would match all, classes are never smaller', () => {
  expect(Array.from(classesOf([Int32Array.of(1, SUPPRESSED, SUPPRESSED, -2)], 4).sizes)).toEqual([1, 2, 1]);
  fc.assert(
    fc.property(people(3), (rows) => {
      const { keys } = columnsOf(rows);
      const { of, sizes } = classesOf(keys, rows.length);
      const matches = (a: number, b: number) =>
        keys.every((codes) => codes[a] === codes[b] || codes[a] === SUPPRESSED || codes[b] === SUPPRESSED);
      rows.forEach((_, row) => {
        const loosely = rows.filter((__, other) => matches(row, other)).length;
        expect(sizes[of[row] as number]).toBeLessThanOrEqual(loosely);
      });
    }),
  );
});

const wanted = fc.record({ k: fc.integer({ min: 1, max: 7 }), l: fc.integer({ min: 1, max: 3 }) });

test.each([5, 11])(
  'after suppression of up to %i keys every class has k people and l values, or it says that none can',
  (most) => {
    fc.assert(
      fc.property(
        people(most),
        wanted,
        fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
        (rows, { k, l }, weights) => {
          const { keys, sensitive } = columnsOf(rows);
          const importance = keys.map(() => weights.next().value as number);
          const n = rows.length;
          const { hidden, keys: after, holds } = suppressToK(keys, importance, k, { l, sensitive });

          const given = keys.map((codes) => codes.slice());
          for (const { row, key } of hidden) {
            expect(given[key]?.[row]).not.toBe(SUPPRESSED);
            (given[key] as Int32Array)[row] = SUPPRESSED;
          }
          expect(after).toEqual(given);

          const isFine = (group: number[]) =>
            group.length >= k &&
            sensitive.every((codes) => {
              const values = valuesIn(group, codes);
              return values === 0 || values >= l;
            });
          const everybody = rows.map((_, row) => row);
          expect(holds).toBe(grouped(given, n).every(isFine));
          expect(holds).toBe(isFine(everybody));
          // Whoever was safe before keeps every value, unless the rest needed company.
          if (grouped(keys, n).every(isFine)) expect(hidden).toEqual([]);
          expect(suppressToK(keys, importance, k, { l, sensitive }).hidden).toEqual(hidden);
        },
      ),
      { numRuns: 300 },
    );
  },
);

test('the least important value goes first, and nobody who is safe loses one', () => {
  const country = Int32Array.of(1, 1, 1, 1, 1, 1, 2, 2, 2);
  const birth = Int32Array.of(5, 5, 5, 6, 7, 8, 5, 5, 5);
  const { hidden, holds } = suppressToK([country, birth], [2, 1], 3);
  expect(holds).toBe(true);
  expect(hidden).toEqual([
    { row: 3, key: 1 },
    { row: 4, key: 1 },
    { row: 5, key: 1 },
  ]);
});

test.each([
  ['birth', [2, 1], 1],
  ['country', [1, 2], 0],
])('where either would do, %s goes if it is missed least', (_, importance, key) => {
  const country = Int32Array.of(1, 1, 1, 1, 2, 3, 4);
  const birth = Int32Array.of(5, 6, 7, 8, 5, 5, 5);
  const { hidden } = suppressToK([country, birth], importance, 3);
  expect(hidden.filter(({ row }) => row === 0)).toEqual([{ row: 0, key }]);
});

test('thirty keys are not too many', () => {
  const keys = Array.from({ length: 30 }, (_, key) =>
    Int32Array.from({ length: 12 }, (__, row) => (row * key) % 5),
  );
  const { holds } = suppressToK(
    keys,
    keys.map((_, key) => key + 1),
    3,
  );
  expect(holds).toBe(true);
});

test('those who find no company are joined by the class that costs least', () => {
  const country = Int32Array.of(1, 1, 1, 1, 1, 2, 2, 2, 3);
  const { hidden, holds } = suppressToK([country], [1], 3);
  expect(holds).toBe(true);
  expect(hidden.map(({ row }) => row)).toEqual([5, 6, 7, 8]);
});

test('a class that is alike in what is sensitive counts as failing; reasons are no diversity, and none needs none', () => {
  const key = Int32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3);
  const sensitive = Int32Array.of(7, 7, -1, 7, 8, -1, -2, -2, -2);
  expect(suppressToK([key], [1], 3, { l: 2, sensitive: [sensitive] })).toMatchObject({
    hidden: [0, 1, 2, 3, 4, 5].map((row) => ({ row, key: 0 })),
    holds: true,
  });
});

test('nobody may have chosen something, but not everybody', () => {
  const key = Int32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4);
  const chosen = (...codes: number[]) => Int32Array.from(codes, (code) => (code === 0 ? HARMLESS : code));
  const sensitive = [chosen(0, 0, 0, 1, 0, 0, 1, 1, 1, -8, -8, 1)];
  expect(Array.from(lDiversity(classesOf([key], 12), sensitive[0] as Int32Array))).toEqual([0, 2, 1, 1]);
  const { hidden, holds } = suppressToK([key], [1], 3, { l: 2, sensitive });
  expect(holds).toBe(true);
  // The alike are joined by those who bring another answer.
  expect([...new Set(hidden.map(({ row }) => key[row]))]).toEqual([1, 3, 4]);
});

test('of the classes that could join, those stay out that bring nothing', () => {
  const key = Int32Array.of(1, 1, 1, 2, 2, 2, 3, 3, 3, 3);
  const sensitive = [Int32Array.of(7, 7, 7, -1, -1, -1, 7, 8, 7, 8)];
  const { hidden } = suppressToK([key], [1], 3, { l: 2, sensitive });
  expect([...new Set(hidden.map(({ row }) => key[row]))]).toEqual([1, 3]);
});

test('people of whom there is nothing to tell need no more company than k', () => {
  const key = Int32Array.of(1, 2, 2, 2, 3, 3, 3);
  const sensitive = [Int32Array.of(HARMLESS, HARMLESS, HARMLESS, HARMLESS, 1, HARMLESS, 1)];
  const { hidden } = suppressToK([key], [1], 3, { l: 2, sensitive });
  expect(hidden.map(({ row }) => row)).toEqual([0, 1, 2, 3]);
});

test('too few people lose everything, and it is said; what cannot be asked is refused', () => {
  expect(suppressToK([Int32Array.of(1, 1)], [1], 3)).toMatchObject({
    hidden: [
      { row: 0, key: 0 },
      { row: 1, key: 0 },
    ],
    holds: false,
  });
  expect(suppressToK([], [], 3)).toEqual({ hidden: [], keys: [], holds: true });
  expect(() => suppressToK([Int32Array.of(1)], [0], 3)).toThrow(RangeError);
  expect(() => suppressToK([Int32Array.of(1)], [1, 2], 3)).toThrow(RangeError);
  expect(() => suppressToK([Int32Array.of(1), Int32Array.of(1, 2)], [1, 2], 3)).toThrow(RangeError);
  expect(() => suppressToK([Int32Array.of(1)], [1], 0)).toThrow(RangeError);
});
