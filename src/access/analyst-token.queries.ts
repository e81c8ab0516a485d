import { type DataSource, type EntityManager } from 'typeorm';
import { type AnalystToken, type ReleaseKind } from './analyst-token.js';

type Db = DataSource | EntityManager;

const TOKEN = `t.id, t.study_id AS "studyId", study.code AS study, t.kind, t.name, t.created_at AS "createdAt", t.expires_at AS "expiresAt",
  t.revoked_at AS "revokedAt", t.used_on AS "usedOn"`;
const FROM = 'FROM analyst_token t JOIN study ON study.id = t.study_id';

export interface NewAnalystToken {
  id: string;
  studyId: string;
  kind: ReleaseKind;
  name: string;
  tokenHash: Buffer;
  createdAt: Date;
  expiresAt: Date;
}

export const insertToken = (tx: EntityManager, token: NewAnalystToken): Promise<unknown> =>
  tx.query(
    `INSERT INTO analyst_token (id, study_id, kind, name, token_hash, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [token.id, token.studyId, token.kind, token.name, token.tokenHash, token.createdAt, token.expiresAt],
  );

/** A token by its hash, whatever became of it: who asks with one that has ended costs as much as who guesses. */
export async function tokenByHash(db: Db, tokenHash: Buffer): Promise<AnalystToken | undefined> {
  const rows = await db.query<AnalystToken[]>(`SELECT ${TOKEN} ${FROM} WHERE t.token_hash = $1`, [tokenHash]);
  return rows[0];
}

/** @param id  a UUID */
export async function tokenById(db: Db, id: string): Promise<AnalystToken | undefined> {
  const rows = await db.query<AnalystToken[]>(`SELECT ${TOKEN} ${FROM} WHERE t.id = $1`, [id]);
  return rows[0];
}

/** The tokens of a study, or of all where it is null, in the order in which they were made. */
export const listTokens = (db: Db, studyId: string | null): Promise<AnalystToken[]> =>
  db.query(`SELECT ${TOKEN} ${FROM} WHERE $1::text IS NULL OR t.study_id = $1 ORDER BY t.created_at, t.id`, [
    studyId,
  ]);

/** Revokes a token. @returns whether it had not been revoked */
export async function revokeToken(tx: EntityManager, id: string, now: Date): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `WITH gone AS (UPDATE analyst_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING id)
     SELECT id FROM gone`,
    [id, now],
  );
  return rows.length > 0;
}

/** Revokes all tokens of a study that have not ended. @returns them */
export const revokeTokensOf = (
  tx: EntityManager,
  studyId: string,
  now: Date,
): Promise<{ id: string; kind: ReleaseKind }[]> =>
  tx.query(
    `WITH gone AS (
       UPDATE analyst_token SET revoked_at = $2 WHERE study_id = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING id, kind, created_at)
     SELECT id, kind FROM gone ORDER BY created_at, id`,
    [studyId, now],
  );

/** Notes the last day of use. */
export const noteUse = (db: Db, id: string, on: string): Promise<unknown> =>
  db.query('UPDATE analyst_token SET used_on = $2 WHERE id = $1', [id, on]);
