import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { messagesOf } from '../../../src/demo/rehearsal-messages.js';
import { type Doing, type Synthetic } from '../../../src/demo/rehearsal-people.js';
import { addDays, DAY_MS } from '../../../src/kit/clock.js';
import { stepIn } from '../../../src/study/contact-plan.js';
import { parseStudyFile, type WaveFile } from '../../../src/study/study.js';

const FOLDER = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const STUDY = parseStudyFile(JSON.parse(readFileSync(join(FOLDER, 'study.json'), 'utf8')));
const SURVEYS = STUDY.waves.filter(({ kind }) => kind !== 'check-in');
const CHECK_INS = STUDY.waves.filter(({ kind }) => kind === 'check-in');
const ISSUED = new Date('2026-11-23T00:00:00Z');

const letter = (name: string, locale: string): string =>
  readFileSync(join(FOLDER, 'letters', `${name}.${locale}.md`), 'utf8');

const member = (number: number, doings: Doing[], hostCountry = 'SRB', timeZone = 'Europe/Belgrade') =>
  ({
    number,
    kind: 'never_missed',
    random: () => 0,
    hostCountry,
    timeZone,
    locales: { before: 'ru', now: 'ru' },
    cohort: 'baseline',
    recruitmentSource: 'test',
    referred: false,
    joinedOn: '2026-01-01',
    declines: false,
    stopped: false,
    doings,
  }) satisfies Synthetic;

/** What leaves for someone, in the order of time. */
function sentTo(file: WaveFile, who: Synthetic, issuedAt: Date, days: number) {
  const closesAt = addDays(issuedAt, days);
  const about = { member: who, study: STUDY, file, issuedAt, closesAt, country: null, region: null };
  return messagesOf({ ...about, paused: false })
    .filter(({ sent }) => sent)
    .map(({ step, at, local }) => ({
      step,
      kind: stepIn(file.contactPlan, step)?.kind,
      at: Date.parse(at),
      local,
    }));
}

const opens = (afterMessage: number, hours: number): Doing[] => [
  { afterMessage, hours, event: 'open' },
  { afterMessage, hours: hours + 0.5, event: 'save' },
];
const submits = (afterMessage: number, hours: number): Doing[] => [
  { afterMessage, hours, event: 'submit_complete' },
];

/** Ways in which people meet a survey, each with the hours after which they act. */
const LIVES: ((hours: number) => Doing[])[] = [
  () => [],
  (hours) => opens(0, hours),
  (hours) => opens(1, hours),
  (hours) => [...opens(0, hours), ...opens(1, hours), ...opens(2, hours)],
  (hours) => submits(0, hours),
  (hours) => [...opens(0, hours), ...submits(1, hours)],
  (hours) => [...opens(1, hours), ...submits(2, hours)],
  (hours) => [...opens(1, hours), ...submits(3, 1 + (hours % 20))],
];
const HOURS = [0.2, 7, 30, 61, 100, 170, 260];
const WHO = [
  ['SRB', 'Europe/Belgrade'],
  ['ISR', 'Asia/Jerusalem'],
  ['KAZ', 'Asia/Almaty'],
] as const;

/** Every such life, for windows that begin on any day of the week and are as long as given. */
function* messagesOver(file: WaveFile, windows: readonly number[]) {
  for (const [at, days] of windows.entries())
    for (const [life, doings] of LIVES.entries())
      for (const [nr, hours] of HOURS.entries())
        for (const [host, zone] of WHO) {
          const issuedAt = addDays(ISSUED, (at + nr + life) % 7);
          yield {
            host,
            days,
            sent: sentTo(file, member(at * 997 + nr * 31 + life, doings(hours), host, zone), issuedAt, days),
          };
        }
}
const REMINDS = new Set(['reminder', 'last-call']);

test('every survey has the same plan, but for its invitation', () => {
  const plans = SURVEYS.map(({ contactPlan: [invitation, ...steps] }) => [
    { ...invitation, letter: '' },
    ...steps,
  ]);
  expect(plans).toEqual(SURVEYS.map(() => plans[0]));
  for (const { contactPlan } of SURVEYS) {
    const invitation = contactPlan[0]?.letter ?? '';
    expect(letter(invitation, 'en')).toMatch(/remind you twice .* three at most\. .* message of thanks/);
    expect(letter(invitation, 'ru')).toMatch(/напомним дважды .* не больше трёх\. .* благодарность/);
  }
});

describe('the plan of a survey', () => {
  const file = SURVEYS[0] as WaveFile;
  const whole = [...messagesOver(file, [30])];
  const cut = [...messagesOver(file, [1, 3, 5, 6, 7, 8, 12, 18])];

  test('nobody is reminded more often than the invitation says, whatever they do', () => {
    const most = (all: typeof whole) =>
      Math.max(...all.map(({ sent }) => sent.filter(({ kind }) => REMINDS.has(kind ?? '')).length));
    expect([most(whole), most(cut)]).toEqual([3, 3]);
    const nothing = sentTo(file, member(1, []), ISSUED, 30).map(({ step }) => step);
    expect(nothing).toEqual(['invitation', 'not-opened', 'last-call']);
  });

  test('after the last call come thanks or nothing, also where a window is cut short', () => {
    for (const { sent } of [...whole, ...cut]) {
      const last = sent.findIndex(({ kind }) => kind === 'last-call');
      if (last >= 0) expect(sent.slice(last + 1).filter(({ kind }) => kind !== 'thanks')).toEqual([]);
      const thanks = sent.findIndex(({ kind }) => kind === 'thanks');
      if (thanks >= 0) expect(sent.slice(thanks + 1)).toEqual([]);
    }
  });

  test('two messages are two days apart, and in a whole window no cap holds any back', () => {
    for (const { sent } of [...whole, ...cut])
      for (const [at, { at: now }] of sent.slice(1).entries())
        expect(now - (sent[at]?.at ?? 0)).toBeGreaterThanOrEqual(2 * DAY_MS);
    const uncapped = { ...STUDY, contact: { hours: STUDY.contact?.hours ?? [] } };
    for (const doings of LIVES)
      for (const hours of HOURS) {
        const about = {
          member: member(3, doings(hours)),
          file,
          issuedAt: ISSUED,
          closesAt: addDays(ISSUED, 30),
          country: null,
          region: null,
          paused: false,
        };
        expect(messagesOf({ ...about, study: STUDY })).toEqual(messagesOf({ ...about, study: uncapped }));
      }
  });

  test('whoever lives in Israel hears nothing from Friday to Saturday', () => {
    const there = whole.filter(({ host }) => host === 'ISR').flatMap(({ sent }) => sent);
    expect(there.length).toBeGreaterThan(100);
    for (const { local } of there) {
      const weekday = new Date(`${local.slice(0, 10)}T00:00:00Z`).getUTCDay();
      expect([0, 1, 2, 3, 4]).toContain(weekday);
    }
  });
});

test('a check-in is reminded of once, and that is what it says', () => {
  for (const file of CHECK_INS) {
    const sent = sentTo(file, member(1, []), ISSUED, 21);
    expect(sent.map(({ kind }) => kind)).toEqual(['invitation', 'reminder']);
    expect(sentTo(file, member(1, submits(0, 1)), ISSUED, 21)).toHaveLength(1);
  }
  expect(letter('keep-in-touch', 'en')).toContain('remind you of this once');
  expect(letter('keep-in-touch', 'ru')).toContain('напомним об этом один раз');
});

test('each message by Telegram comes later in the day, where the host country is known', () => {
  const from = (country: string) =>
    STUDY.contact?.hours?.find((one) => one.channel === 'telegram' && one.country === country)?.from;
  expect(STUDY.hostCountries.map(({ code }) => from(code))).toEqual(STUDY.hostCountries.map(() => '11:00'));
});
