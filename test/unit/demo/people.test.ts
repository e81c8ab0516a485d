import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makePeople, makeRefreshment } from '../../../src/demo/people.js';
import { type StudyFile } from '../../../src/study/study.js';

const study = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas/study.json'), 'utf8'),
) as StudyFile;
const letters = study.waves.map(({ id }) => id);
const panel = makePeople(300, 7, study);
const newcomers = makeRefreshment(30, 7, study, { wave: 'c', recruiters: panel.slice(1) });

test('the same seed makes the same people, each with an address and an id of their own', () => {
  expect(makePeople(300, 7, study)).toEqual(panel);
  expect(makePeople(300, 8, study)).not.toEqual(panel);
  const everyone = [...panel, ...newcomers];
  expect(new Set(everyone.map(({ email }) => email)).size).toBe(330);
  expect(new Set(everyone.map(({ id }) => id)).size).toBe(330);
  for (const { email, synthetic } of everyone)
    expect([email.endsWith('@synthetic.example'), synthetic]).toEqual([true, true]);
});

test('the first one is left to a visitor', () => expect(panel[0]).toMatchObject({ acts: {}, locale: 'ru' }));

test('some fall silent for good, some skip a wave and come back, more stay', () => {
  const acts = (wave: string) => panel.filter((person) => (person.acts[wave] ?? []).length > 0).length;
  expect(acts('b')).toBeGreaterThan(acts('d'));
  expect(acts('d')).toBeGreaterThan(100);
  const back = panel.filter(({ acts: { b, c } }) => b?.length === 0 && (c?.length ?? 0) > 0);
  expect(back.length).toBeGreaterThan(5);
});

test('one in a hundred leaves in the second survey, one dies in the third; both answer until then', () => {
  const does = (what: string) =>
    panel.flatMap(({ acts }) => letters.filter((wave) => acts[wave]?.some((act) => act.does === what)));
  expect(does('leave')).toEqual(['b', 'b', 'b']);
  expect(does('die')).toEqual(['c', 'c', 'c']);
  for (const { acts, fate, eligible, bouncesAfter } of panel.filter((person) => person.fate)) {
    const until = letters.indexOf(fate!.wave);
    expect([eligible, bouncesAfter]).toEqual([true, undefined]);
    for (const wave of letters.slice(0, until)) expect(acts[wave]).toMatchObject([{ does: 'finish' }]);
    for (const wave of letters.slice(until + 1)) expect(acts[wave]).toEqual([]);
  }
});

test('newcomers begin with their wave; most were brought in by someone of the panel, with a coupon', () => {
  const ids = new Set(panel.map(({ id }) => id));
  const referred = newcomers.filter(({ recruiterId }) => recruiterId);
  expect(referred.length).toBeGreaterThan(8);
  expect(referred.length).toBeLessThan(28);
  for (const { recruiterId, coupon, recruitmentSource } of referred)
    expect([ids.has(recruiterId ?? ''), /^NRD-\d{4}$/.test(coupon ?? ''), recruitmentSource]).toEqual([
      true,
      true,
      'referral',
    ]);
  for (const person of newcomers) {
    expect(person.cohort).toBe('refreshment');
    expect(Object.keys(person.acts)).toEqual(['c', 'm', 'd']);
  }
});

test('a few change their language, and a few lose their address', () => {
  const changed = panel.filter(({ switches }) => switches);
  for (const { locale, switches } of changed) expect(switches?.locale).not.toBe(locale);
  for (const group of [changed, panel.filter(({ bouncesAfter }) => bouncesAfter !== undefined)]) {
    expect(group.length).toBeGreaterThan(3);
    expect(group.length).toBeLessThan(40);
  }
});
