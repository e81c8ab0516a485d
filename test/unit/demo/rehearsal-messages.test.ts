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

test('who never answers gets every message, in the language of their last interview', () => {
  const messages = plan(member([]));
  expect(messages.map(({ step, locale, sent }) => [step, locale, sent])).toEqual([
    ['invitation', 'en', true],
    ['reminder1', 'en', true],
    ['reminder2', 'en', true],
  ]);
  expect(messages[0]?.local).toBe('2026-11-22 09:00 Europe/Belgrade');
});

test('who has finished, refused or left is not reminded', () => {
  expect(said(plan(member(submits(1))))).toEqual(['sent', 'sent', 'has finished the questionnaire']);
  expect(said(plan(member([{ afterMessage: 0, hours: 1, event: 'refuse' }])))).toEqual([
    'sent',
    'refused this wave',
    'refused this wave',
  ]);
  expect(said(plan(member([{ afterMessage: 0, hours: 1, event: 'withdraw' }])))).toEqual([
    'sent',
    'has left the study',
    'has left the study',
  ]);
  expect(said(plan(member([], { stopped: true })))[0]).toMatch(/^stopped these messages/);
});

test('a message waits for the morning where the member now lives', () => {
  const night = new Date('2026-11-22T23:30:00Z');
  expect(plan(member([]), { issuedAt: night })[0]?.local).toBe('2026-11-23 09:00 Europe/Belgrade');
  expect(plan(member([]), { issuedAt: night, country: 'USA', region: 'Denver' })[0]?.local).toBe(
    '2026-11-22 16:30 America/Denver',
  );
});

test('nothing goes out after the close of their own window, or while messages are paused', () => {
  expect(said(plan(member([]), { closesAt: addDays(OPENS, 7) }))).toEqual([
    'sent',
    'sent',
    'the wave is closed by then',
  ]);
  expect(said(plan(member([]), { paused: true }))[0]).toBe('sending is paused for the whole study');
});
