import { type Arrival } from './sink.js';

/** What a table says became of a message. */
export interface Attempt {
  state: string;
  message_id: string | null;
}

/** What became of all messages of a run. `planned` is the sum of all that follows up to `left`. */
export interface Figures {
  planned: number;
  sent: number;
  suppressed: number;
  /** May have arrived: left, and nobody said whether it was taken. */
  unknown: number;
  failed: number;
  /** Is planned still. */
  left: number;
  /** Taken by the mail server more often than once. */
  doubled: number;
  seconds: number;
  /** Every rule that did not hold, as a sentence. */
  faults: string[];
}

/** Compares the table of messages with what the mail server took. No worker may run any more. */
export function figuresOf(
  attempts: readonly Attempt[],
  arrivals: readonly Arrival[],
  seconds: number,
): Figures {
  const taken = arrivals.filter(({ acceptedAt }) => acceptedAt !== undefined);
  const ids = new Set(taken.map(({ messageId }) => messageId));
  const stateOf = new Map(attempts.map(({ message_id, state }) => [message_id, state]));
  const inState = (...states: string[]) => attempts.filter(({ state }) => states.includes(state)).length;
  const figures = {
    planned: attempts.length,
    sent: inState('sent'),
    suppressed: inState('suppressed'),
    unknown: inState('sending', 'unknown'),
    failed: inState('failed'),
    left: inState('planned'),
    // By id and by person: neither may come twice.
    doubled: taken.length - Math.min(ids.size, new Set(taken.map(({ to }) => to)).size),
    seconds: Math.round(seconds * 10) / 10,
  };
  const unheardOf = [...ids].filter((id) => {
    const state = id === undefined ? undefined : stateOf.get(id);
    return state === undefined || !['sent', 'sending', 'unknown'].includes(state);
  }).length;
  const lost = attempts.filter(
    ({ state, message_id }) => state === 'sent' && !ids.has(message_id ?? undefined),
  ).length;
  const sum = figures.sent + figures.suppressed + figures.unknown + figures.failed + figures.left;
  return {
    ...figures,
    faults: told([
      [figures.doubled, 'messages were taken twice'],
      [unheardOf, 'messages were taken of which the table says that they did not leave'],
      [lost, 'messages are sent by the table and were never taken'],
      [figures.planned - sum, 'messages are in no known state'],
    ]),
  };
}

/** The sentences whose number is not 0. */
export const told = (rules: readonly (readonly [number, string])[]): string[] =>
  rules.filter(([count]) => count !== 0).map(([count, sentence]) => `${count} ${sentence}`);
