/**
 * Membership of the European Union and its predecessors, by ISO 3166-1 alpha-3 code: from a date, and until one.
 * Dated, so that a later accession never rewrites history. Source: treaties of accession; withdrawal of GBR.
 */
const MEMBERSHIP: readonly { since: string; until?: string; countries: string }[] = [
  { since: '1958-01-01', countries: 'BEL DEU FRA ITA LUX NLD' },
  { since: '1973-01-01', countries: 'DNK IRL' },
  { since: '1973-01-01', until: '2020-01-31', countries: 'GBR' },
  { since: '1981-01-01', countries: 'GRC' },
  { since: '1986-01-01', countries: 'ESP PRT' },
  { since: '1995-01-01', countries: 'AUT FIN SWE' },
  { since: '2004-05-01', countries: 'CYP CZE EST HUN LVA LTU MLT POL SVK SVN' },
  { since: '2007-01-01', countries: 'BGR ROU' },
  { since: '2013-07-01', countries: 'HRV' },
];

/**
 * Whether a country belongs to the EU on a date.
 * @param country  ISO 3166-1 alpha-3
 * @param on       YYYY-MM-DD; a country is a member from its accession up to and including its last day
 */
export const isInEu = (country: string, on: string): boolean =>
  MEMBERSHIP.some(
    ({ since, until, countries }) =>
      since <= on && (until === undefined || on <= until) && countries.split(' ').includes(country),
  );

/** Where a person lives, from the side of a study: Russia, a host country, or else by where members move on to. */
export const RESIDENCE_CLASSES = ['host', 'eu', 'us', 'russia', 'other'] as const;
export type ResidenceClass = (typeof RESIDENCE_CLASSES)[number];

/**
 * The class of a country on a date.
 * @param country  ISO 3166-1 alpha-3
 * @param on       YYYY-MM-DD
 * @param hosts    the study's host countries
 */
export function residenceClass(country: string, on: string, hosts: readonly string[]): ResidenceClass {
  if (hosts.includes(country)) return 'host';
  if (country === 'RUS') return 'russia';
  if (country === 'USA') return 'us';
  return isInEu(country, on) ? 'eu' : 'other';
}
