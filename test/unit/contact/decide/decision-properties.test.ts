import fc from 'fast-check';
import { type ContactFacts, decide, type Decision } from '../../../../src/contact/decide/decision.js';
import { type FrequencyCap } from '../../../../src/study/contact-plan.js';
import { CASE_STATES, caseIsFinished } from '../../../../src/wave/case-state.js';
import { aContact, aStep, DAY, HOUR, later, NONE, NOON, OPEN } from './a-contact.js';
import { wallClock } from './wall-clock.js';

const SOME_ZONES = [
  'Europe/Belgrade',
  'Asia/Almaty',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
];
const zone = fc.constantFrom(...SOME_ZONES);
const hours = (min: number, max: number): fc.Arbitrary<Date> => fc.integer({ min, max }).map(later);
const caps: fc.Arbitrary<FrequencyCap[]> = fc.array(
  fc.record({ messages: fc.integer({ min: 1, max: 3 }), hours: fc.constantFrom(1, 24, 72, 168) }),
  { maxLength: 2 },
);
const date = (day: number): string =>
  later(day * 24)
    .toISOString()
    .slice(0, 10);
const pauses = fc.array(
  fc
    .tuple(fc.integer({ min: -5, max: 20 }), fc.option(fc.integer({ min: 1, max: 12 }), { freq: 8 }))
    .map(([from, days]) => ({ fromOn: date(from), untilOn: days === null ? null : date(from + days) })),
  { maxLength: 3 },
);
const condition: fc.Arbitrary<ContactFacts['when']> = fc.constantFrom(
  undefined,
  undefined,
  { fact: 'case.opened', is: false },
  { fact: 'case.idle_hours', atLeast: 48 },
  {
    all: [
      { fact: 'case.idle_hours', atLeast: 72 },
      { fact: 'case.page', is: 'work' },
    ],
  },
);
const anyFacts: fc.Arbitrary<ContactFacts> = fc
  .record({
    step: fc
      .record({
        kind: fc.constantFrom('invitation', 'reminder', 'last-call', 'thanks'),
        days: fc.option(fc.integer({ min: 1, max: 9 })),
        spreadMinutes: fc.constantFrom(0, 90),
      })
      .map(({ kind, days, spreadMinutes }) =>
        aStep({ kind: kind as 'reminder', spreadMinutes, ...(days === null ? {} : { withinDays: days }) }),
      ),
    asked: fc.boolean(),
    when: condition,
    caseState: fc.constantFrom(...CASE_STATES),
    submitted: fc.boolean(),
    page: fc.constantFrom(null, 'work'),
    lastActiveAt: fc.option(hours(-100, 0)),
    memberId: fc.uuid(),
    timeZone: fc.option(zone),
    hostZones: fc.uniqueArray(zone, { minLength: 1, maxLength: 2 }),
    dueAt: hours(-100, 200),
    closesAt: hours(-50, 500),
    waveClosed: fc.constantFrom(false, false, false, true),
    pauses,
    remindAt: fc.option(hours(-50, 200)),
    recent: fc.array(hours(-200, 0), { maxLength: 4 }),
    caps,
    email: fc.constantFrom(OPEN, OPEN, NONE),
  })
  .map(({ email, ...differ }) => aContact({ ...differ, channels: { email, telegram: OPEN, letter: NONE } }));

it('asked again when it said, with the same facts: always later, and an end is reached', () => {
  const ends = { send: 0, suppress: 0 };
  fc.assert(
    fc.property(anyFacts, (facts) => {
      let now = NOON;
      let before: Decision | undefined;
      for (let asked = 0; asked < 120; asked += 1) {
        const decision = decide(facts, now);
        if (decision.kind !== 'wait') {
          ends[decision.kind] += 1;
          return;
        }
        expect(decision.until.getTime()).toBeGreaterThan(now.getTime());
        // Only what is looked at now and then may have the same reason again.
        if (before?.kind === 'wait' && before.reason === decision.reason)
          expect(['condition', 'paused', 'not_due']).toContain(decision.reason);
        before = decision;
        now = decision.until;
      }
      throw new Error(`It goes on: ${JSON.stringify(before)}`);
    }),
    { numRuns: 10_000 },
  );
  expect(ends.send).toBeGreaterThan(500);
  expect(ends.suppress).toBeGreaterThan(1000);
});

it('whatever the facts: never to who is out, never before it is due, the same twice', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      const decision = decide(facts, NOON);
      expect(decide(facts, NOON)).toEqual(decision);
      if (decision.kind !== 'send') return;
      const isThanks = facts.step?.kind === 'thanks';
      const isFinished = facts.submitted && ['complete', 'partial'].includes(facts.caseState);
      expect(isThanks ? isFinished : !caseIsFinished(facts.caseState)).toBe(true);
      expect(facts.dueAt <= NOON).toBe(true);
      expect(isThanks || (!facts.waveClosed && facts.closesAt > NOON)).toBe(true);
      expect(facts.channels[decision.channel].address).toBe(true);
    }),
    { numRuns: 10_000 },
  );
});

/** Forty days of a member whose many steps are looked at when they say, as a sender does. */
function sendings(all: ContactFacts[]): { at: Date; facts: ContactFacts }[] {
  const sent: { at: Date; facts: ContactFacts }[] = [];
  const looks = all.map((facts) => ({ facts, at: facts.dueAt }));
  for (let guard = 0; looks.length > 0; guard += 1) {
    if (guard > 100 * all.length) throw new Error('The steps are looked at without an end.');
    looks.sort((a, b) => a.at.getTime() - b.at.getTime());
    const look = looks[0]!;
    const facts = { ...look.facts, recent: sent.map(({ at }) => at) };
    const decision = decide(facts, look.at);
    if (decision.kind === 'wait') look.at = decision.until;
    else looks.shift();
    if (decision.kind === 'send') sent.push({ at: look.at, facts });
  }
  return sent;
}

it('over any history no cap is ever exceeded, no message leaves in a pause, nor before who asked for it later', () => {
  let messages = 0;
  let full = 0;
  const calendar = (timeZone: string) => new Intl.DateTimeFormat('sv-SE', { timeZone });
  fc.assert(
    fc.property(
      fc.array(fc.record({ due: hours(-100, 700), asked: fc.constantFrom(false, false, false, true) }), {
        minLength: 1,
        maxLength: 25,
      }),
      caps,
      pauses,
      zone,
      fc.option(hours(0, 300)),
      (steps, limits, breaks, timeZone, remindAt) => {
        const sent = sendings(
          steps.map(({ due, asked }) =>
            aContact({
              dueAt: due,
              asked,
              caps: limits,
              pauses: breaks,
              timeZone,
              remindAt,
              closesAt: later(960),
            }),
          ),
        );
        messages += sent.length;
        for (const [nth, { at, facts }] of sent.entries()) {
          const on = calendar(timeZone).format(at);
          for (const { fromOn, untilOn } of breaks)
            expect(on >= fromOn && (untilOn === null || on < untilOn)).toBe(false);
          const { time } = wallClock(at.getTime(), timeZone);
          expect(time >= '09:00' && time < '20:00').toBe(true);
          if (facts.asked) continue;
          if (remindAt) expect(at.getTime()).toBeGreaterThanOrEqual(remindAt.getTime());
          for (const cap of limits) {
            const since = at.getTime() - cap.hours * HOUR;
            const before = sent.slice(0, nth).filter((one) => one.at.getTime() > since).length;
            expect(before).toBeLessThan(cap.messages);
            if (before === cap.messages - 1) full += 1;
          }
        }
      },
    ),
    { numRuns: 1000 },
  );
  expect(messages).toBeGreaterThan(3000);
  expect(full).toBeGreaterThan(1000);
});

it('a pause without an end is over when the step is, not before', () => {
  const facts = aContact({
    pauses: [{ fromOn: '2026-03-01', untilOn: null }],
    step: aStep({ withinDays: 4 }),
  });
  const looks: [string, number][] = [];
  for (let now = NOON; ;) {
    const decision = decide(facts, now);
    if (decision.kind !== 'wait') {
      expect(decision).toMatchObject({ kind: 'suppress', reason: 'paused' });
      break;
    }
    looks.push([decision.reason, (decision.until.getTime() - NOON.getTime()) / DAY]);
    now = decision.until;
  }
  expect(looks).toEqual([1, 2, 3, 4].map((days) => ['paused', days]));
});
