import { type DataSource, type EntityManager } from 'typeorm';
import { dateOf } from '../kit/clock.js';
import { type Channel } from '../study/channel.js';
import { type AttemptKey, nameOf } from './attempt.js';
import { noteEvents, UNHURRIED } from './attempt.queries.js';
import { factsOfAttempts } from './facts.queries.js';
import { type DueRow, type Look } from './look.js';
import { markUndeliverable } from './undeliverable.queries.js';

/** An attempt that is held, as it stands. */
interface HeldAttempt extends AttemptKey {
  channel: Channel;
  tries: number;
  reason: string | null;
}

const HELD = `SELECT a.member_id, a.wave_id, a.step, a.channel, a.tries, a.reason
     FROM contact_attempt a
     JOIN issued_case c ON c.member_id = a.member_id AND c.wave_id = a.wave_id
     JOIN member m ON m.id = a.member_id
     WHERE a.state = 'planned' AND a.due_at <= $1`;
const HOLDING = 'FOR UPDATE OF a, c SKIP LOCKED FOR NO KEY UPDATE OF m SKIP LOCKED';

/**
 * A member's messages are taken up in turn: one that fell due before and can be sent now, or is being prepared, goes first, by whatever
 * channel. Caps then count the same messages in the dry run and here. The order is that of `inTurn` in `contact.service.ts`.
 */
const ITS_TURN = `NOT EXISTS (
       SELECT FROM contact_attempt e WHERE e.member_id = a.member_id AND e.state = 'planned'
         AND (e.claim IS NOT NULL AND e.due_at > $1
           OR e.due_at <= $1 AND e.channel = ANY($4::text[])
             AND (e.falls_due_at, e.wave_id COLLATE "C", e.step COLLATE "C")
               < (a.falls_due_at, a.wave_id COLLATE "C", a.step COLLATE "C")
             AND NOT EXISTS (SELECT FROM channel_state s WHERE s.channel = e.channel AND s.retry_at > $1)))`;

export interface DueWish {
  channel: Channel;
  limit: number;
  now: Date;
  /** `elsewhere`: only those to members who have no address on the channel. */
  which: 'all' | 'elsewhere';
  /** Those that send by themselves here. */
  channels: readonly Channel[];
}

const ELSEWHERE = 'AND NOT ($2 = ANY(m.channels))';

/**
 * Up to `limit` of a channel's longest-overdue attempts whose turn it is. What another process holds (a claim, a submission, a
 * withdrawal) is left for the next look.
 */
export async function lockDue(
  tx: EntityManager,
  { channel, limit, now, which, channels }: DueWish,
): Promise<DueRow[]> {
  const held = await tx.query<HeldAttempt[]>(
    `WITH ${UNHURRIED} ${HELD} AND a.channel = $2 AND EXISTS (SELECT FROM unhurried) AND ${ITS_TURN}
       ${which === 'all' ? '' : ELSEWHERE}
     ORDER BY a.due_at LIMIT $3 ${HOLDING}`,
    [now, channel, limit, channels],
  );
  return dueRows(tx, held, now);
}

/**
 * The due attempts of a wave that are planned for paper, or are to members who can be written to on paper. What another process holds is
 * left for the next export.
 */
export async function lockDueOnPaper(tx: EntityManager, waveId: string, now: Date): Promise<DueRow[]> {
  const held = await tx.query<HeldAttempt[]>(
    `${HELD} AND a.wave_id = $2 AND (a.channel = 'letter' OR 'letter' = ANY(m.channels))
     ORDER BY a.due_at, a.member_id, a.step ${HOLDING}`,
    [now, waveId],
  );
  return dueRows(tx, held, now);
}

/** The facts are read after the locks are held, so they are those that every commit before has left. */
async function dueRows(tx: EntityManager, held: readonly HeldAttempt[], now: Date): Promise<DueRow[]> {
  const facts = new Map((await factsOfAttempts(tx, held, now)).map((row) => [nameOf(row), row]));
  const claims = await tx.query<{ member_id: string }[]>(
    `SELECT DISTINCT member_id FROM contact_attempt
     WHERE member_id = ANY($1::uuid[]) AND state = 'planned' AND claim IS NOT NULL AND due_at > $2`,
    [held.map(({ member_id }) => member_id), now],
  );
  const busy = new Set(claims.map(({ member_id }) => member_id));
  return held.flatMap(({ reason, ...attempt }) => {
    const row = facts.get(nameOf(attempt));
    return row ? [{ ...row, ...attempt, last_reason: reason, busy: busy.has(row.member_id) }] : [];
  });
}

/** Notes looks at attempts, and what became of those that go out no more: where no channel is left, the case is undeliverable. */
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
     ${noteEvents('look l JOIN noted n USING (member_id, wave_id, step)', {
       event: 'l.event',
       channel: 'l.channel',
       reason: 'coalesce(l.words, l.reason)',
       at: '$11',
     })}
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
  for (const look of looks.filter(({ state }) => state === 'failed'))
    await markUndeliverable(db, look, dateOf(now));
}
