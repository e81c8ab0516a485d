import { type DataSource, type EntityManager } from 'typeorm';
import { type MemberStatus } from '../panel/member-status.js';
import { type Channel } from '../study/channel.js';
import { type CaseState } from '../wave/case-state.js';

/** The case that a personal link opens, and how the link came. */
export interface PutOffCase {
  member_id: string;
  wave_id: string;
  member_status: MemberStatus;
  case_state: CaseState;
  submitted: boolean;
  revoked: boolean;
  opened_at: Date | null;
  closes_at: Date | null;
  closed_at: Date | null;
  channel: Channel;
}

const CASE = `
  SELECT c.member_id, c.wave_id, m.status AS member_status, c.state AS case_state, r.submitted_on IS NOT NULL AS submitted, l.revoked,
         w.opened_at, coalesce(c.closes_at, w.closes_at) AS closes_at, w.closed_at,
         CASE a.channel WHEN 'telegram' THEN 'telegram' ELSE 'email' END AS channel
  FROM personal_link l
  JOIN issued_case c USING (member_id, wave_id)
  JOIN member m ON m.id = l.member_id
  JOIN wave w ON w.id = l.wave_id
  LEFT JOIN response r ON r.member_id = l.member_id AND r.wave_id = l.wave_id
  LEFT JOIN contact_attempt a ON a.member_id = l.member_id AND a.wave_id = l.wave_id AND a.step = l.step
  WHERE l.token_hash = $1`;

/** The case behind a link. A link that came on paper, or was asked for, is reminded of by e-mail. */
export async function putOffCase(db: DataSource, tokenHash: Buffer): Promise<PutOffCase | undefined> {
  const rows = await db.query<PutOffCase[]>(CASE, [tokenHash]);
  return rows[0];
}

/** The same with its case locked: it neither ends nor is put off by another request meanwhile. */
export async function lockPutOffCase(tx: EntityManager, tokenHash: Buffer): Promise<PutOffCase | undefined> {
  const rows = await tx.query<PutOffCase[]>(`${CASE} FOR NO KEY UPDATE OF c`, [tokenHash]);
  return rows[0];
}

/**
 * Plans the reminder that a person asked for, and holds the plan's own until then. One that is still planned is moved, also where it is
 * being prepared: its claim is gone, so it does not leave.
 * @returns false where so many were asked for already: nothing has changed
 */
export async function planAskedReminder(
  tx: EntityManager,
  { member_id, wave_id, channel }: PutOffCase,
  at: Date,
  most: number,
): Promise<boolean> {
  const rows = await tx.query<{ held: number }[]>(
    `WITH moved AS (
       UPDATE contact_attempt SET falls_due_at = $3, due_at = $3, channel = $4, claim = NULL, reason = NULL
       WHERE member_id = $1 AND wave_id = $2 AND step ~ '^asked-[0-9]+$' AND state = 'planned' RETURNING 1
     ), added AS (
       INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at)
       SELECT $1, $2, 'asked-' || count(*) + 1, 'planned', $4, $3, $3 FROM contact_attempt
       WHERE member_id = $1 AND wave_id = $2 AND step ~ '^asked-[0-9]+$'
       HAVING count(*) < $5 AND NOT EXISTS (SELECT FROM moved)
       RETURNING 1
     ), held AS (
       UPDATE issued_case SET remind_at = $3
       WHERE member_id = $1 AND wave_id = $2 AND (EXISTS (SELECT FROM moved) OR EXISTS (SELECT FROM added)) RETURNING 1
     )
     SELECT count(*)::int AS held FROM held`,
    [member_id, wave_id, at, channel, most],
  );
  return rows[0]?.held === 1;
}
