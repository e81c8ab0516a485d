import countries from 'i18n-iso-countries';
import { type Texts } from '../../questionnaire/variable/variable.js';
import { residenceClass } from '../../residence/region.js';

/** What countries are seen from: the study's host countries (ISO 3166-1 alpha-3), and the day whose European Union counts. */
export interface Geography {
  hosts: readonly string[];
  /** YYYY-MM-DD. */
  on: string;
}

/** A group of countries, by codes that ISO 3166-1 leaves to its users. */
export interface CountryGroup {
  alpha3: string;
  numeric: number;
  label: Texts;
}

export const EU_GROUP: CountryGroup = {
  alpha3: 'XEU',
  numeric: 990,
  label: {
    en: 'European Union (member states on the day of the release)',
    ru: 'Евросоюз (государства-члены на день выпуска)',
  },
};
export const OTHER_GROUP: CountryGroup = {
  alpha3: 'XOT',
  numeric: 991,
  label: { en: 'Another country', ru: 'Другая страна' },
};

const XKX = 'XKX';

/** Whether a word is a country's ISO 3166-1 alpha-3 code; Kosovo's XKX counts as one. */
export const isCountry = (word: string): boolean =>
  word === XKX || (/^[A-Z]{3}$/.test(word) && countries.alpha3ToNumeric(word) !== undefined);

/** Every country's code. */
export const allCountries = (): string[] =>
  [...new Set([...Object.keys(countries.getAlpha3Codes()), XKX])].sort();

/** The group that a country is given as where countries become regions; null for one that stays: a host country, Russia, the USA. */
export function countryGroup(country: string, { hosts, on }: Geography): CountryGroup | null {
  const side = residenceClass(country, on, hosts);
  if (side === 'eu') return EU_GROUP;
  return side === 'other' ? OTHER_GROUP : null;
}
