import { residenceClass } from '../../../src/residence/region.js';

const HOSTS = ['ARM', 'SRB'];

it.each([
  ['SRB', '2026-05-01', 'host'],
  ['DEU', '2026-05-01', 'eu'],
  ['HRV', '2013-06-30', 'other'],
  ['HRV', '2013-07-01', 'eu'],
  ['GBR', '2020-01-31', 'eu'],
  ['GBR', '2020-02-01', 'other'],
  ['USA', '2026-05-01', 'us'],
  ['RUS', '2026-05-01', 'russia'],
  ['GEO', '2026-05-01', 'other'],
] as const)('%s on %s: %s', (country, on, expected) => {
  expect(residenceClass(country, on, HOSTS)).toBe(expected);
});

it('a host country stays one when it joins the EU', () => {
  expect(residenceClass('HRV', '2026-05-01', ['HRV'])).toBe('host');
});
