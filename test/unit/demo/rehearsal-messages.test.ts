import { messagesOf, type RehearsedCase } from '../../../src/demo/rehearsal-messages.js';
import { type Doing, type Synthetic } from '../../../src/demo/rehearsal-people.js';
import { addDays } from '../../../src/kit/clock.js';
import { type WaveFile } from '../../../src/study/study.js';
import { OPENS, STUDY } from './rehearsal-study.js';

const member = (doings: Doing[], more: Partial<Synthetic> = {}): Synthetic => ({
  number: 7,
  kind: 'never_missed',
  random: () => 0,
  hostCountry: 'SRB',
  timeZone: 'Europe/Belgrade',
  locales: { before: 'ru', now: 'en' },
  cohort: 'baseline',
  recruitmentSource: 'test',
  referred: false,
  joinedOn: '2026-01-01',
  declines: false,
  stopped: false,
  doings,
  ...more,
});
const file = STUDY.waves.find(({ id }) => id === 'b') as WaveFile;
const plan = (of: Synthetic, more: Partial<RehearsedCase> = {}) =>
  messagesOf({
    member: of,
    study: STUDY,
    file,
    issuedAt: OPENS,
    closesAt: addDays(OPENS, 30),
    country: null,
    region: null,
    paused: false,
    ...more,
  });
const said = (messages: ReturnType<typeof plan>) => messages.map(({ why }) => why ?? 'sent');
const submits = (afterMessage: number): Doing[] => [{ afterMessage, hours: 5, event: 'submit_complete' }];

const steps = (messages: ReturnType<typeof plan>) =>
  messages.map(({ step, why }) => (why === undefined ? step : `${step}: ${why}`));
const opens = (hours: number): Doing[] => [
  { afterMessage: 0, hours, event: 'open' },
  { afterMessage: 0, hours: hours + 0.5, event: 'save' },
];

test('who never opens it gets the reminder and the last call, in the language of their last interview', () => {
  const messages = plan(member([]));
  expect(steps(messages)).toEqual([
    'invitation',
    'not-opened',
    'unfinished: the condition of the step did not hold on any of its days',
    'last-call',
  ]);
  expect(new Set(messages.map(({ locale }) => locale))).toEqual(new Set(['en']));
  expect(messages[0]?.local).toBe('2026-11-22 10:41 Europe/Belgrade');
});

test('who opens it and stops is written to when nothing has happened for 60 hours, in place of the reminder', () => {
  const messages = plan(member(opens(5)));
  expect(steps(messages)).toEqual([
    'invitation',
    'unfinished',
    'not-opened: the condition of the step does not hold: case.opened is true; case.opened = false is required.',
    'last-call',
  ]);
  // Saved after 16:00 in Belgrade: 60 hours from then are over in the night, and the morning's messages are spread over an hour.
  expect(messages[1]?.local).toBe('2026-11-25 09:50 Europe/Belgrade');
});

test('who has finished is thanked two days later and not reminded; who refused or left hears nothing more', () => {
  const messages = plan(member(submits(1)));
  expect(steps(messages)).toEqual([
    'invitation',
    'not-opened',
    'unfinished: has finished the questionnaire',
    'thanks',
    'last-call: has finished the questionnaire',
  ]);
  const [, reminder, , thanks] = messages.map(({ at }) => Date.parse(at));
  expect(((thanks ?? 0) - (reminder ?? 0)) / 3_600_000).toBeGreaterThan(5 + 48);
  for (const [event, why] of [
    ['refuse', 'refused this wave'],
    ['withdraw', 'has left the study'],
  ] as const)
    expect(said(plan(member([{ afterMessage: 0, hours: 1, event }])))).toEqual(['sent', why, why, why]);
  expect(said(plan(member([], { stopped: true })))[0]).toMatch(/^stopped these messages/);
});

test('a message waits for the morning where the member now lives', () => {
  const night = new Date('2026-11-22T23:30:00Z');
  const localOf = (more: Partial<RehearsedCase>) => plan(member([]), { issuedAt: night, ...more })[0]?.local;
  expect(localOf({})).toBe('2026-11-23 10:41 Europe/Belgrade');
  expect(localOf({ country: 'USA', region: 'Denver' })).toBe('2026-11-22 18:11 America/Denver');
});

test('nothing goes out after the close of their own window, or while messages are paused', () => {
  expect(steps(plan(member([]), { closesAt: addDays(OPENS, 5) }))).toEqual([
    'invitation',
    'last-call',
    'unfinished: the wave is closed by then',
    'not-opened: the wave is closed by then',
  ]);
  expect(said(plan(member([]), { paused: true }))[0]).toBe('sending is paused for the whole study');
});
