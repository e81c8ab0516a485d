import { type DataSource, type EntityManager } from 'typeorm';
import { type Tombstone } from './tombstone.js';
import { type VaultKeys } from './vault-keys.node.js';
import { MemberErased } from './vault.problems.js';

// In the vault's own database. A name and the owner of a key are two keyed hashes of one member: without the vault's key neither leads to
// the other.

/** Adds to the ledger; who stands in it keeps their day. @returns how many are new */
export async function insertTombstones(vault: DataSource, tombstones: readonly Tombstone[]): Promise<number> {
  const [added] = await vault.query<[{ added: number }]>(
    `WITH added AS (
       INSERT INTO tombstone (name, erased_on)
       SELECT DISTINCT ON (name) decode(name, 'hex'), day FROM unnest($1::text[], $2::date[]) AS t(name, day) ORDER BY name, day
       ON CONFLICT ON CONSTRAINT tombstone_pk DO NOTHING RETURNING 1
     ) SELECT count(*)::int AS added FROM added`,
    [tombstones.map(({ name }) => name), tombstones.map(({ erasedOn }) => erasedOn)],
  );
  return added.added;
}

/** Those of some names that stand in the ledger. */
export async function namesAmong(
  vault: DataSource | EntityManager,
  names: readonly string[],
): Promise<Set<string>> {
  const rows = await vault.query<{ name: string }[]>(
    `SELECT encode(name, 'hex') AS name FROM tombstone
     WHERE name IN (SELECT decode(n, 'hex') FROM unnest($1::text[]) AS n)`,
    [names],
  );
  return new Set(rows.map(({ name }) => name));
}

/** A page of the ledger, in the order of the names, after one of them. */
export const tombstonesAfter = (
  vault: DataSource,
  after: string | undefined,
  limit: number,
): Promise<Tombstone[]> =>
  vault.query(
    `SELECT encode(name, 'hex') AS name, erased_on::text AS "erasedOn" FROM tombstone
     WHERE $1::text IS NULL OR name > decode($1, 'hex') ORDER BY name LIMIT $2`,
    [after ?? null, limit],
  );

/**
 * Has whoever stores an address of an owner and whoever forgets them wait for one another: an address that is stored at the same moment
 * is either forgotten, or refused because the tombstone stands by then.
 */
export async function holdOwner(tx: EntityManager, owner: Buffer): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [owner.readBigInt64BE().toString()]);
}

/** Forgets an owner, with all contact points. */
export async function deleteOwner(tx: EntityManager, owner: Buffer): Promise<void> {
  await tx.query('DELETE FROM member_key WHERE owner = $1', [owner]);
}

/**
 * Lets an address be stored for a member who was not erased, and has an erasure that comes meanwhile wait.
 * @throws MemberErased
 */
export async function mayKeep(tx: EntityManager, keys: VaultKeys, memberId: string): Promise<void> {
  await holdOwner(tx, keys.ownerOf(memberId));
  const name = keys.tombstoneOf(memberId).toString('hex');
  if ((await namesAmong(tx, [name])).has(name)) throw MemberErased({});
}
