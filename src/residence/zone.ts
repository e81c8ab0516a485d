import countries from 'i18n-iso-countries';
import { UnknownCountry } from './residence.problems.js';
import { NAMED_ZONES } from './zone-names.js';

/**
 * The IANA time zones in which a person may be who lives in a country, at least one: those of the region where it is recognised,
 * else all of the country, the one with the most people first.
 * @param country  ISO 3166-1 alpha-3
 * @param region   a town, state or region as people write it, in Russian or English
 * @throws UnknownCountry
 * @see IANA time zone database, zone.tab, as the runtime's ICU carries it (names are CLDR's: Asia/Calcutta for Asia/Kolkata)
 */
export function zonesOf(country: string, region: string | null = null): string[] {
  const all = zonesOfCountry(country);
  if (all.length === 1) return all;
  const named = NAMED_ZONES[country] ?? [];
  const words = region === null ? '' : ` ${wordsOf(region)} `;
  const meant = named.filter(({ places }) => places.some((place) => words.includes(` ${place} `)));
  if (meant.length > 0) return meant.map(({ zone }) => zone);
  const peopled = named.map(({ zone }) => zone);
  return [...peopled.filter((zone) => all.includes(zone)), ...all.filter((zone) => !peopled.includes(zone))];
}

function zonesOfCountry(country: string): string[] {
  if (country === 'XKX') return ['Europe/Belgrade']; // Kosovo has no ISO code, and so no entry in zone.tab
  const code = countries.alpha3ToAlpha2(country);
  const zones = code === undefined ? [] : localZones(code);
  if (zones.length === 0) throw UnknownCountry({ country });
  return zones;
}

/** A method where the runtime is newer, an accessor where it is older. */
type ZonedLocale = Intl.Locale & { getTimeZones?: () => string[]; timeZones?: string[] };

function localZones(code: string): string[] {
  const locale: ZonedLocale = new Intl.Locale(`und-${code}`);
  return locale.getTimeZones?.() ?? locale.timeZones ?? [];
}

/** Lower-case words with single spaces; ё as е. */
const wordsOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(' ');
