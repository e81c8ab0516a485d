import { monthIn, type Month } from './month.js';

export const PRECISIONS = ['day', 'month', 'season', 'year'] as const;
/** How exactly a person knew the date. Spells are kept by month all the same. */
export type Precision = (typeof PRECISIONS)[number];

/** First and last month in which something can have happened, as the person dated it. */
export interface MonthWindow {
  from: Month;
  to: Month;
}

/** A place as a person stated it, before it is set beside what else is known of them. */
export interface StatedSpell {
  /** ISO 3166-1 alpha-3; null where a place was dated but not named. */
  country: string | null;
  region: string | null;
  legalBasis: string | null;
  /** When they moved in, by the precision with which they knew it; null where they gave no date. */
  movedIn: (MonthWindow & { precision: Precision }) | null;
  /** The month in which they moved out, where it was stated by itself; else a place ends where the next begins. */
  movedOut: Month | null;
}

/** The items of a place in the residence module. Every questionnaire with the module uses these names. */
export const PLACE_ITEMS = {
  country: 'sp_country',
  region: 'sp_region',
  year: 'sp_year',
  month: 'sp_month',
  basis: 'sp_basis',
} as const;

/** What `sp_month` can be, besides being blank: a month, a season of the year, or not known. */
export const isMonthWord = (word: string): boolean =>
  MONTHS.includes(word) || word in SEASONS || word === 'dontknow';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** First and last month of a season within the year that was named. */
const SEASONS: Readonly<Record<string, readonly [number, number]>> = {
  winter: [1, 2],
  spring: [3, 5],
  summer: [6, 8],
  autumn: [9, 11],
};

/** The places in a dynamic panel's value, in the order given. A row that says neither where nor when is no place. */
export function placesStated(panel: unknown): StatedSpell[] {
  if (!Array.isArray(panel)) return [];
  return (panel as unknown[]).flatMap((row) => {
    if (typeof row !== 'object' || row === null) return [];
    const cell = row as Record<string, unknown>;
    const named = cell[PLACE_ITEMS.country];
    const country = typeof named === 'string' && /^[A-Z]{3}$/.test(named) ? named : null;
    const movedIn = dateStated(cell[PLACE_ITEMS.year], cell[PLACE_ITEMS.month]);
    if (country === null && movedIn === null) return [];
    return [
      {
        country,
        region: textOf(cell[PLACE_ITEMS.region]),
        legalBasis: textOf(cell[PLACE_ITEMS.basis]),
        movedIn,
        movedOut: null,
      },
    ];
  });
}

/** A place as a row of the module's dynamic panel: what `placesStated` reads back as the same statement. */
export function rowOf(
  place: Pick<StatedSpell, 'country' | 'region' | 'legalBasis'> & { movedIn: MonthWindow | null },
) {
  return {
    ...(place.country === null ? {} : { [PLACE_ITEMS.country]: place.country }),
    ...(place.region === null ? {} : { [PLACE_ITEMS.region]: place.region }),
    ...(place.movedIn === null
      ? {}
      : {
          [PLACE_ITEMS.year]: Number(place.movedIn.from.slice(0, 4)),
          [PLACE_ITEMS.month]: monthWord(place.movedIn),
        }),
    ...(place.legalBasis === null ? {} : { [PLACE_ITEMS.basis]: place.legalBasis }),
  };
}

/** What year and month items say together: a month, a season of the year, or the year alone. */
export function dateStated(year: unknown, month: unknown): StatedSpell['movedIn'] {
  if (typeof year !== 'number' || !Number.isInteger(year)) return null;
  const named = MONTHS.indexOf(String(month)) + 1;
  const season = SEASONS[String(month)];
  const [first, last] = named ? [named, named] : (season ?? [1, 12]);
  const precision = named ? 'month' : season ? 'season' : 'year';
  return { from: monthIn(year, first), to: monthIn(year, last), precision };
}

/** The word that names a window within its year. */
function monthWord({ from, to }: MonthWindow): string {
  const [first, last] = [Number(from.slice(5, 7)), Number(to.slice(5, 7))];
  const season = Object.keys(SEASONS).find((name) => SEASONS[name]?.join() === `${first},${last}`);
  return season ?? (first === last ? MONTHS[first - 1] : undefined) ?? 'dontknow';
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
