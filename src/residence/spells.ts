/** A residence spell as a questionnaire reported it: `[movedIn, movedOut)`, months as the first of the month. */
export interface ReportedSpell {
  country: string;
  region: string | null;
  moved_in_on: string;
  moved_out_on: string | null;
  precision: 'month' | 'season' | 'year';
  legal_basis: string | null;
}

/** The items of a residence module. Every questionnaire with the module uses these names. */
const MODULE = {
  panel: 'spells',
  country: 'sp_country',
  region: 'sp_region',
  year: 'sp_year',
  month: 'sp_month',
  basis: 'sp_basis',
};

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** First and last month of a season within the year that was named. */
const SEASONS: Record<string, readonly [number, number]> = {
  winter: [1, 2],
  spring: [3, 5],
  summer: [6, 8],
  autumn: [9, 11],
};

/**
 * The spells in a questionnaire's answers, in the order of time; each ends where the next begins, the last one is open.
 * Where a start is known by season or year only, the order in which people listed their places decides: such a spell
 * begins as early as its season or year allows, and not before the one listed before it.
 * A row without country or year is no spell: it says nothing that could be placed.
 */
export function spellsReported(answers: Readonly<Record<string, unknown>>): ReportedSpell[] {
  const rows = Array.isArray(answers[MODULE.panel])
    ? (answers[MODULE.panel] as Record<string, unknown>[])
    : [];
  let before = '';
  const begun = rows.flatMap((row) => {
    const start = startOf(row[MODULE.year], row[MODULE.month]);
    const country = row[MODULE.country];
    if (!start || typeof country !== 'string' || !/^[A-Z]{3}$/.test(country)) return [];
    const { earliest, latest, precision } = start;
    const moved_in_on = earliest < before && before <= latest ? before : earliest;
    before = moved_in_on;
    return [
      {
        country,
        region: textOf(row[MODULE.region]),
        legal_basis: textOf(row[MODULE.basis]),
        moved_in_on,
        precision,
      },
    ];
  });
  const ordered = begun
    .map((spell, index) => ({ spell, index }))
    .sort((a, b) => a.spell.moved_in_on.localeCompare(b.spell.moved_in_on) || a.index - b.index)
    .map(({ spell }) => spell);
  return ordered.map((spell, index) => ({ ...spell, moved_out_on: ordered[index + 1]?.moved_in_on ?? null }));
}

interface Start {
  /** First and last month in which the spell can have begun, as the first of the month. */
  earliest: string;
  latest: string;
  precision: ReportedSpell['precision'];
}

function startOf(year: unknown, month: unknown): Start | undefined {
  if (typeof year !== 'number') return undefined;
  const named = MONTHS.indexOf(String(month)) + 1;
  const season = SEASONS[String(month)];
  const [first, last] = named ? [named, named] : (season ?? [1, 12]);
  const monthOf = (number: number) => `${year}-${String(number).padStart(2, '0')}-01`;
  const precision = named ? 'month' : season ? 'season' : 'year';
  return { earliest: monthOf(first), latest: monthOf(last), precision };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
