import { type DataSource, type EntityManager } from 'typeorm';
import { dateOf } from '../kit/clock.js';
import { execute, executeIn, type Statement } from '../kit/statement.queries.js';
import { type AttemptKey, nameOf } from './attempt.js';
import { noteEvents, UNHURRIED } from './attempt.queries.js';
import { factsSql } from './facts.queries.js';
import { type Outcome } from './outcome.js';

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
    const keys = new Set(held.map(nameOf));
    const can = all.filter((leaving) => keys.has(nameOf(leaving)));
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
  const keys = new Set(left.map(nameOf));
  return all.map((leaving) => keys.has(nameOf(leaving)));
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
  ${noteEvents('settled l', { event: 'l.event', channel: 'l.channel', reason: 'l.reason', at: '$11' })} WHERE l.event IS NOT NULL`;

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
