import { type DataSource, type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';
import { type AttemptKey } from './attempt.js';
import { noteEvents } from './attempt.queries.js';

/** A message that may have left or not. */
export interface UnknownAttempt {
  memberId: string;
  step: string;
  channel: Channel;
  /** When it left, if it did. */
  leftAt: Date | null;
  /** A code, such as `interrupted` or `after_restore`. */
  reason: string | null;
}

export const unknownAttempts = (db: DataSource, waveId: string): Promise<UnknownAttempt[]> =>
  db.query(
    `SELECT member_id AS "memberId", step, channel, claimed_at AS "leftAt", reason FROM contact_attempt
     WHERE wave_id = $1 AND state = 'unknown' ORDER BY claimed_at, member_id, step`,
    [waveId],
  );

export async function lockAttempt(
  tx: EntityManager,
  { member_id, wave_id, step }: AttemptKey,
): Promise<{ state: string; channel: Channel; claimed_at: Date | null } | undefined> {
  const rows = await tx.query<{ state: string; channel: Channel; claimed_at: Date | null }[]>(
    `SELECT state, channel, claimed_at FROM contact_attempt WHERE member_id = $1 AND wave_id = $2 AND step = $3 FOR UPDATE`,
    [member_id, wave_id, step],
  );
  return rows[0];
}

/** Plans a message anew, due now. */
export async function planAnew(
  tx: EntityManager,
  { member_id, wave_id, step }: AttemptKey,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE contact_attempt SET state = 'planned', reason = NULL, claim = NULL, claimed_at = NULL, sent_at = NULL,
       falls_due_at = $4, due_at = $4 WHERE member_id = $1 AND wave_id = $2 AND step = $3`,
    [member_id, wave_id, step, now],
  );
}

/** Notes what staff decided, and who. */
export async function noteDecision(
  tx: EntityManager,
  { member_id, wave_id, step }: AttemptKey,
  { event, channel, by }: { event: string; channel: Channel; by: string },
  now: Date,
): Promise<void> {
  await tx.query(
    `WITH l AS (SELECT $1::uuid AS member_id, $2::text AS wave_id, $3::text AS step)
     ${noteEvents('l', { event: '$4::text', channel: '$5::text', decidedBy: '$6::text', at: '$7' })}`,
    [member_id, wave_id, step, event, channel, by, now],
  );
}
