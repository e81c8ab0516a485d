import { type Arc, otherwise } from './table-network.js';

/** Counts of people from 1 up to, not including, this one are not shown in tables. */
export const SMALL_CELL = 10;

/** A table of counts of people as it may be shown; null where a count is hidden. */
export interface SuppressedTable {
  cells: (number | null)[][];
  rowTotals: (number | null)[];
  columnTotals: (number | null)[];
  total: number | null;
}

/** A list of counts with their total. */
export interface SuppressedList {
  cells: (number | null)[];
  total: number | null;
}

/**
 * Hides small counts of a table with totals of its rows, its columns and all. First every count from 1 to below `smallCell`, totals
 * among them. Then further counts, as few as is simple, inner ones before totals, until the shown ones and the knowledge that no
 * count is below zero allow each small count to be anything from 0 to `smallCell`; none of the further ones can be computed either.
 * A 0 is shown, as it tells of nobody; it is hidden only where a small count would otherwise cost a total.
 *
 * One table at a time: of tables that share totals, such as one a wave, each is safe alone, and together they may not be. Shares and means of
 * hidden counts must be hidden with them.
 * @param counts     rows of equal length; whole numbers from 0
 * @param smallCell  from this count on nothing is small; at least 1
 * @throws RangeError for other numbers, or rows of unequal length
 * @see Hundepool et al., Statistical Disclosure Control (2012), secondary cell suppression and protection intervals
 */
export function suppressedTable(counts: readonly (readonly number[])[], smallCell: number): SuppressedTable {
  const columns = counts[0]?.length ?? 0;
  if (!counts.every((row) => row.length === columns)) throw new RangeError('rows have equal lengths');
  const rows = counts.length;
  const rowTotals = counts.map(sum);
  const columnTotals = Array.from({ length: columns }, (_, column) =>
    sum(counts.map((row) => row[column] as number)),
  );
  const total = sum(rowTotals);
  // Nodes: each row, the row of totals, each column, the column of totals.
  const [totalsRow, totalsColumn] = [rows, rows + 1 + columns];
  const columnNode = (column: number) => rows + 1 + column;
  const arcs = [
    ...counts.flatMap((row, at) =>
      row.map((count, column) => ({ from: columnNode(column), to: at, count, cost: INNER })),
    ),
    ...rowTotals.map((count, at) => ({ from: at, to: totalsColumn, count, cost: MARGIN })),
    ...columnTotals.map((count, column) => ({
      from: totalsRow,
      to: columnNode(column),
      count,
      cost: MARGIN,
    })),
    { from: totalsColumn, to: totalsRow, count: total, cost: GRAND },
  ];
  const shown = shownOf(arcs, total, smallCell);
  const inner = rows * columns;
  return {
    cells: counts.map((_, at) => shown.slice(at * columns, (at + 1) * columns)),
    rowTotals: shown.slice(inner, inner + rows),
    columnTotals: shown.slice(inner + rows, inner + rows + columns),
    total: shown.at(-1) ?? null,
  };
}

/** The same for a list of counts with its total. */
export function suppressedList(counts: readonly number[], smallCell: number): SuppressedList {
  const total = sum(counts);
  const [all, outside] = [0, 1];
  const shown = shownOf(
    [
      ...counts.map((count) => ({ from: outside, to: all, count, cost: INNER })),
      { from: all, to: outside, count: total, cost: GRAND },
    ],
    total,
    smallCell,
  );
  return { cells: shown.slice(0, -1), total: shown.at(-1) ?? null };
}

const sum = (counts: readonly number[]): number => counts.reduce((sofar, count) => sofar + count, 0);

// What readers miss: a total more than an inner count, a large count a little more than a small one. A hidden 0 protects badly, as many
// a reader knows that nobody can be there.
const INNER = 1;
const MARGIN = 20;
const GRAND = 1000;
const ZERO = 5;

/** The counts in the order of the arcs, null where hidden. */
function shownOf(arcs: readonly Arc[], total: number, smallCell: number): (number | null)[] {
  if (!(smallCell >= 1)) throw new RangeError('what is small is 1 or more');
  if (!arcs.every(({ count }) => Number.isInteger(count) && count >= 0))
    throw new RangeError('counts are whole numbers from 0');
  const priced = arcs.map((arc) => ({
    ...arc,
    cost: arc.cost + arc.count / (total + 1) + (arc.count === 0 ? ZERO : 0),
  }));
  const small = arcs.flatMap(({ count }, arc) => (count > 0 && count < smallCell ? [arc] : []));
  const hidden = new Set(small);
  for (const arc of small) {
    const { count } = arcs[arc] as Arc;
    for (const by of [smallCell - count, -count])
      otherwise(priced, hidden, arc, by).forEach((change, other) => {
        if (change !== 0) hidden.add(other);
      });
  }
  return arcs.map(({ count }, arc) => (hidden.has(arc) ? null : count));
}
