import { dateLocale } from '../../kit/date-locale.js';

/** The languages that the interface itself speaks. A questionnaire may have more; its frame then speaks English. */
export type InterfaceLocale = 'ru' | 'en';

/** The interface language nearest to a BCP 47 locale of the study: `ru`, `ru-KZ` → `ru`; anything unknown → `en`. */
export const interfaceLocale = (locale: string): InterfaceLocale =>
  locale.toLowerCase().split('-')[0] === 'ru' ? 'ru' : 'en';

const RIGHT_TO_LEFT = new Set(['ar', 'he', 'fa', 'ur', 'ckb', 'yi']);

/** Writing direction of a locale, for the `dir` attribute. */
export const directionOf = (locale: string): 'ltr' | 'rtl' =>
  RIGHT_TO_LEFT.has(locale.toLowerCase().split('-')[0] ?? '') ? 'rtl' : 'ltr';

/** What a language calls itself, with a capital: `ru` → «Русский». An unknown code is shown as it is. */
export function languageName(locale: string): string {
  const name = new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' }).of(locale) ?? locale;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

/** A calendar date `YYYY-MM-DD` in words; it belongs to no time zone and must not shift by one. */
export const dateInWords = (date: string, locale: string): string =>
  new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );

/** Hours and minutes of an instant on the reader's own clock. */
export const clockTime = (instant: Date, locale: string): string =>
  new Intl.DateTimeFormat(dateLocale(locale), { hour: '2-digit', minute: '2-digit' }).format(instant);
