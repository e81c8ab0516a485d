import { moveClass } from '../../../src/residence/move.js';
import { isInEu } from '../../../src/residence/region.js';

const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];

it.each([
  ['SRB', 'DEU', '2024-05', 'host_to_eu'],
  ['SRB', 'USA', '2024-05', 'host_to_us'],
  ['SRB', 'KAZ', '2024-05', 'host_to_host'],
  ['SRB', 'RUS', '2024-05', 'return_to_russia'],
  ['GEO', 'RUS', '2024-05', 'return_to_russia'],
  ['SRB', 'GBR', '2024-05', 'to_other'],
  ['SRB', 'GBR', '2020-01', 'host_to_eu'],
  ['SRB', 'GBR', '2020-02', 'to_other'],
  ['SRB', 'HRV', '2013-06', 'to_other'],
  ['SRB', 'HRV', '2013-07', 'host_to_eu'],
  ['SRB', 'GEO', '2024-05', 'to_other'],
  ['GEO', 'DEU', '2024-05', 'to_other'],
  ['DEU', 'SRB', '2024-05', 'to_other'],
  ['RUS', 'SRB', '2022-03', undefined],
  ['SRB', 'SRB', '2024-05', undefined],
])('from %s to %s in %s is %s', (from, to, month, kind) => {
  expect(moveClass(from, to, month, HOSTS)).toBe(kind);
});

describe('membership of the EU', () => {
  const SINCE = {
    '1958-01-01': 'BEL DEU FRA ITA LUX NLD',
    '1973-01-01': 'DNK IRL GBR',
    '1981-01-01': 'GRC',
    '1986-01-01': 'ESP PRT',
    '1995-01-01': 'AUT FIN SWE',
    '2004-05-01': 'CYP CZE EST HUN LVA LTU MLT POL SVK SVN',
    '2007-01-01': 'BGR ROU',
    '2013-07-01': 'HRV',
  };
  const before = (date: string) => new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);

  it.each(Object.entries(SINCE))('begins on %s for %s, and not a day before', (date, countries) => {
    for (const country of countries.split(' '))
      expect([country, isInEu(country, before(date)), isInEu(country, date)]).toEqual([country, false, true]);
  });

  it('ended for the United Kingdom with 31 January 2020, and for nobody else', () => {
    expect([isInEu('GBR', '2020-01-31'), isInEu('GBR', '2020-02-01')]).toEqual([true, false]);
    const members = Object.values(SINCE)
      .join(' ')
      .split(' ')
      .filter((country) => isInEu(country, '2026-01-01'));
    expect(members).toHaveLength(27);
  });
});
