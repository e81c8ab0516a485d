/** Where an issued case can stand. Before it is issued there is no case. */
export const CASE_STATES = [
  'issued',
  'invited',
  'opened',
  'started',
  'partial',
  'complete',
  'refused',
  'broke_off',
  'expired',
  'ineligible',
  'withdrawn',
  'undeliverable',
] as const;
export type CaseState = (typeof CASE_STATES)[number];

/** What can happen to a case. */
export const CASE_EVENTS = [
  'invite',
  'open',
  'save',
  'submit_complete',
  'submit_partial',
  'submit_insufficient',
  'screen_out',
  'refuse',
  'bounce',
  'withdraw',
  'close',
  'close_partial',
  'close_insufficient',
] as const;
export type CaseEvent = (typeof CASE_EVENTS)[number];

type Moves = Partial<Record<CaseEvent, CaseState>>;

const SUBMISSION: Moves = {
  submit_complete: 'complete',
  submit_partial: 'partial',
  submit_insufficient: 'broke_off',
  screen_out: 'ineligible',
};
const EXITS: Moves = { refuse: 'refused', withdraw: 'withdrawn' };
const WAITING: Moves = {
  open: 'opened',
  save: 'started',
  ...SUBMISSION,
  ...EXITS,
  bounce: 'undeliverable',
  close: 'expired',
};

/**
 * The whole life of a case, as data. What is not here does not happen, but for a case that staff end by overriding its disposition
 * (`disposition-code.ts` tells the state).
 */
export const CASE_TRANSITIONS: Record<CaseState, Moves> = {
  issued: { ...WAITING, invite: 'invited' },
  invited: WAITING,
  opened: { ...WAITING, open: 'opened' },
  started: {
    open: 'started',
    save: 'started',
    ...SUBMISSION,
    ...EXITS,
    close_partial: 'partial',
    close_insufficient: 'broke_off',
  },
  undeliverable: { ...WAITING, close: 'undeliverable' },
  partial: {},
  complete: {},
  refused: {},
  broke_off: {},
  expired: {},
  ineligible: {},
  withdrawn: {},
};

/** The state after an event, or undefined where the event cannot happen in that state. */
export const stateAfter = (state: CaseState, event: CaseEvent): CaseState | undefined =>
  CASE_TRANSITIONS[state][event];

/**
 * A finished case accepts no more answers and is sent no more messages. One whose mail bounced is not: another message may arrive, and
 * after the close of its window no state matters any more.
 */
export const caseIsFinished = (state: CaseState): boolean =>
  state !== 'undeliverable' && Object.keys(CASE_TRANSITIONS[state]).length === 0;
