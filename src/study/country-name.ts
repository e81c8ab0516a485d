import countries from 'i18n-iso-countries';
import english from 'i18n-iso-countries/langs/en.json' with { type: 'json' };
import russian from 'i18n-iso-countries/langs/ru.json' with { type: 'json' };

countries.registerLocale(english);
countries.registerLocale(russian);

/** The name of a country (ISO 3166-1 alpha-3) in a language; its code where the language or the country has none. */
export const isoCountryName = (code: string, locale: string): string =>
  countries.getName(code, locale, { select: 'official' }) ?? code;
