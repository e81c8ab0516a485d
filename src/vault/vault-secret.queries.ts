import { type DataSource, type EntityManager } from 'typeorm';
import { newLookupSecret } from './lookup-secret.node.js';
import { type MasterKeys } from './master-keys.node.js';
import { VaultKeys } from './vault-keys.node.js';
import { VaultKeyMissing, VaultKeyWrong, VaultUnreadable } from './vault.problems.js';
import { Problem } from '../kit/problem.js';

/** Shared by whoever stores wrapped keys, until they commit; whoever brings in another master key waits for them. */
const WRAPPING_LOCK = 7_215_015;

const PLACE = { study: '', owner: Buffer.alloc(0), column: 'lookup secret' };

/**
 * All keys of a vault. One that holds nothing yet gets a lookup secret of its own; one that holds people from before there were such
 * secrets goes on with the names that follow from its first master key.
 * @throws VaultKeyMissing; VaultKeyWrong
 */
export async function keysOf(vault: DataSource, master: MasterKeys): Promise<VaultKeys> {
  const kept = await keptSecret(vault.manager, master);
  return new VaultKeys(master, kept ?? (await vault.transaction((tx) => firstSecret(tx, master))));
}

/** @throws VaultKeyMissing; VaultKeyWrong: also where only one of several keys is another one, as some people could not be read then */
async function keptSecret(db: EntityManager, master: MasterKeys): Promise<Buffer | undefined> {
  const rows = await db.query<{ version: number; wrapped: Buffer }[]>(
    'SELECT version, wrapped FROM vault_secret ORDER BY version',
  );
  const newest = rows.at(-1);
  if (!newest) return undefined;
  const secrets = rows
    .filter(({ version }) => master.has(version))
    .map(({ version, wrapped }) => unwrapped(master, version, wrapped));
  if (!secrets[0]) throw VaultKeyMissing({ version: newest.version });
  return secrets[0];
}

function unwrapped(master: MasterKeys, version: number, wrapped: Buffer): Buffer {
  try {
    return master.unwrap(version, wrapped, PLACE);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === VaultUnreadable.code) throw VaultKeyWrong({ version });
    throw cause;
  }
}

async function firstSecret(tx: EntityManager, master: MasterKeys): Promise<Buffer> {
  await tx.query('SELECT pg_advisory_xact_lock($1)', [WRAPPING_LOCK]);
  const kept = await keptSecret(tx, master); // another process was first
  if (kept) return kept;
  const [{ used } = { used: true }] = await tx.query<{ used: boolean }[]>(
    `SELECT EXISTS (SELECT FROM member_key) OR EXISTS (SELECT FROM suppressed_address) OR EXISTS (SELECT FROM tombstone) AS used`,
  );
  if (used) return master.firstLookupSecret();
  const secret = newLookupSecret();
  await storeSecret(tx, master, secret);
  return secret;
}

/** Wraps the lookup secret by the newest master key, too. From its commit on, nobody stores keys who lacks this one. */
export async function storeSecret(tx: EntityManager, master: MasterKeys, secret: Buffer): Promise<void> {
  await tx.query('INSERT INTO vault_secret (version, wrapped) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    master.newest,
    master.wrap(secret, PLACE),
  ]);
}

/**
 * Lets a transaction store wrapped keys, which a newer master key than those of this process must not overtake.
 * @throws VaultKeyMissing
 */
export async function mayWrap(tx: EntityManager, master: MasterKeys): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock_shared($1)', [WRAPPING_LOCK]);
  const [found] = await tx.query<{ version: number | null }[]>(
    'SELECT max(version) AS version FROM vault_secret',
  );
  if (found?.version && found.version > master.newest) throw VaultKeyMissing({ version: found.version });
}

/** Waits until every transaction has ended that began to store keys before now. */
export async function awaitWrapping(vault: DataSource): Promise<void> {
  await vault.transaction((tx) => tx.query('SELECT pg_advisory_xact_lock($1)', [WRAPPING_LOCK]));
}

/** Forgets the lookup secret under older master keys. */
export async function dropOlderSecrets(vault: DataSource, newest: number): Promise<void> {
  await vault.query('DELETE FROM vault_secret WHERE version < $1', [newest]);
}
