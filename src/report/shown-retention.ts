import { SMALL_CELL, suppressedList, suppressedTable } from '../analysis/disclosure/table-suppression.js';
import { type Retention, type Share } from '../analysis/retention.js';

/** A rate with what it was made of, as it may be shown; null: hidden, or without a denominator. */
export interface ShownShare {
  numerator: number | null;
  denominator: number | null;
  rate: number | null;
}

const MEASURES = ['unconditional', 'conditional', 'balanced', 'reentry'] as const;
type Measure = (typeof MEASURES)[number];

export type ShownRetention = Pick<Retention, 'cohort' | 'country' | 'wave'> & {
  base: number | null;
  eligible: number | null;
} & Record<Measure, ShownShare>;

/**
 * Retention as it may be shown, by cohort and by host country within each: whoever answered and who did not, in each country and in all,
 * is one table for each wave and measure.
 * @param byCountry  the same cohorts and waves, a row for each country
 */
export function shownRetention(
  byCohort: readonly Retention[],
  byCountry: readonly Retention[],
): { retention: ShownRetention[]; retentionByCountry: ShownRetention[] } {
  const retention: ShownRetention[] = [];
  const hidden = new Map<Retention, ShownRetention>();
  for (const all of byCohort) {
    const countries = byCountry.filter(({ cohort, wave }) => cohort === all.cohort && wave === all.wave);
    const base = suppressedList(
      countries.map((row) => row.base),
      SMALL_CELL,
    );
    const tables = MEASURES.map((measure) => tableOf(countries.map((row) => row[measure])));
    const shares = (at: number | null) =>
      Object.fromEntries(
        MEASURES.map((measure, index) => [measure, shareIn(tables[index] as Table, at)]),
      ) as Record<Measure, ShownShare>;
    const row = (of: Retention, at: number | null): ShownRetention => {
      const { cohort, country, wave } = of;
      const own = shares(at);
      return {
        cohort,
        ...(country === undefined ? {} : { country }),
        wave,
        base: (at === null ? base.total : base.cells[at]) ?? null,
        eligible: own.unconditional.denominator,
        ...own,
      };
    };
    retention.push(row(all, null));
    countries.forEach((country, at) => hidden.set(country, row(country, at)));
  }
  return { retention, retentionByCountry: byCountry.flatMap((row) => hidden.get(row) ?? []) };
}

type Table = ReturnType<typeof suppressedTable>;

/** Who answered and who did not, a row a country. */
const tableOf = (shares: readonly Share[]): Table =>
  suppressedTable(
    shares.map(({ numerator, denominator }) => [numerator, denominator - numerator]),
    SMALL_CELL,
  );

/** The share of a row; of all where there is no row. */
function shareIn({ cells, rowTotals, columnTotals, total }: Table, at: number | null): ShownShare {
  const [yes = null, no = null] = (at === null ? columnTotals : cells[at]) ?? [];
  const denominator = (at === null ? total : rowTotals[at]) ?? null;
  const isShown = yes !== null && no !== null && denominator !== null;
  return {
    numerator: isShown ? yes : null,
    denominator,
    rate: isShown && denominator > 0 ? yes / denominator : null,
  };
}
