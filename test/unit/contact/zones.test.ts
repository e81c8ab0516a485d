import { contactZones, type Whereabouts } from '../../../src/contact/zones.js';

const HOURS = { from: '09:00', to: '20:00' };
const NOW = new Date('2026-06-01T10:00:00Z');
const HOST = ['Asia/Almaty', 'Asia/Oral'];
const zones = (differs: Partial<Whereabouts>, hours = HOURS) =>
  contactZones({ timeZone: null, country: null, region: null, ...differs }, HOST, hours, NOW);

it('a zone of their own comes before all else', () => {
  expect(zones({ timeZone: 'Asia/Tbilisi', country: 'DEU' })).toEqual(['Asia/Tbilisi']);
});

it('else those of where they live now, narrowed by the region', () => {
  expect(zones({ country: 'FRA' })).toEqual(['Europe/Paris']);
  expect(zones({ country: 'USA', region: 'Сиэтл' })).toEqual(['America/Los_Angeles']);
  const american = zones({ country: 'USA' });
  expect(american.slice(0, 2)).toEqual(['America/New_York', 'America/Chicago']);
  expect(american).toContain('Pacific/Honolulu');
});

it('else those of the host country, also where the new country has no time of its own', () => {
  expect(zones({})).toEqual(HOST);
  expect(zones({ country: 'ZZZ' })).toEqual(HOST);
});

it('where these share no hour, the most populous one alone', () => {
  expect(zones({ country: 'RUS' }, { from: '10:00', to: '14:00' })).toEqual(['Europe/Moscow']);
  expect(zones({ country: 'RUS' }).length).toBeGreaterThan(5);
});
