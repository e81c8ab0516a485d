import fc from 'fast-check';
import { type ContactFacts, decide, SUPPRESSION_WORDS } from '../../../src/contact/decision.js';
import { CASE_STATES, caseIsFinished } from '../../../src/wave/case-state.js';

const NOON = new Date('2026-03-02T11:00:00Z');
const HOUR = 3_600_000;
const later = (hours: number) => new Date(NOON.getTime() + hours * HOUR);

const facts = (differ: Partial<ContactFacts> = {}): ContactFacts => ({
  caseState: 'invited',
  memberStatus: 'active',
  channel: 'email',
  memberChannels: ['email'],
  stopped: false,
  studyPaused: false,
  waveClosed: false,
  waveClosesAt: later(24 * 10),
  dueAt: NOON,
  isInvitation: false,
  zones: ['Europe/Belgrade'],
  hours: { from: '09:00', to: '20:00' },
  ...differ,
});

it('what is due goes out', () => {
  expect(decide(facts(), NOON)).toEqual({ kind: 'send' });
  expect(decide(facts({ caseState: 'issued', isInvitation: true }), NOON)).toEqual({ kind: 'send' });
});

it.each<[Partial<ContactFacts>, string]>([
  [{ memberStatus: 'withdrawn' }, 'withdrawn'],
  [{ caseState: 'withdrawn' }, 'withdrawn'],
  [{ memberStatus: 'dead' }, 'not_member'],
  [{ caseState: 'refused' }, 'refused'],
  [{ caseState: 'ineligible' }, 'ineligible'],
  [{ caseState: 'complete' }, 'completed'],
  [{ caseState: 'partial' }, 'completed'],
  [{ caseState: 'broke_off' }, 'completed'],
  [{ caseState: 'expired' }, 'wave_closed'],
  [{ waveClosed: true }, 'wave_closed'],
  [{ waveClosesAt: NOON }, 'wave_closed'],
  [{ dueAt: later(-48), waveClosesAt: later(-24) }, 'wave_closed'],
  [{ stopped: true }, 'unsubscribed'],
  [{ memberChannels: ['telegram'] }, 'no_channel'],
  [{ isInvitation: true, caseState: 'opened' }, 'already_invited'],
  [{ isInvitation: true, caseState: 'invited' }, 'already_invited'],
  [{ zones: ['Pacific/Honolulu', 'Europe/Moscow'] }, 'no_contact_hour'],
  [{ dueAt: later(24 * 9 + 10), waveClosesAt: later(24 * 10 - 9) }, 'wave_closed'],
])('%j: it never goes out', (differ, reason) => {
  expect(decide(facts(differ), NOON)).toEqual({ kind: 'suppress', reason });
});

it.each<[Partial<ContactFacts>, string, Date]>([
  [{ dueAt: later(2) }, 'not_due', later(2)],
  [{ dueAt: later(10) }, 'quiet_hours', later(21)],
  [{ zones: ['America/Los_Angeles'] }, 'quiet_hours', later(6)],
  [{ studyPaused: true }, 'study_paused', later(1)],
])('%j: it waits', (differ, reason, until) => {
  expect(decide(facts(differ), NOON)).toEqual({ kind: 'wait', reason, until });
});

it('every reason has its words', () => {
  for (const words of Object.values(SUPPRESSION_WORDS)) expect(words).toMatch(/\w/);
});

it('whatever the facts: never to who is out, never before it is due, always to a time that comes', () => {
  const anyFacts = fc.record({
    caseState: fc.constantFrom(...CASE_STATES),
    memberStatus: fc.constantFrom('active' as const, 'withdrawn' as const, 'dead' as const),
    stopped: fc.boolean(),
    studyPaused: fc.boolean(),
    waveClosed: fc.boolean(),
    isInvitation: fc.boolean(),
    memberChannels: fc.constantFrom(['email'], [], ['telegram']),
    zones: fc.subarray(['Europe/Belgrade', 'Asia/Almaty', 'Asia/Yerevan', 'America/New_York'], {
      minLength: 1,
    }),
    dueAt: fc.integer({ min: -500, max: 500 }).map(later),
    waveClosesAt: fc.integer({ min: -100, max: 700 }).map(later),
  });
  fc.assert(
    fc.property(anyFacts, (differ) => {
      const all = facts(differ);
      const decision = decide(all, NOON);
      const isOut =
        caseIsFinished(all.caseState) ||
        all.memberStatus !== 'active' ||
        all.stopped ||
        all.waveClosed ||
        all.waveClosesAt <= NOON ||
        !all.memberChannels.includes('email');
      if (isOut) expect(decision.kind).toBe('suppress');
      if (decision.kind === 'send') expect([all.dueAt <= NOON, all.studyPaused]).toEqual([true, false]);
      if (decision.kind === 'wait') expect(decision.until.getTime()).toBeGreaterThan(NOON.getTime());
    }),
    { numRuns: 2000 },
  );
});
