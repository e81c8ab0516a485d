import { type DataSource, type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';
import { type AttemptKey } from './attempt.js';

/**
 * The commit of this transaction is not waited for on disk. Where a crash of the database loses it, a claim lapses, and what left stays
 * marked as leaving and becomes unknown: nothing is sent twice.
 */
export const UNHURRIED = `unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/**
 * Adds to the log of what became of messages.
 * @param from  a relation `l` with the keys of attempts
 * @param columns  what is noted about each, as expressions over it
 */
export const noteEvents = (
  from: string,
  { event, channel, reason = 'NULL', decidedBy = 'NULL', at }: NotedEvent,
): string => `
     INSERT INTO contact_event (member_id, wave_id, step, seq, event, channel, reason, decided_by, happened_at)
     SELECT l.member_id, l.wave_id, l.step,
            (SELECT coalesce(max(e.seq), 0) + 1 FROM contact_event e
             WHERE e.member_id = l.member_id AND e.wave_id = l.wave_id AND e.step = l.step),
            ${event}, ${channel}, ${reason}, ${decidedBy}, ${at}::timestamptz
     FROM ${from}`;

interface NotedEvent {
  event: string;
  channel: string;
  reason?: string;
  /** Who decided it, where a person did. */
  decidedBy?: string;
  at: string;
}

/** An attempt that a bounce, a block or a complaint is about, locked with its case and member. */
export interface TroubledAttempt extends AttemptKey {
  state: string;
  channel: Channel;
  study_id: string;
}

export async function lockByMessageId(
  tx: EntityManager,
  messageId: string,
): Promise<TroubledAttempt | undefined> {
  const rows = await tx.query<TroubledAttempt[]>(
    `SELECT a.member_id, a.wave_id, a.step, a.state, a.channel, m.study_id
     FROM contact_attempt a
     JOIN issued_case c ON c.member_id = a.member_id AND c.wave_id = a.wave_id
     JOIN member m ON m.id = a.member_id
     WHERE a.message_id = $1 FOR UPDATE OF a, c FOR NO KEY UPDATE OF m`,
    [messageId],
  );
  return rows[0];
}

/**
 * A message that left came back: it is planned again for whichever channel is left, or has failed. What was decided about it since
 * stays.
 */
export async function cameBack(
  tx: EntityManager,
  { member_id, wave_id, step }: AttemptKey,
  state: 'planned' | 'failed',
  reason: string,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE contact_attempt SET state = $4, reason = $5, due_at = $6, claim = NULL, sent_at = NULL, claimed_at = NULL
     WHERE member_id = $1 AND wave_id = $2 AND step = $3 AND state IN ('sending', 'sent', 'unknown')`,
    [member_id, wave_id, step, state, reason, now],
  );
}

/** Whether this was noted about the attempt since it left last by that channel. */
export async function wasNoted(
  tx: EntityManager,
  { member_id, wave_id, step, channel }: AttemptKey & { channel: Channel },
  event: string,
  reason: string,
): Promise<boolean> {
  const rows = await tx.query<{ noted: boolean }[]>(
    `SELECT EXISTS (
       SELECT FROM contact_event e WHERE e.member_id = $1 AND e.wave_id = $2 AND e.step = $3 AND e.event = $4 AND e.reason = $5 AND e.channel = $6
         AND e.seq > coalesce((SELECT max(s.seq) FROM contact_event s
           WHERE s.member_id = $1 AND s.wave_id = $2 AND s.step = $3 AND s.event = 'sent' AND s.channel = $6), 0)) AS noted`,
    [member_id, wave_id, step, event, reason, channel],
  );
  return rows[0]?.noted === true;
}

/** Notes something about an attempt that changes nothing in it by itself. */
export async function noteContact(
  tx: EntityManager,
  attempt: AttemptKey & { channel: Channel },
  event: string,
  reason: string | null,
  now: Date,
): Promise<void> {
  await tx.query(
    `WITH l AS (SELECT $1::uuid AS member_id, $2::text AS wave_id, $3::text AS step)
     ${noteEvents('l', { event: '$4::text', channel: '$5::text', reason: '$6::text', at: '$7' })}`,
    [attempt.member_id, attempt.wave_id, attempt.step, event, attempt.channel, reason, now],
  );
}

/** Messages that a crash left half-way are unknown, and are never sent again by themselves. */
export async function lapseSending(db: DataSource, claimedBefore: Date, now: Date): Promise<number> {
  const rows = await db.query<{ lapsed: number }[]>(
    `WITH l AS (
       UPDATE contact_attempt SET state = 'unknown', reason = 'interrupted' WHERE state = 'sending' AND claimed_at < $1
       RETURNING member_id, wave_id, step, channel
     ), noted AS (
       ${noteEvents('l', { event: `'unknown'`, channel: 'l.channel', reason: `'interrupted'`, at: '$2' })} RETURNING 1
     ) SELECT count(*)::int AS lapsed FROM l`,
    [claimedBefore, now],
  );
  return rows[0]?.lapsed ?? 0;
}

/** How much is due on a channel, counted up to a limit; while its server is left alone only what cannot go by it in any case. */
export async function dueCount(db: DataSource, channel: Channel, upTo: number, now: Date): Promise<number> {
  const rows = await db.query<{ due: number }[]>(
    `SELECT count(*)::int AS due FROM (
       SELECT FROM contact_attempt a WHERE a.channel = $1 AND a.state = 'planned' AND a.due_at <= $2
         AND (NOT EXISTS (SELECT FROM channel_state s WHERE s.channel = $1 AND s.retry_at > $2)
           OR EXISTS (SELECT FROM member m WHERE m.id = a.member_id AND NOT (m.channels @> ARRAY[$1::text]))) LIMIT $3) AS d`,
    [channel, now, upTo],
  );
  return rows[0]?.due ?? 0;
}
