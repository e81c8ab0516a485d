import { type DataSource } from 'typeorm';
import { type Channel } from '../study/channel.js';
import { type AttemptKey, nameOf } from './attempt.js';
import { type NextLook } from './decide/next-look.js';
import { type Outlook } from './planned-contact.js';

type PastState = (Outlook & { kind: 'past' })['reason'];

const PAST_WORDS: Record<PastState, string> = {
  sending: 'is leaving just now',
  sent: 'was sent',
  suppressed: 'was not sent',
  failed: 'could not be delivered',
  unknown: 'may or may not have been sent; a field manager decides',
};

const past = (state: PastState, reason: string | null): Outlook => ({
  kind: 'past',
  reason: state,
  words: reason === null ? PAST_WORDS[state] : `${PAST_WORDS[state]}: ${reason}`,
});

/**
 * When messages that a sender has looked at are looked at again, where that is after an instant. What is being prepared is left out. By
 * `nameOf`.
 */
export async function nextLooks(
  db: DataSource,
  keys: readonly AttemptKey[],
  at: Date,
): Promise<Map<string, NextLook>> {
  if (keys.length === 0) return new Map();
  const rows = await db.query<(AttemptKey & { due_at: Date; reason: string | null })[]>(
    `SELECT member_id, wave_id, step, due_at, reason FROM contact_attempt
     WHERE member_id = ANY($1::uuid[]) AND state = 'planned' AND due_at > $2 AND due_at <> falls_due_at AND claim IS NULL`,
    [[...new Set(keys.map(({ member_id }) => member_id))], at],
  );
  return new Map(rows.map((row) => [nameOf(row), { at: row.due_at, waitsFor: row.reason }]));
}

/** What the last step came to, of cases that have no planned step left. By member. */
export async function pastOfCases(
  db: DataSource,
  waveId: string,
  memberIds: readonly string[],
): Promise<Map<string, { step: string; channel: Channel; outlook: Outlook }>> {
  const rows = await db.query<
    { member_id: string; step: string; channel: Channel; state: PastState; reason: string | null }[]
  >(
    `SELECT DISTINCT ON (a.member_id) a.member_id, a.step, a.channel, a.state, a.reason FROM contact_attempt a
     WHERE a.wave_id = $1 AND a.member_id = ANY($2::uuid[]) AND a.state <> 'planned'
     ORDER BY a.member_id, a.falls_due_at DESC, a.step`,
    [waveId, memberIds],
  );
  return new Map(
    rows.map(({ member_id, step, channel, state, reason }) => [
      member_id,
      { step, channel, outlook: past(state, reason) },
    ]),
  );
}

/** What happened to a message. */
export interface ContactEvent {
  event: string;
  channel: Channel;
  reason: string | null;
  decidedBy: string | null;
  at: Date;
}

/** A message of a member and all that became of it. */
export interface MemberMessage {
  waveId: string;
  letter: string;
  step: string;
  state: 'planned' | PastState;
  channel: Channel;
  fallsDueAt: Date;
  sentAt: Date | null;
  reason: string | null;
  events: ContactEvent[];
  past: Outlook;
}

export async function memberMessages(db: DataSource, memberId: string): Promise<MemberMessage[]> {
  const rows = await db.query<
    (Omit<MemberMessage, 'past' | 'events'> & {
      events: (Omit<ContactEvent, 'at'> & { at: string })[] | null;
    })[]
  >(
    `SELECT a.wave_id AS "waveId", w.letter, a.step, a.state, a.channel, a.falls_due_at AS "fallsDueAt", a.sent_at AS "sentAt",
            a.reason,
            (SELECT jsonb_agg(jsonb_build_object('event', e.event, 'channel', e.channel, 'reason', e.reason,
                              'decidedBy', e.decided_by, 'at', e.happened_at) ORDER BY e.seq)
             FROM contact_event e WHERE e.member_id = a.member_id AND e.wave_id = a.wave_id AND e.step = a.step) AS events
     FROM contact_attempt a JOIN wave w ON w.id = a.wave_id
     WHERE a.member_id = $1 ORDER BY a.falls_due_at, a.wave_id, a.step`,
    [memberId],
  );
  return rows.map(({ events, ...row }) => ({
    ...row,
    events: (events ?? []).map(({ at, ...event }) => ({ ...event, at: new Date(at) })),
    past: past(row.state === 'planned' ? 'suppressed' : row.state, row.reason),
  }));
}
