import { type Candidate, issueFor, type WaveRules } from '../../../src/wave/issue.js';
import { type Window, windowIn } from '../../../src/wave/window.js';

const at = (date: string) => new Date(`${date}T09:30:00Z`);
const WAVE = { openedAt: at('2026-11-20'), closesAt: at('2027-02-18') };
const SIX_MONTHS: Window = { rolling: { anchor: 'last_interview', afterMonths: 6, days: 30 } };
const OR_OPENING: Window = { rolling: { ...SIX_MONTHS.rolling, orFromOpening: true } };
const spoke = (lastInterviewOn: string | null) => ({ joinedOn: '2026-05-01', lastInterviewOn });
const boundsOf = (window: Window | undefined, lastInterviewOn: string | null) => {
  const found = windowIn(WAVE, window, spoke(lastInterviewOn));
  return found && [found.opensAt, found.closesAt].map((instant) => instant.toISOString().slice(0, 10));
};

describe('a member’s window in a wave', () => {
  test.each<[string, Window | undefined, string | null, string[] | undefined]>([
    ['none declared: as long as the wave is open', undefined, null, ['2026-11-20', '2027-02-18']],
    ['rolling', SIX_MONTHS, '2026-06-01', ['2026-12-01', '2026-12-31']],
    ['rolling, begun before the opening', SIX_MONTHS, '2026-05-10', ['2026-11-10', '2026-12-10']],
    ['rolling, over before the opening', SIX_MONTHS, '2026-02-10', ['2026-08-10', '2026-09-09']],
    ['rolling, never longer than the wave', SIX_MONTHS, '2026-08-10', ['2027-02-10', '2027-02-18']],
    ['rolling, without an anchor', SIX_MONTHS, null, undefined],
    ['or from the opening: who is due later', OR_OPENING, '2026-06-01', ['2026-12-01', '2026-12-31']],
    ['or from the opening: who skipped a wave', OR_OPENING, '2026-02-10', ['2026-11-20', '2026-12-20']],
    ['or from the opening: who is new', OR_OPENING, null, ['2026-11-20', '2026-12-20']],
    [
      'fixed, the same for all',
      { fixed: { opens: '2026-12-01', closes: '2026-12-15' } },
      null,
      ['2026-12-01', '2026-12-15'],
    ],
  ])('%s', (_, window, last, expected) => {
    expect(boundsOf(window, last)).toEqual(expected);
  });
});

describe('a case', () => {
  const MEMBER: Candidate = {
    status: 'active',
    hasCase: false,
    facts: { cohort: 'baseline' },
    anchors: spoke('2026-06-01'),
  };
  const RULES: WaveRules = { eligibility: { fact: 'cohort', is: 'baseline' }, window: SIX_MONTHS };
  const decided = (differs: Partial<Candidate>, on: string, rules = RULES) =>
    issueFor({ ...MEMBER, ...differs }, rules, WAVE, at(on));

  test('is issued in the member’s own window, and closes with it', () => {
    expect(decided({}, '2026-12-01')).toEqual({
      issue: true,
      closesAt: new Date('2026-12-31T00:00:00Z'),
      ownWindow: true,
    });
    expect(decided({}, '2026-12-30')).toMatchObject({ issue: true });
  });

  test('closes with the wave where the window is everyone’s', () => {
    expect(decided({}, '2026-11-21', {})).toEqual({
      issue: true,
      closesAt: WAVE.closesAt,
      ownWindow: false,
    });
  });

  test.each<[Partial<Candidate>, string, string, RegExp]>([
    [{ hasCase: true }, '2026-12-01', 'has_case', /already/],
    [{ status: 'withdrawn' }, '2026-12-01', 'left', /withdrawn/],
    [{ status: 'dead', hasCase: true }, '2026-12-01', 'has_case', /already/],
    [{ facts: { cohort: 'refreshment' } }, '2026-12-01', 'not_eligible', /cohort = baseline/],
    [{ anchors: spoke(null) }, '2026-12-01', 'no_window', /interview/],
    [{}, '2026-11-30', 'too_early', /2026-12-01/],
    [{}, '2027-01-01', 'too_late', /2026-12-31/],
  ])('%j on %s is not: %s', (differs, on, reason, words) => {
    expect(decided(differs, on)).toEqual({
      issue: false,
      reason,
      words: expect.stringMatching(words) as string,
    });
  });
});
