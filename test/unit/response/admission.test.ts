import { type Admission, admit, comesLate, waveIsOpen } from '../../../src/response/admission.js';
import { CASE_STATES, caseIsFinished } from '../../../src/wave/case-state.js';

const NOW = new Date('2026-03-10T10:00:00Z');
const [BEFORE, AFTER] = [new Date('2026-03-01T10:00:00Z'), new Date('2026-04-01T10:00:00Z')];
const OPEN = { letter: 'a', openedAt: BEFORE, closesAt: AFTER, closedAt: null };
const admission = (differ: Partial<Admission> = {}): Admission => ({
  caseState: 'started',
  memberStatus: 'active',
  submitted: false,
  wave: OPEN,
  ...differ,
});
const codeOf = (differ: Partial<Admission>): string => {
  try {
    admit(admission(differ), NOW);
    return 'let in';
  } catch (cause) {
    return (cause as { code: string }).code;
  }
};

it.each(CASE_STATES)('a case that is %s', (caseState) => {
  const code =
    caseState === 'withdrawn'
      ? 'response.case_withdrawn'
      : caseIsFinished(caseState)
        ? 'wave.closed'
        : 'let in';
  expect(codeOf({ caseState })).toBe(code);
});

it('who submitted is told so, also after the close; who left the study is told that first', () => {
  const submitted = { caseState: 'complete', submitted: true } as const;
  expect(codeOf(submitted)).toBe('response.already_submitted');
  expect(codeOf({ ...submitted, wave: { ...OPEN, closedAt: BEFORE } })).toBe('response.already_submitted');
  expect(codeOf({ ...submitted, memberStatus: 'withdrawn' })).toBe('response.case_withdrawn');
});

it.each([
  [OPEN, true],
  [{ ...OPEN, openedAt: null }, false],
  [{ ...OPEN, closedAt: BEFORE }, false],
  [{ ...OPEN, closesAt: NOW }, false],
  [{ ...OPEN, closesAt: new Date(NOW.getTime() + 1) }, true],
])('the wave %j is open: %s', (wave, open) => {
  expect(waveIsOpen(wave, NOW)).toBe(open);
  expect(codeOf({ wave })).toBe(open ? 'let in' : 'wave.closed');
});

describe('answers come late', () => {
  const CLOSED = { ...OPEN, closedAt: BEFORE };
  const late = (differ: Partial<Admission> = {}) => comesLate(admission({ wave: CLOSED, ...differ }), NOW);

  it.each(CASE_STATES)('to a case that is %s, where nothing but the close ended it', (caseState) => {
    const endedOtherwise = ['complete', 'refused', 'ineligible', 'withdrawn'];
    expect(late({ caseState })).toBe(!endedOtherwise.includes(caseState));
  });

  it('when the window has ended, whether or not the wave was closed already', () => {
    expect(late()).toBe(true);
    expect(late({ wave: { ...OPEN, closesAt: NOW } })).toBe(true);
    expect(late({ wave: OPEN })).toBe(false);
    expect(late({ wave: { ...OPEN, openedAt: null } })).toBe(false);
  });

  it('from nobody who has sent their answers, has left or has died', () => {
    expect(late({ submitted: true })).toBe(false);
    expect(late({ memberStatus: 'withdrawn' })).toBe(false);
    expect(late({ memberStatus: 'dead' })).toBe(false);
  });
});
