import { drawn, seeded } from '../../../src/demo/random.js';
import { arrivalOf, lifeOf, livedBy, names, pastOf, rowFor } from '../../../src/demo/whereabouts.js';
import { moveClass, MOVE_CLASSES } from '../../../src/residence/move.js';
import { placesStated } from '../../../src/residence/stated.js';

const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];
const people = Array.from({ length: 400 }, (_, seed) => ({
  seed,
  hostCountry: drawn(
    seeded(seed),
    HOSTS.map((code) => [1, code] as const),
  ),
}));
const lives = people.map((person) => ({ person, life: lifeOf(person, '2026-02') }));

test('a life is the same for the same seed, goes on from the past, and runs in the order of time', () => {
  for (const { person, life } of lives) {
    expect(lifeOf(person, '2026-02')).toEqual(life);
    const past = pastOf(person);
    expect(life.slice(0, past.length)).toEqual(past);
    expect(past.at(-1)?.country).toBe(person.hostCountry);
    expect(livedBy(life, '2026-02')).toEqual(past);
    const months = life.map(({ since }) => since);
    expect([...new Set(months)].sort()).toEqual(months);
    expect(months.at(-1)! < '2028-02').toBe(true);
  }
});

test('people make moves of every class after the study has begun, and some come back', () => {
  const moves = lives.flatMap(({ person, life }) => {
    const from = pastOf(person).length;
    return life
      .slice(from)
      .map((stay, nr) => ({ from: life[from + nr - 1]!, to: stay, host: person.hostCountry }));
  });
  const classes = moves.map(({ from, to }) => moveClass(from.country, to.country, to.since, HOSTS));
  for (const each of MOVE_CLASSES) expect(classes.filter((one) => one === each).length).toBeGreaterThan(5);
  expect(moves.some(({ from, to, host }) => from.country !== host && to.country === host)).toBe(true);
  const within = moves.filter(({ from, to }) => from.country === to.country);
  expect(within.length).toBeGreaterThan(0);
  for (const { from, to } of within) expect(to.town).not.toEqual(from.town);
});

test.each([
  ['month', '2026-12', 2026, 'dec', '2026-12'],
  ['season', '2026-02', 2026, 'winter', '2026-01'],
  ['season', '2026-11', 2026, 'autumn', '2026-09'],
  ['season', '2026-12', 2026, 'dec', '2026-12'],
  ['year', '2026-07', 2026, 'dontknow', '2026-01'],
] as const)('an arrival known to the %s in %s is told as %i %s', (precision, since, year, month, from) => {
  const stay = { country: 'DEU', town: { en: 'Berlin' }, since, precision };
  expect(arrivalOf(stay)).toEqual({ year, month });
  const [stated] = placesStated([rowFor(stay, 'en')]);
  expect(stated).toMatchObject({ country: 'DEU', region: 'Berlin', movedIn: { from } });
  expect(stated!.movedIn!.from <= since && since <= stated!.movedIn!.to).toBe(true);
});

test('a row names a home in either language, and without its town too; it has no legal basis in Russia', () => {
  const home = {
    country: 'RUS',
    town: { ru: 'Казань', en: 'Kazan' },
    since: '2026-05',
    precision: 'month',
  } as const;
  expect(names(rowFor(home, 'ru'), home)).toBe(true);
  expect(names(rowFor(home, 'en'), home)).toBe(true);
  expect(names({ sp_country: 'RUS' }, home)).toBe(true);
  expect(names({ sp_country: 'RUS', sp_region: 'Томск' }, home)).toBe(false);
  expect(names({ sp_country: 'GEO' }, home)).toBe(false);
  expect(rowFor(home, 'ru')).not.toHaveProperty('sp_basis');
  expect(Object.keys(rowFor({ ...home, country: 'DEU' }, 'ru', { brief: true }))).toEqual([
    'sp_country',
    'sp_year',
    'sp_month',
  ]);
});
