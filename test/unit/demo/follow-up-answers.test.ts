import { type Asked, remembered, steerFollowUp } from '../../../src/demo/follow-up-answers.js';
import { type Person } from '../../../src/demo/people.js';
import { seeded } from '../../../src/demo/random.js';
import { rowFor, type Stay } from '../../../src/demo/whereabouts.js';

const stay = (country: string, ru: string, en: string, since: string): Stay => ({
  country,
  town: { ru, en },
  since,
  precision: 'month',
});
const BELGRADE = stay('SRB', 'Белград', 'Belgrade', '2022-04');
const NOVI_SAD = stay('SRB', 'Нови-Сад', 'Novi Sad', '2026-06');
const BERLIN = stay('DEU', 'Берлин', 'Berlin', '2026-06');
const KAZAN = stay('RUS', 'Казань', 'Kazan', '2026-09');
const GEORGIA = stay('GEO', 'Тбилиси', 'Tbilisi', '2024-06');

const person: Person = {
  id: '5e000000-0000-4000-8000-000000000001',
  email: 'person@synthetic.example',
  hostCountry: 'SRB',
  locale: 'ru',
  cohort: 'baseline',
  recruitmentSource: 'media',
  seed: 1,
  acts: {},
  eligible: true,
  slips: false,
  reports: false,
};
const shown = (...stays: Stay[]) => ({
  place: stays.at(-1)?.country,
  spells: stays.map((each) => rowFor(each, 'ru')),
});
const asked = (more: Partial<Asked>): Asked => ({
  person,
  lived: [BELGRADE],
  prev: shown(BELGRADE),
  said: {},
  locale: 'ru',
  willing: true,
  brief: false,
  random: seeded(1),
  ...more,
});
const answers = (more: Partial<Asked>, ...items: string[]) => {
  const wish = steerFollowUp(asked(more));
  return Object.fromEntries(items.map((name) => [name, wish({ name, kind: 'choice' })]));
};
const PLACES = ['res_same', 'country', 'spells', 'spells_fix'];

describe('where they live is told truthfully', () => {
  test.each<[string, Partial<Asked>, object]>([
    ['still there', {}, { res_same: 'same', country: 'SRB' }],
    ['still there, in another language now', { locale: 'en' }, { res_same: 'same' }],
    [
      'moved on, and again since',
      { lived: [BELGRADE, BERLIN, KAZAN] },
      { res_same: 'moved', country: 'RUS', spells: [rowFor(BERLIN, 'ru'), rowFor(KAZAN, 'ru')] },
    ],
    [
      'moved within the country',
      { lived: [BELGRADE, NOVI_SAD] },
      { res_same: 'moved', country: 'SRB', spells: [rowFor(NOVI_SAD, 'ru')] },
    ],
    [
      'back where they were',
      { lived: [BELGRADE, BERLIN, { ...BELGRADE, since: '2026-11' }] },
      { res_same: 'same' },
    ],
    [
      'never lived in the place that is shown',
      { prev: shown(BELGRADE, GEORGIA) },
      { res_same: 'wrong', country: 'SRB', spells_fix: [rowFor(BELGRADE, 'ru')] },
    ],
    [
      'nothing is known yet',
      { prev: {}, lived: [BELGRADE, BERLIN] },
      { res_same: undefined, country: 'DEU', spells: [rowFor(BELGRADE, 'ru'), rowFor(BERLIN, 'ru')] },
    ],
    [
      'a check-in asks less',
      { lived: [BELGRADE, BERLIN], brief: true },
      { res_same: 'moved', spells: [{ sp_country: 'DEU', sp_year: 2026, sp_month: 'jun' }] },
    ],
  ])('%s', (_name, more, expected) => {
    expect(answers(more, ...PLACES)).toMatchObject(expected);
  });
});

/** The share of 400 people for whom something holds. */
const share = (holds: (random: () => number) => boolean): number =>
  Array.from({ length: 400 }, (_, seed) => holds(seeded(seed * 7919))).filter(Boolean).length / 400;

test('an answer is mostly what it was, but after a move to another country', () => {
  const said = { onward_wish: 'us', work_strategy: 'local' };
  const again = (more: Partial<Asked>) =>
    share((random) => answers({ said, random, ...more }, 'onward_wish')['onward_wish'] === 'us');
  expect(again({})).toBeGreaterThan(0.7);
  expect(again({ lived: [BELGRADE, BERLIN] })).toBeLessThan(0.45);
});

test('an answer that was refused once is not insisted on', () => {
  const wish = steerFollowUp(asked({ said: { onward_wish: 'us' }, random: () => 0.1 }));
  expect(wish({ name: 'onward_wish', kind: 'choice' })).toBe('us');
  expect(wish({ name: 'onward_wish', kind: 'choice' })).toBeUndefined();
});

test('an initiative that is shown is mostly confirmed, and one that is not is told anew', () => {
  const prev = { ...shown(BELGRADE), init_has: 'no' };
  const confirmed = share((random) => answers({ prev, random }, 'init_same')['init_same'] === 'same');
  expect(confirmed).toBeGreaterThan(0.8);
  expect(confirmed).toBeLessThan(0.96);
  for (let seed = 0; seed < 200; seed++) {
    const told = answers({ prev, random: seeded(seed) }, 'init_same', 'init_has');
    expect(told['init_has']).toBe(told['init_same'] === 'same' ? undefined : 'now');
  }
  expect(answers({ said: { init_has: 'past' }, random: () => 0.1 }, 'init_same', 'init_has')).toEqual({
    init_same: undefined,
    init_has: 'past',
  });
});

test('whoever will not take part says so, and whoever has a fate may be asked again', () => {
  expect(answers({ willing: false }, 'consent_take_part')).toEqual({ consent_take_part: 'no' });
  const fated = { ...person, fate: { wave: 'b', does: 'leave' } as const };
  expect(
    share((random) => answers({ person: fated, random }, 'consent_recontact')['consent_recontact'] === 'yes'),
  ).toBe(1);
  expect(
    share((random) => answers({ random }, 'consent_recontact')['consent_recontact'] === 'no'),
  ).toBeGreaterThan(0);
});

test('only single choices that were told are remembered', () => {
  expect(
    remembered({
      work_strategy: 'local',
      legal_status: 'refused',
      lang_local: 'dontknow',
      move_why: ['work'],
      n: 3,
    }),
  ).toEqual({ work_strategy: 'local' });
});
