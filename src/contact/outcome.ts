import { type Channel } from '../study/channel.js';
import { type AttemptKey, keyOf } from './attempt.js';
import { type Delivery } from './channel.js';
import { type DueRow } from './look.js';

/** With the back-off that is two days: a message that is not taken for now is tried over a night. */
const MOST_TRIES = 20;
const LONGEST_BACK_OFF_MINUTES = 240;

/** What became of a message that left, or of a preparation that came to nothing. */
export interface Outcome extends AttemptKey {
  state: 'planned' | 'sent' | 'failed' | 'unknown';
  channel: Channel;
  reason: string | null;
  /** When it is looked at again, where it is planned again. */
  dueAt: Date | null;
  /** Noted in the log of what became of messages; null for what has no meaning to staff. */
  event: string | null;
  tries?: number;
  /** By which it was prepared; what has left needs none. */
  claim?: string;
}

/** What a delivery makes of an attempt. */
export function outcomeOf(row: DueRow, delivery: Delivery, now: Date): Outcome {
  const of = { ...keyOf(row), channel: row.channel };
  switch (delivery.kind) {
    case 'sent':
      return { ...of, state: 'sent', reason: null, dueAt: null, event: 'sent' };
    case 'held': // by an edit, or by someone who is answering: decided anew
      return { ...of, state: 'planned', reason: 'held', dueAt: now, event: null };
    case 'unknown':
      return { ...of, state: 'unknown', reason: delivery.code, dueAt: null, event: 'unknown' };
    case 'refused': // with trouble on this channel: the next look finds another channel, or none
      return delivery.trouble
        ? {
            ...of,
            state: 'planned',
            reason: delivery.code,
            dueAt: now,
            event: delivery.trouble,
            tries: row.tries + 1,
          }
        : { ...of, state: 'failed', reason: delivery.code, dueAt: null, event: 'failed' };
    case 'later': {
      if (delivery.away)
        return { ...of, state: 'planned', reason: delivery.code, dueAt: now, event: null, tries: row.tries };
      const tries = row.tries + 1;
      if (tries >= MOST_TRIES)
        return { ...of, state: 'failed', reason: delivery.code, dueAt: null, event: 'failed', tries };
      const minutes = Math.min(2 ** tries, LONGEST_BACK_OFF_MINUTES);
      const dueAt = new Date(now.getTime() + minutes * 60_000);
      return { ...of, state: 'planned', reason: delivery.code, dueAt, event: 'not_taken', tries };
    }
  }
}
