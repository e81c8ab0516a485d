import { type DataSource, type EntityManager } from 'typeorm';

/**
 * Uses a proof of a mailbox up: of two at once, one gets it.
 * @param ofChange  whether it is to prove a new address
 */
export async function takeProof(
  tx: EntityManager,
  tokenHash: Buffer,
  now: Date,
  ofChange: boolean,
): Promise<{ memberId: string; studyId: string; changeId: string | null } | undefined> {
  const rows = await tx.query<{ memberId: string; studyId: string; changeId: string | null }[]>(
    `WITH taken AS (
       DELETE FROM rights_link WHERE token_hash = $1 AND expires_at > $2 AND (change_id IS NOT NULL) = $3
       RETURNING member_id, change_id
     ) SELECT t.member_id AS "memberId", m.study_id AS "studyId", t.change_id AS "changeId"
       FROM taken t JOIN member m ON m.id = t.member_id`,
    [tokenHash, now, ofChange],
  );
  return rows[0];
}

export async function beginOwnSession(
  tx: EntityManager,
  session: { tokenHash: Buffer; memberId: string; idleUntil: Date; endsAt: Date },
): Promise<void> {
  await tx.query(
    'INSERT INTO rights_session (token_hash, member_id, idle_until, ends_at) VALUES ($1, $2, $3, $4)',
    [session.tokenHash, session.memberId, session.idleUntil, session.endsAt],
  );
}

/** Whose session it is, which goes on by that; undefined for one that has ended. */
export async function keepOwnSession(
  db: DataSource,
  tokenHash: Buffer,
  now: Date,
  idleUntil: Date,
): Promise<string | undefined> {
  const rows = await db.query<{ member_id: string }[]>(
    `WITH kept AS (
       UPDATE rights_session SET idle_until = $3 WHERE token_hash = $1 AND idle_until > $2 AND ends_at > $2
       RETURNING member_id
     ) SELECT member_id FROM kept`,
    [tokenHash, now, idleUntil],
  );
  return rows[0]?.member_id;
}

export async function endOwnSession(db: DataSource, tokenHash: Buffer): Promise<void> {
  await db.query('DELETE FROM rights_session WHERE token_hash = $1', [tokenHash]);
}
