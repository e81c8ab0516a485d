import { type Channel } from '../study/channel.js';
import { type AttemptKey, keyOf } from './attempt.js';
import { type Decision } from './decide/decision.js';
import { type FactsRow } from './facts.queries.js';

/** A due attempt with all that decides whether it goes out, locked together with its case and its member. */
export interface DueRow extends FactsRow {
  channel: Channel;
  tries: number;
  /** What its last try came to. */
  last_reason: string | null;
  /** Another message to the same member is being prepared right now. */
  busy: boolean;
}

/** What became of attempts that were looked at and do not leave now. */
export interface Look extends AttemptKey {
  state: 'planned' | 'suppressed' | 'failed';
  channel: Channel;
  dueAt: Date;
  /** A code, such as `quiet_hours`. */
  reason: string | null;
  /** For the log of what became of messages; null where nothing is noted, as for what only waits. */
  event: string | null;
  words: string | null;
  claim: string | null;
}

/** What becomes of a due attempt that does not leave by the channel it is planned for, or not now. */
export function lookOf(row: DueRow, decision: Decision, now: Date): Look {
  const { channel } = row;
  const look = { ...keyOf(row), channel, dueAt: now, claim: null, event: null, words: null };
  if (decision.kind === 'send') {
    const moved = row.tries > 0 ? { event: 'next_channel', words: channel } : {};
    return { ...look, state: 'planned', channel: decision.channel, reason: row.last_reason, ...moved };
  }
  if (decision.kind === 'wait') {
    const { until: dueAt, reason } = decision;
    return { ...look, state: 'planned', channel: decision.channel ?? channel, dueAt, reason };
  }
  const { reason, words } = decision;
  // It came back on every channel that the person can be reached by.
  if (reason === 'no_channel' && row.tries > 0 && row.last_reason !== null)
    return { ...look, state: 'failed', reason: row.last_reason, event: 'failed', words };
  return { ...look, state: 'suppressed', reason, event: 'suppressed', words };
}
