import {
  CASE_EVENTS,
  CASE_STATES,
  CASE_TRANSITIONS,
  caseIsFinished,
  type CaseEvent,
  type CaseState,
  stateAfter,
} from '../../../src/wave/case-state.js';

const OPEN: CaseState[] = ['issued', 'invited', 'opened', 'started', 'undeliverable'];
const SUBMISSION = {
  submit_complete: 'complete',
  submit_partial: 'partial',
  submit_insufficient: 'broke_off',
  screen_out: 'ineligible',
};
const EXITS = { refuse: 'refused', withdraw: 'withdrawn' };
const UNSTARTED = {
  ...SUBMISSION,
  ...EXITS,
  open: 'opened',
  save: 'started',
  bounce: 'undeliverable',
  close: 'expired',
};

/** Written out again by hand: what may happen in which state, and nothing else. */
const EXPECTED: Partial<Record<CaseState, Partial<Record<CaseEvent, string>>>> = {
  issued: { ...UNSTARTED, invite: 'invited' },
  invited: UNSTARTED,
  opened: UNSTARTED,
  undeliverable: { ...UNSTARTED, close: 'undeliverable' },
  started: {
    ...SUBMISSION,
    ...EXITS,
    open: 'started',
    save: 'started',
    close_partial: 'partial',
    close_insufficient: 'broke_off',
  },
};

it.each(CASE_STATES.flatMap((state) => CASE_EVENTS.map((event) => [state, event] as const)))(
  '%s, %s',
  (state, event) => expect(stateAfter(state, event)).toBe(EXPECTED[state]?.[event]),
);

it('a finished case accepts nothing, an open one always has a way on', () => {
  for (const state of CASE_STATES) {
    expect([state, caseIsFinished(state)]).toEqual([state, !OPEN.includes(state)]);
    if (caseIsFinished(state)) expect(CASE_TRANSITIONS[state]).toEqual({});
  }
});

it('every state can be reached from issued, and every open one can end', () => {
  const reached = new Set<CaseState>(['issued']);
  for (const state of reached) for (const next of Object.values(CASE_TRANSITIONS[state])) reached.add(next);
  expect([...reached].sort()).toEqual([...CASE_STATES].sort());
  for (const state of OPEN) expect(Object.values(CASE_TRANSITIONS[state]).some(caseIsFinished)).toBe(true);
});
