import { type DataSource, type EntityManager } from 'typeorm';
import { type Pause, type PauseAskedBy } from './pause.js';

/** A pause as it is kept. */
export interface KeptPause extends Pause {
  askedBy: PauseAskedBy;
}

/** A member's pauses in the order in which they were asked for. */
export const pausesOf = (db: DataSource | EntityManager, memberId: string): Promise<KeptPause[]> =>
  db.query(
    `SELECT from_on::text AS "fromOn", until_on::text AS "untilOn", asked_by AS "askedBy"
     FROM member_pause WHERE member_id = $1 ORDER BY seq`,
    [memberId],
  );

/** Adds a pause; the caller holds the member's lock, so that no number is taken twice. */
export async function addPause(
  tx: EntityManager,
  memberId: string,
  { fromOn, untilOn }: Pause,
  askedBy: PauseAskedBy,
): Promise<void> {
  await tx.query(
    `INSERT INTO member_pause (member_id, seq, from_on, until_on, asked_by)
     SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4 FROM member_pause WHERE member_id = $1`,
    [memberId, fromOn, untilOn, askedBy],
  );
}

/**
 * Ends on a day what goes on beyond it; what would begin on that day or later is let go. Messages that waited are looked at anew.
 * @param own  only what the member asked for and what has begun by then
 * @returns how many pauses that were
 */
export async function endPauses(
  tx: EntityManager,
  memberId: string,
  today: string,
  own: boolean,
): Promise<number> {
  const rows = await tx.query<{ ended: number }[]>(
    `WITH meant AS (
       SELECT seq, from_on FROM member_pause
       WHERE member_id = $1 AND (until_on IS NULL OR until_on > $2) AND (NOT $3 OR asked_by = 'respondent' AND from_on <= $2)
     ), ended AS (
       UPDATE member_pause p SET until_on = $2 FROM meant m WHERE p.member_id = $1 AND p.seq = m.seq AND m.from_on < $2
     ), gone AS (
       DELETE FROM member_pause p USING meant m WHERE p.member_id = $1 AND p.seq = m.seq AND m.from_on >= $2
     ), waiting AS (
       UPDATE contact_attempt SET due_at = falls_due_at, claim = NULL
       WHERE member_id = $1 AND state = 'planned' AND due_at > falls_due_at AND EXISTS (SELECT FROM meant)
     )
     SELECT count(*)::int AS ended FROM meant`,
    [memberId, today, own],
  );
  return rows[0]?.ended ?? 0;
}
