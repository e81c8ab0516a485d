import { type Variable } from '../../questionnaire/variable/variable.js';
import { isInEu } from '../../residence/region.js';
import { dateStated, isMonthWord, PLACE_ITEMS } from '../../residence/stated.js';
import { type StudyFile, type Texts } from '../../study/study.js';
import { type Parameters } from '../shared/say.js';
import { type TextKey } from '../shared/texts.js';

/** The fields of the form, as they were filled in; empty where they were not. */
export interface MoveSaid {
  country: string;
  region: string;
  year: string;
  month: string;
}

export type MoveField = keyof MoveSaid;

/** What is to be put right in a field. */
export interface MoveFault {
  field: MoveField;
  key: Extract<TextKey, `moved.fault${string}`>;
  parameters?: Parameters;
}

/** A place as a respondent reports it: where they live now, and since when, as exactly as they know. */
export interface MoveReported {
  country: string;
  region?: string;
  year?: number;
  month?: string;
}

/** What the form offers: countries by code, and years, the latest first. */
export interface MoveOffer {
  usual: readonly string[];
  others: readonly string[];
  years: readonly number[];
}

export const LONGEST_REGION = 120;

export const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
export const SEASONS = ['winter', 'spring', 'summer', 'autumn'] as const;

/** The countries that a questionnaire's residence module codes, with their names; none where it has no such module. */
export function countriesCoded(variables: readonly Variable[]): ReadonlyMap<string, Texts> {
  const coded = variables.find(({ path, values }) => values && path.endsWith(`.${PLACE_ITEMS.country}`));
  return new Map((coded?.values ?? []).map(({ value, label }) => [String(value), label]));
}

/**
 * What the form of a study offers.
 * @param known  the countries to choose from, ISO 3166-1 alpha-3
 * @param today  YYYY-MM-DD
 */
export function offerOf(study: StudyFile, known: readonly string[], today: string): MoveOffer {
  const named = [
    ...study.hostCountries.map(({ code }) => code),
    ...study.destinations.flatMap(({ countries }) => countries ?? []),
  ];
  const hasEu = study.destinations.some(({ region }) => region === 'EU');
  const isUsual = (code: string) => named.includes(code) || (hasEu && isInEu(code, today));
  const [first, last] = [Number(study.population.leftSince.slice(0, 4)), Number(today.slice(0, 4))];
  return {
    usual: known.filter(isUsual),
    others: known.filter((code) => !isUsual(code)),
    years: Array.from({ length: last - first + 1 }, (_, index) => last - index),
  };
}

/** The fields of whatever was posted; what is no text counts as not filled in. */
export function moveSaid(body: unknown): MoveSaid {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const textOf = (name: MoveField) => {
    const value = fields[name];
    return typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
  };
  return {
    country: textOf('country'),
    region: textOf('region'),
    year: textOf('year'),
    month: textOf('month'),
  };
}

/** The place that was said, or all that is to be put right first. */
export function readMove(
  said: MoveSaid,
  { usual, others, years }: MoveOffer,
  today: string,
): { place: MoveReported } | { faults: MoveFault[] } {
  const faults: MoveFault[] = [];
  const { country, region, month } = said;
  const year = said.year === '' ? undefined : Number(said.year);
  if (!usual.includes(country) && !others.includes(country))
    faults.push({ field: 'country', key: 'moved.faultCountry' });
  if (region.length > LONGEST_REGION)
    faults.push({ field: 'region', key: 'moved.faultRegion', parameters: { count: LONGEST_REGION } });
  if (year !== undefined && !years.includes(year))
    faults.push({
      field: 'year',
      key: 'moved.faultYear',
      parameters: { from: years.at(-1) ?? '', to: years[0] ?? '' },
    });
  else if (month !== '' && !isMonthWord(month)) faults.push({ field: 'month', key: 'moved.faultMonth' });
  else if (month !== '' && year === undefined) faults.push({ field: 'year', key: 'moved.faultMonthAlone' });
  else if ((dateStated(year, month)?.from ?? '') > today.slice(0, 7))
    faults.push({ field: 'month', key: 'moved.faultFuture' });
  if (faults.length > 0) return { faults };
  return {
    place: {
      country,
      ...(region === '' ? {} : { region }),
      ...(year === undefined ? {} : { year }),
      ...(month === '' ? {} : { month }),
    },
  };
}
