import { type DataSource, type EntityManager } from 'typeorm';
import { IDLE_MS, type Stage, type StaffSession } from './staff-session.js';

type Db = DataSource | EntityManager;

export interface NewSession {
  tokenHash: Buffer;
  accountId: string;
  stage: Stage;
  endsAt: Date;
  provenUntil?: Date;
  /** In the stage `enrolment`: the password that was chosen; null where the old one stays. */
  passwordHash?: string | null;
}

/** Begins a session, and clears away those that are over. */
export async function insertSession(tx: Db, session: NewSession, now: Date): Promise<void> {
  await tx.query('DELETE FROM staff_session WHERE ends_at <= $1 OR seen_at <= $2', [now, idleSince(now)]);
  await tx.query(
    `INSERT INTO staff_session (token_hash, account_id, stage, seen_at, ends_at, proven_until, password_hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      session.tokenHash,
      session.accountId,
      session.stage,
      now,
      session.endsAt,
      session.provenUntil ?? null,
      session.passwordHash ?? null,
    ],
  );
}

const idleSince = (now: Date) => new Date(now.getTime() - IDLE_MS);

/** The session of a token, unless it is over or its account closed; being asked for keeps it from idling out. */
export async function seenSession(db: Db, tokenHash: Buffer, now: Date): Promise<StaffSession | undefined> {
  const rows = await db.query<StaffSession[]>(
    `WITH seen AS (
       UPDATE staff_session s SET seen_at = greatest(s.seen_at, $2) FROM staff_account a
       WHERE s.token_hash = $1 AND a.id = s.account_id AND a.revoked_at IS NULL AND s.ends_at > $2 AND s.seen_at > $3
       RETURNING s.account_id, s.stage, s.proven_until)
     SELECT account_id AS "accountId", stage, proven_until AS "provenUntil",
       (SELECT coalesce(json_agg(json_build_object('role', g.role, 'studyId', g.study_id, 'studyCode', study.code)), '[]')
        FROM staff_grant g LEFT JOIN study ON study.id = g.study_id
        WHERE g.account_id = seen.account_id AND seen.stage = 'signed_in') AS grants
     FROM seen`,
    [tokenHash, now, idleSince(now)],
  );
  return rows[0];
}

export async function accountOfSession(db: Db, tokenHash: Buffer): Promise<string | undefined> {
  const rows = await db.query<{ id: string }[]>(
    'SELECT account_id AS id FROM staff_session WHERE token_hash = $1',
    [tokenHash],
  );
  return rows[0]?.id;
}

export interface OpenSession {
  accountId: string;
  stage: Stage;
  challenge: string | null;
  passwordHash: string | null;
  totpSecret: Buffer | null;
}

/** A session in one of these stages; locked until the transaction ends. */
export async function lockedSession(
  tx: EntityManager,
  tokenHash: Buffer,
  stages: readonly Stage[],
  now: Date,
): Promise<OpenSession | undefined> {
  const rows = await tx.query<OpenSession[]>(
    `SELECT account_id AS "accountId", stage, challenge, password_hash AS "passwordHash", totp_secret AS "totpSecret"
     FROM staff_session WHERE token_hash = $1 AND stage = ANY ($2) AND ends_at > $3 AND seen_at > $4 FOR UPDATE`,
    [tokenHash, stages, now, idleSince(now)],
  );
  return rows[0];
}

/** What a passkey is to sign in this session. The page that is shown after a failure asks for another; a success gives the session another token. */
export const setChallenge = (db: Db, tokenHash: Buffer, challenge: string): Promise<unknown> =>
  db.query('UPDATE staff_session SET challenge = $2 WHERE token_hash = $1', [tokenHash, challenge]);

export const setOfferedSecret = (db: Db, tokenHash: Buffer, sealed: Buffer): Promise<unknown> =>
  db.query('UPDATE staff_session SET totp_secret = $2 WHERE token_hash = $1', [tokenHash, sealed]);

/** Gives a session another token; its end stays where it was. */
export const rotateSession = (
  tx: EntityManager,
  tokenHash: Buffer,
  next: Buffer,
  provenUntil: Date,
): Promise<unknown> =>
  tx.query(
    'UPDATE staff_session SET token_hash = $2, proven_until = $3, challenge = NULL WHERE token_hash = $1',
    [tokenHash, next, provenUntil],
  );

export const deleteSession = (db: Db, tokenHash: Buffer): Promise<unknown> =>
  db.query('DELETE FROM staff_session WHERE token_hash = $1', [tokenHash]);

/** Signs everybody out. @returns how many sessions there were */
export async function deleteAllSessions(tx: EntityManager): Promise<number> {
  const [row] = await tx.query<{ count: number }[]>(
    'WITH gone AS (DELETE FROM staff_session RETURNING 1) SELECT count(*)::int AS count FROM gone',
  );
  return row?.count ?? 0;
}

export const deleteSessionsOf = (db: Db, accountId: string): Promise<unknown> =>
  db.query('DELETE FROM staff_session WHERE account_id = $1', [accountId]);
