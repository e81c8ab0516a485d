import { type DataSource, type EntityManager } from 'typeorm';
import { type WrappedKey } from './vault-keys.node.js';

/** A member's key that an older master key wraps. */
export type OlderKey = WrappedKey & { owner: Buffer };

const OLDER = `SELECT owner, wrapped_key, master_version FROM member_key
  WHERE master_version < $1 AND ($2::bytea IS NULL OR owner > $2) ORDER BY owner LIMIT $3 FOR NO KEY UPDATE`;

/** Locks some keys that older master keys wrap, after an owner; those that somebody holds just now are left out. */
export const lockOlderKeys = (
  tx: EntityManager,
  newest: number,
  after: Buffer | undefined,
  limit: number,
): Promise<OlderKey[]> => tx.query(`${OLDER} SKIP LOCKED`, [newest, after ?? null, limit]);

/** The same for one key alone, and waits for whoever holds it: who holds nothing else keeps nobody waiting in a circle. */
export const awaitOlderKey = (
  tx: EntityManager,
  newest: number,
  after: Buffer | undefined,
): Promise<OlderKey[]> => tx.query(OLDER, [newest, after ?? null, 1]);

const SAMPLE = 1000;

/** Some keys that a master key wraps. */
export const someKeys = (vault: DataSource, version: number): Promise<OlderKey[]> =>
  vault.query(
    'SELECT owner, wrapped_key, master_version FROM member_key WHERE master_version = $1 ORDER BY owner LIMIT $2',
    [version, SAMPLE],
  );

export async function rewrapKeys(
  tx: EntityManager,
  keys: { owner: Buffer; wrapped: WrappedKey }[],
): Promise<void> {
  await tx.query(
    `UPDATE member_key AS k SET wrapped_key = w.wrapped_key, master_version = w.master_version
     FROM unnest($1::bytea[], $2::bytea[], $3::int[]) AS w(owner, wrapped_key, master_version) WHERE k.owner = w.owner`,
    [
      keys.map(({ owner }) => owner),
      keys.map(({ wrapped }) => wrapped.wrapped_key),
      keys.map(({ wrapped }) => wrapped.master_version),
    ],
  );
}

/** What each master key wraps: members' keys, and whether the lookup secret; the newest first. */
export const wrappedByVersion = (
  vault: DataSource,
): Promise<{ version: number; members: number; lookupSecret: boolean }[]> =>
  vault.query(
    `SELECT version, coalesce(k.members, 0) AS members, s.version IS NOT NULL AS "lookupSecret"
     FROM (SELECT master_version AS version, count(*)::int AS members FROM member_key GROUP BY 1) AS k
     FULL JOIN vault_secret AS s USING (version) ORDER BY version DESC`,
  );

/** How many keys older master keys wrap. */
export async function countOlderKeys(vault: DataSource, newest: number): Promise<number> {
  const [{ older } = { older: 0 }] = await vault.query<{ older: number }[]>(
    'SELECT count(*)::int AS older FROM member_key WHERE master_version < $1',
    [newest],
  );
  return older;
}

/** The studies of the main database, by one of which each key was wrapped. */
export async function studyIds(db: DataSource): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>('SELECT id FROM study ORDER BY loaded_at, id');
  return rows.map(({ id }) => id);
}
