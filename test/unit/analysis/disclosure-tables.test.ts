import fc from 'fast-check';
import {
  suppressedList,
  type SuppressedTable,
  suppressedTable,
} from '../../../src/analysis/disclosure/table-suppression.js';

/**
 * What a reader can write down of a table: each unknown count has a number, and each sum is an equation of counts that is 0, counts
 * with a sign. `truth` holds the unknowns' real values.
 */
function readersView(shown: SuppressedTable, counts: readonly (readonly number[])[]) {
  const truth: number[] = [];
  const places: string[] = [];
  const term = (value: number | null, real: number, place: string) => {
    if (value !== null) {
      expect(value).toBe(real);
      return { known: value };
    }
    truth.push(real);
    places.push(place);
    return { unknown: truth.length - 1 };
  };
  const sum = (row: readonly number[]) => row.reduce((a, b) => a + b, 0);
  const columns = counts[0]?.length ?? 0;
  const cells = counts.map((row, i) =>
    row.map((count, j) => term(shown.cells[i]?.[j] ?? null, count, `${i},${j}`)),
  );
  const rows = counts.map((row, i) => term(shown.rowTotals[i] ?? null, sum(row), `row ${i}`));
  const cols = Array.from({ length: columns }, (_, j) =>
    term(shown.columnTotals[j] ?? null, sum(counts.map((row) => row[j] as number)), `column ${j}`),
  );
  const total = term(shown.total, sum(counts.map(sum)), 'total');
  type Term = ReturnType<typeof term>;
  const equation = (parts: Term[], whole: Term) => {
    const coefficients = new Map<number, number>();
    let known = 0;
    const add = (one: Term, sign: number) => {
      if (one.unknown === undefined) known += sign * (one.known as number);
      else coefficients.set(one.unknown, sign);
    };
    parts.forEach((part) => add(part, 1));
    add(whole, -1);
    return { coefficients, known };
  };
  const equations = [
    ...cells.map((row, i) => equation(row, rows[i] as Term)),
    ...cols.map((whole, j) =>
      equation(
        cells.map((row) => row[j] as Term),
        whole,
      ),
    ),
    equation(rows, total),
    equation(cols, total),
  ];
  return { truth, places, equations };
}

/** Whether some table of whole numbers from 0 to `most` agrees with all that is shown, one unknown being so much. Searches them all. */
function canBe(
  equations: ReturnType<typeof readersView>['equations'],
  unknowns: number,
  fixed: number,
  wanted: number,
  most: number,
): boolean {
  const order = [fixed, ...Array.from({ length: unknowns }, (_, nr) => nr).filter((nr) => nr !== fixed)];
  const values = new Array<number | undefined>(unknowns);
  const fits = () =>
    equations.every(({ coefficients, known }) => {
      let [low, high] = [known, known];
      for (const [nr, sign] of coefficients) {
        const value = values[nr];
        if (value !== undefined) [low, high] = [low + sign * value, high + sign * value];
        else if (sign > 0) high += most;
        else low -= most;
      }
      return low <= 0 && high >= 0;
    });
  const search = (at: number): boolean => {
    if (at === unknowns) return true;
    const nr = order[at] as number;
    const candidates = at === 0 ? [wanted] : Array.from({ length: most + 1 }, (_, value) => value);
    for (const value of candidates) {
      values[nr] = value;
      if (fits() && search(at + 1)) return true;
    }
    values[nr] = undefined;
    return false;
  };
  return search(0);
}

const SMALL = 4;
const table = (most: number, rows: number, columns: number) =>
  fc.tuple(fc.integer({ min: 1, max: rows }), fc.integer({ min: 1, max: columns })).chain(([r, c]) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: 0, max: most }), fc.constantFrom(0, 1, 2, most)), {
        minLength: c,
        maxLength: c,
      }),
      { minLength: r, maxLength: r },
    ),
  );

test('of small tables: searching all tables that agree with what is shown, each small count may be 0 and up to the bound, and no hidden count is sure', () => {
  fc.assert(
    fc.property(table(7, 3, 3), (counts) => {
      const shown = suppressedTable(counts, SMALL);
      const { truth, equations } = readersView(shown, counts);
      const most = 40;
      truth.forEach((real, nr) => {
        const possible = (value: number) => canBe(equations, truth.length, nr, value, most);
        if (real > 0 && real < SMALL) {
          expect(possible(0)).toBe(true);
          expect(possible(SMALL)).toBe(true);
        } else {
          const others = Array.from({ length: most }, (_, step) => [real - 1 - step, real + 1 + step]).flat();
          expect(others.some((value) => value >= 0 && value <= most && possible(value))).toBe(true);
        }
      });
    }),
    { numRuns: 150 },
  );
});

/** Values that follow from the equations alone, by elimination in exact fractions of whole numbers. */
function determined(equations: ReturnType<typeof readersView>['equations'], unknowns: number): number[] {
  let rows = equations.map(({ coefficients }) =>
    Array.from({ length: unknowns }, (_, nr) => BigInt(coefficients.get(nr) ?? 0)),
  );
  const pivots: { row: bigint[]; at: number }[] = [];
  for (let at = 0; at < unknowns; at += 1) {
    const pivot = rows.find((row) => row[at] !== 0n);
    if (!pivot) continue;
    const eliminate = (row: bigint[]) =>
      row[at] === 0n
        ? row
        : row.map((value, nr) => value * (pivot[at] as bigint) - (pivot[nr] as bigint) * (row[at] as bigint));
    rows = rows.filter((row) => row !== pivot).map(eliminate);
    for (const one of pivots) one.row = eliminate(one.row);
    pivots.push({ row: pivot, at });
  }
  return pivots.filter(({ row }) => row.filter((value) => value !== 0n).length === 1).map(({ at }) => at);
}

/** Bounds that readers find by going through the sums again and again (the shuttle algorithm). */
function shuttled(equations: ReturnType<typeof readersView>['equations'], unknowns: number) {
  const low = new Array<number>(unknowns).fill(0);
  const high = new Array<number>(unknowns).fill(Infinity);
  for (let goesOn = true; goesOn;) {
    goesOn = false;
    for (const { coefficients, known } of equations)
      for (const [nr, sign] of coefficients) {
        let [least, greatest] = [known, known];
        for (const [other, its] of coefficients) {
          if (other === nr) continue;
          least += its > 0 ? (low[other] as number) : -(high[other] as number);
          greatest += its > 0 ? (high[other] as number) : -(low[other] as number);
        }
        const [from, to] = sign > 0 ? [-greatest, -least] : [least, greatest];
        if (from > (low[nr] as number)) [low[nr], goesOn] = [from, true];
        if (to < (high[nr] as number)) [high[nr], goesOn] = [to, true];
      }
  }
  return { low, high };
}

test('of larger tables: nothing hidden follows from the equations, and bounds by the sums leave each small count open', () => {
  fc.assert(
    fc.property(table(45, 9, 7), (counts) => {
      const shown = suppressedTable(counts, 10);
      const { truth, places, equations } = readersView(shown, counts);
      expect(determined(equations, truth.length).map((nr) => places[nr])).toEqual([]);
      const { low, high } = shuttled(equations, truth.length);
      truth.forEach((real, nr) => {
        if (real === 0 || real >= 10) return;
        expect(low[nr]).toBe(0);
        expect(high[nr]).toBeGreaterThanOrEqual(10);
      });
      // Every small count is hidden, and a table without any is shown whole.
      const all = [...shown.cells.flat(), ...shown.rowTotals, ...shown.columnTotals, shown.total];
      expect(all.filter((value) => value !== null && value > 0 && value < 10)).toEqual([]);
      const hasSmall = truth.some((real) => real > 0 && real < 10);
      if (!hasSmall) expect(all).not.toContain(null);
      expect(suppressedTable(counts, 10)).toEqual(shown);
    }),
    { numRuns: 200 },
  );
});

test('a list with its total', () => {
  expect(suppressedList([40, 25, 0, 60], 10)).toEqual({ cells: [40, 25, 0, 60], total: 125 });
  expect(suppressedList([40, 3, 25, 0, 60], 10)).toEqual({ cells: [40, null, null, 0, 60], total: 128 });
  // The two small ones together are 7 by the total: a third goes.
  expect(suppressedList([40, 3, 4, 25], 10)).toEqual({ cells: [40, null, null, null], total: 72 });
  expect(suppressedList([6, 6], 10)).toEqual({ cells: [null, null], total: 12 });
  // Alone with its total, a small count takes the total with it; next to zeros only, a zero goes with both.
  expect(suppressedList([3], 10)).toEqual({ cells: [null], total: null });
  expect(suppressedList([], 10)).toEqual({ cells: [], total: 0 });
});

test('a small cell takes three others with it, of which the smallest that serve, and no total', () => {
  expect(
    suppressedTable(
      [
        [3, 50, 60],
        [20, 30, 80],
        [90, 70, 40],
      ],
      10,
    ),
  ).toEqual({
    cells: [
      [null, null, 60],
      [null, null, 80],
      [90, 70, 40],
    ],
    rowTotals: [113, 130, 200],
    columnTotals: [113, 150, 180],
    total: 443,
  });
});

test('a zero is shown while other counts can protect a small one', () => {
  const { cells } = suppressedTable(
    [
      [3, 50, 60],
      [20, 0, 80],
    ],
    10,
  );
  expect(cells).toEqual([
    [null, 50, null],
    [null, 0, null],
  ]);
});

test('what is no table of counts is refused', () => {
  expect(() => suppressedTable([[1, 2], [3]], 10)).toThrow(RangeError);
  expect(() => suppressedTable([[1, -2]], 10)).toThrow(RangeError);
  expect(() => suppressedList([1.5], 10)).toThrow(RangeError);
  expect(() => suppressedList([1], 0)).toThrow(RangeError);
  expect(suppressedTable([], 10)).toEqual({ cells: [], rowTotals: [], columnTotals: [], total: 0 });
});
