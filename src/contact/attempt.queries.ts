import { type DataSource, type EntityManager } from 'typeorm';
import { dateOf } from '../kit/clock.js';
import { execute, executeIn, type Statement } from '../kit/statement.queries.js';
import { type Channel } from '../study/channel.js';
import { CASE_STATES, stateAfter } from '../wave/case-state.js';
import { factsOfAttempts, type FactsRow, factsSql } from './facts.queries.js';

/** What names an attempt. */
export interface AttemptKey {
  member_id: string;
  wave_id: string;
  step: string;
}

/**
 * The commit of this transaction is not waited for on disk. Where a crash of the database loses it, a claim lapses, and what left stays
 * marked as leaving and becomes unknown: nothing is sent twice.
 */
const UNHURRIED = `unhurried AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))`;

/** A due attempt with all that decides whether it goes out, locked together with its case and its member. */
export interface DueRow extends FactsRow {
  channel: Channel;
  tries: number;
  /** What its last try came to. */
  last_reason: string | null;
  /** Another message to the same member is being prepared right now. */
  busy: boolean;
}

/**
 * Up to `limit` of a channel's longest-overdue attempts. What another process holds (a claim, a submission, a withdrawal) is left
 * for the next look. The facts are read after the locks are held, so they are those that every commit before has left.
 */
export async function lockDue(
  tx: EntityManager,
  channel: Channel,
  limit: number,
  now: Date,
): Promise<DueRow[]> {
  const held = await tx.query<(AttemptKey & Pick<DueRow, 'tries'> & { reason: string | null })[]>(
    `WITH ${UNHURRIED}
     SELECT a.member_id, a.wave_id, a.step, a.tries, a.reason
     FROM contact_attempt a
     JOIN issued_case c ON c.member_id = a.member_id AND c.wave_id = a.wave_id
     JOIN member m ON m.id = a.member_id
     WHERE a.channel = $1 AND a.state = 'planned' AND a.due_at <= $2 AND EXISTS (SELECT FROM unhurried)
     ORDER BY a.due_at LIMIT $3
     FOR UPDATE OF a, c SKIP LOCKED FOR NO KEY UPDATE OF m SKIP LOCKED`,
    [channel, now, limit],
  );
  const facts = await factsOfAttempts(tx, held, now);
  const claims = await tx.query<{ member_id: string }[]>(
    `SELECT DISTINCT member_id FROM contact_attempt
     WHERE member_id = ANY($1::uuid[]) AND state = 'planned' AND claim IS NOT NULL AND due_at > $2`,
    [held.map((a) => a.member_id), now],
  );
  const busy = new Set(claims.map((claim) => claim.member_id));
  const byKey = new Map(facts.map((row) => [keyOf(row), row]));
  return held.flatMap((attempt) => {
    const row = byKey.get(keyOf(attempt));
    return row
      ? [
          {
            ...row,
            channel,
            tries: attempt.tries,
            last_reason: attempt.reason,
            busy: busy.has(row.member_id),
          },
        ]
      : [];
  });
}

const keyOf = ({ member_id, wave_id, step }: AttemptKey): string => `${member_id}/${wave_id}/${step}`;

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

/** Notes looks at attempts, and what became of those that go out no more. */
export async function noteLooks(
  db: DataSource | EntityManager,
  looks: readonly Look[],
  now: Date,
): Promise<void> {
  if (looks.length === 0) return;
  await db.query(
    `WITH look AS (
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
         $9::text[], $10::uuid[]) AS l(member_id, wave_id, step, state, channel, due_at, reason, event, words, claim)
     ), noted AS (
       UPDATE contact_attempt a SET state = l.state, channel = l.channel, due_at = l.due_at, reason = l.reason, claim = l.claim
       FROM look l WHERE a.member_id = l.member_id AND a.wave_id = l.wave_id AND a.step = l.step AND a.state = 'planned'
       RETURNING a.member_id, a.wave_id, a.step
     )
     ${EVENTS('look l JOIN noted n USING (member_id, wave_id, step)', 'l.event', 'l.channel', `coalesce(l.words, l.reason)`, '$11')}
     WHERE l.event IS NOT NULL`,
    [
      looks.map((l) => l.member_id),
      looks.map((l) => l.wave_id),
      looks.map((l) => l.step),
      looks.map((l) => l.state),
      looks.map((l) => l.channel),
      looks.map((l) => l.dueAt),
      looks.map((l) => l.reason),
      looks.map((l) => l.event),
      looks.map((l) => l.words),
      looks.map((l) => l.claim),
      now,
    ],
  );
}

const EVENTS = (from: string, event: string, channel: string, reason: string, at: string) => `
     INSERT INTO contact_event (member_id, wave_id, step, seq, event, channel, reason, happened_at)
     SELECT l.member_id, l.wave_id, l.step,
            (SELECT coalesce(max(e.seq), 0) + 1 FROM contact_event e
             WHERE e.member_id = l.member_id AND e.wave_id = l.wave_id AND e.step = l.step),
            ${event}, ${channel}, ${reason}, ${at}::timestamptz
     FROM ${from}`;

/** All that is needed for a message to leave. */
export interface Leaving extends AttemptKey {
  claim: string;
  /** Of the facts that the decision to send rests on. */
  fingerprint: string;
  /** The instant of that decision. */
  decidedAt: Date;
  locale: string;
  messageId: string;
  linkHash: Buffer;
  stopHash: Buffer;
}

const HOLD: Statement = {
  name: 'contact_hold',
  text: `SELECT a.member_id, a.wave_id, a.step
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[]) AS k(member_id, wave_id, step, claim)
    JOIN contact_attempt a USING (member_id, wave_id, step)
    JOIN issued_case c USING (member_id, wave_id)
    JOIN member m ON m.id = a.member_id
    WHERE a.state = 'planned' AND a.claim = k.claim
    FOR UPDATE OF a, c SKIP LOCKED FOR NO KEY UPDATE OF m SKIP LOCKED`,
};

const LEAVE: Statement = {
  name: 'contact_leave',
  text: `WITH k AS (
      SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::bytea[],
        $9::bytea[]) AS k(member_id, wave_id, step, fingerprint, decided_at, locale, message_id, link_hash, stop_hash)
    ), facts AS (
      ${factsSql(
        `(SELECT a.member_id, a.wave_id, a.step, a.falls_due_at, a.channel AS planned_channel, NULL::timestamptz AS closes_at,
            k.decided_at AS looked_at
          FROM k JOIN contact_attempt a USING (member_id, wave_id, step))`,
      )}
    ), leaving AS (
      UPDATE contact_attempt a SET state = 'sending', claim = NULL, claimed_at = $10, tries = a.tries + 1, reason = NULL,
        locale = k.locale, message_id = k.message_id
      FROM k JOIN facts f USING (member_id, wave_id, step)
      WHERE a.member_id = k.member_id AND a.wave_id = k.wave_id AND a.step = k.step AND f.fingerprint = k.fingerprint
      RETURNING a.member_id, a.wave_id, a.step
    ), linked AS (
      INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash)
      SELECT k.link_hash, k.member_id, k.wave_id, k.step, k.stop_hash FROM leaving JOIN k USING (member_id, wave_id, step)
    )
    SELECT member_id, wave_id, step FROM leaving`,
};

/**
 * The last look before messages leave, under the locks of attempt, case and member: where a submission, a withdrawal, a pause or an
 * edit came between, or holds one of them now, a message does not leave. Where nothing has changed since the decision it is marked as
 * leaving, with its link, and that is committed when this answers true.
 * @returns for each, in their order, whether it may leave
 */
export async function leaves(db: DataSource, now: Date, all: readonly Leaving[]): Promise<boolean[]> {
  const left = await db.transaction(async (tx) => {
    const held = await executeIn<AttemptKey>(tx, HOLD, [
      all.map((l) => l.member_id),
      all.map((l) => l.wave_id),
      all.map((l) => l.step),
      all.map((l) => l.claim),
    ]);
    const keys = new Set(held.map(keyOf));
    const can = all.filter((leaving) => keys.has(keyOf(leaving)));
    if (can.length === 0) return [];
    // A statement of its own: it sees what was committed until the locks were held.
    return executeIn<AttemptKey>(tx, LEAVE, [
      can.map((l) => l.member_id),
      can.map((l) => l.wave_id),
      can.map((l) => l.step),
      can.map((l) => l.fingerprint),
      can.map((l) => l.decidedAt),
      can.map((l) => l.locale),
      can.map((l) => l.messageId),
      can.map((l) => l.linkHash),
      can.map((l) => l.stopHash),
      now,
    ]);
  });
  const keys = new Set(left.map(keyOf));
  return all.map((leaving) => keys.has(keyOf(leaving)));
}

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

const SETTLE = `l AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[],
      $9::int[], $10::uuid[]) AS l(member_id, wave_id, step, state, reason, due_at, event, channel, tries, claim)
  ), settled AS (
    UPDATE contact_attempt a SET state = l.state, reason = l.reason, due_at = coalesce(l.due_at, a.due_at), claim = NULL,
      sent_at = CASE WHEN l.state = 'sent' THEN $11::timestamptz END, tries = coalesce(l.tries, a.tries)
    FROM l WHERE a.member_id = l.member_id AND a.wave_id = l.wave_id AND a.step = l.step
      AND (a.state IN ('sending', 'unknown') OR a.state = 'planned' AND a.claim = l.claim)
    RETURNING a.member_id, a.wave_id, a.step, a.state, a.reason, l.event, l.channel
  ), invited AS (
    UPDATE issued_case c SET state = 'invited' FROM settled s
    WHERE s.state = 'sent' AND c.member_id = s.member_id AND c.wave_id = s.wave_id AND c.state = 'issued' RETURNING c.member_id, c.wave_id
  ), noted AS (
    INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
    SELECT i.member_id, i.wave_id,
           (SELECT coalesce(max(seq), 0) + 1 FROM case_event e WHERE e.member_id = i.member_id AND e.wave_id = i.wave_id),
           'invite', 'invited', $12::date FROM invited i
  )
  ${EVENTS('settled l', 'l.event', 'l.channel', 'l.reason', '$11')} WHERE l.event IS NOT NULL`;

const SETTLE_UNHURRIED: Statement = {
  name: 'contact_settle',
  text: `WITH ${UNHURRIED}, ${SETTLE} AND EXISTS (SELECT FROM unhurried)`,
};

/** Settles attempts, each as far as it is still this preparation's to settle. */
export async function settle(db: DataSource, outcomes: readonly Outcome[], now: Date): Promise<void> {
  await execute(db, SETTLE_UNHURRIED, settled(outcomes, now));
}

/** The same as part of the caller's transaction, for what a person decides. */
export async function settleIn(tx: EntityManager, outcome: Outcome, now: Date): Promise<void> {
  await tx.query(`WITH ${SETTLE}`, settled([outcome], now));
}

const settled = (outcomes: readonly Outcome[], now: Date): unknown[] => [
  outcomes.map((o) => o.member_id),
  outcomes.map((o) => o.wave_id),
  outcomes.map((o) => o.step),
  outcomes.map((o) => o.state),
  outcomes.map((o) => o.reason),
  outcomes.map((o) => o.dueAt),
  outcomes.map((o) => o.event),
  outcomes.map((o) => o.channel),
  outcomes.map((o) => o.tries ?? null),
  outcomes.map((o) => o.claim ?? null),
  now,
  dateOf(now),
];

/** The message came back, and no other channel is left: the case is undeliverable until they open another message. */
export async function markUndeliverable(
  db: DataSource | EntityManager,
  { member_id, wave_id }: Pick<AttemptKey, 'member_id' | 'wave_id'>,
  on: string,
): Promise<void> {
  await db.query(
    `WITH moved AS (
       UPDATE issued_case SET state = 'undeliverable' WHERE member_id = $1 AND wave_id = $2 AND state = ANY($4::text[]) RETURNING 1
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $1 AND wave_id = $2), 'bounce', 'undeliverable', $3
     FROM moved`,
    [member_id, wave_id, on, BOUNCES],
  );
}

const BOUNCES = CASE_STATES.filter(
  (state) => state !== 'undeliverable' && stateAfter(state, 'bounce') === 'undeliverable',
);

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
     ${EVENTS('l', '$4::text', '$5::text', '$6::text', '$7')}`,
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
       ${EVENTS('l', `'unknown'`, 'l.channel', `'interrupted'`, '$2')} RETURNING 1
     ) SELECT count(*)::int AS lapsed FROM l`,
    [claimedBefore, now],
  );
  return rows[0]?.lapsed ?? 0;
}

/** How much is due on a channel, counted up to a limit; nothing while its server is left alone. */
export async function dueCount(db: DataSource, channel: Channel, upTo: number, now: Date): Promise<number> {
  const rows = await db.query<{ due: number }[]>(
    `SELECT count(*)::int AS due FROM (
       SELECT FROM contact_attempt WHERE channel = $1 AND state = 'planned' AND due_at <= $2
         AND NOT EXISTS (SELECT FROM channel_state s WHERE s.channel = $1 AND s.retry_at > $2) LIMIT $3) AS d`,
    [channel, now, upTo],
  );
  return rows[0]?.due ?? 0;
}
