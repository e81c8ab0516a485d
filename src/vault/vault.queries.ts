import { type DataSource, type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';
import { type WrappedKey } from './vault-keys.node.js';

// All of this is the vault's own database: owners and blind indexes are keyed hashes, values are encrypted.

/** A contact point as it is stored. */
export interface ContactPoint {
  owner: Buffer;
  channel: Channel;
  value: Buffer;
  index: Buffer;
}

/** What an address is looked up by. */
export type Indexed = Pick<ContactPoint, 'channel' | 'index'>;

/** Why an address must not be written to. */
export type SuppressionReason = 'bounced' | 'complaint' | 'staff';

export async function insertKeys(
  tx: EntityManager,
  keys: { owner: Buffer; wrapped: WrappedKey }[],
): Promise<void> {
  await tx.query(
    `INSERT INTO member_key (owner, wrapped_key, master_version)
     SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::int[])`,
    [
      keys.map(({ owner }) => owner),
      keys.map(({ wrapped }) => wrapped.wrapped_key),
      keys.map(({ wrapped }) => wrapped.master_version),
    ],
  );
}

export async function insertPoints(tx: EntityManager, points: ContactPoint[]): Promise<void> {
  await tx.query(
    `INSERT INTO contact_point (owner, channel, value, blind_index)
     SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[])`,
    [
      points.map((point) => point.owner),
      points.map((point) => point.channel),
      points.map((point) => point.value),
      points.map((point) => point.index),
    ],
  );
}

/** The key of an owner, locked; `fresh` becomes it where they have none. */
export async function lockKey(tx: EntityManager, owner: Buffer, fresh: WrappedKey): Promise<WrappedKey> {
  await tx.query(
    `INSERT INTO member_key (owner, wrapped_key, master_version) VALUES ($1, $2, $3) ON CONFLICT (owner) DO NOTHING`,
    [owner, fresh.wrapped_key, fresh.master_version],
  );
  const rows = await tx.query<WrappedKey[]>(
    'SELECT wrapped_key, master_version FROM member_key WHERE owner = $1 FOR NO KEY UPDATE',
    [owner],
  );
  return rows[0] ?? fresh;
}

/** Adds a contact point, or replaces the owner's on the same channel. */
export async function replacePoint(
  tx: EntityManager,
  { owner, channel, value, index }: ContactPoint,
): Promise<void> {
  await tx.query(
    `INSERT INTO contact_point (owner, channel, value, blind_index) VALUES ($1, $2, $3, $4)
     ON CONFLICT ON CONSTRAINT contact_point_pk DO UPDATE SET value = excluded.value, blind_index = excluded.blind_index`,
    [owner, channel, value, index],
  );
}

export async function deletePoint(vault: DataSource, owner: Buffer, channel: Channel): Promise<void> {
  await vault.query('DELETE FROM contact_point WHERE owner = $1 AND channel = $2', [owner, channel]);
}

/** A contact point with the key that opens it, and whether its address is on the suppression list. */
export type FoundPoint = WrappedKey & { nr: number; value: Buffer; suppressed: boolean };

/** Those that there are of some owners' contact points; `nr` is the place in the list, from 1. */
export async function pointsOf(
  vault: DataSource,
  wanted: { owner: Buffer; channel: Channel }[],
): Promise<FoundPoint[]> {
  return vault.query(
    `SELECT w.nr, k.wrapped_key, k.master_version, p.value, s.channel IS NOT NULL AS suppressed
     FROM unnest($1::bytea[], $2::text[]) WITH ORDINALITY AS w(owner, channel, nr)
     JOIN contact_point p USING (owner, channel)
     JOIN member_key k USING (owner)
     LEFT JOIN suppressed_address s ON s.channel = p.channel AND s.blind_index = p.blind_index`,
    [wanted.map(({ owner }) => owner), wanted.map(({ channel }) => channel)],
  );
}

/** Whose some addresses are, in no order; those of nobody are left out. */
export async function ownersOf(vault: DataSource, addresses: Indexed[]): Promise<Buffer[]> {
  const rows = await vault.query<{ owner: Buffer }[]>(
    `SELECT owner FROM contact_point
     WHERE (channel, blind_index) IN (SELECT * FROM unnest($1::text[], $2::bytea[]))`,
    [addresses.map(({ channel }) => channel), addresses.map(({ index }) => index)],
  );
  return rows.map(({ owner }) => owner);
}

/** Forgets owners, with all their contact points. */
export async function deleteOwners(vault: DataSource, owners: Buffer[]): Promise<void> {
  await vault.query('DELETE FROM member_key WHERE owner = ANY($1::bytea[])', [owners]);
}

/** A complaint stays one, whatever else is said of the address later. */
const KEEP_THE_GRAVEST = `ON CONFLICT ON CONSTRAINT suppressed_address_pk DO UPDATE SET reason = excluded.reason
  WHERE suppressed_address.reason <> 'complaint'`;

export async function suppressIndex(
  vault: DataSource,
  { channel, index }: Indexed,
  reason: SuppressionReason,
): Promise<void> {
  await vault.query(
    `INSERT INTO suppressed_address (channel, blind_index, reason) VALUES ($1, $2, $3) ${KEEP_THE_GRAVEST}`,
    [channel, index, reason],
  );
}

/** Suppresses what stands as the owner's address now; nothing where there is none. */
export async function suppressPoint(
  vault: DataSource,
  owner: Buffer,
  channel: Channel,
  reason: SuppressionReason,
): Promise<void> {
  await vault.query(
    `INSERT INTO suppressed_address (channel, blind_index, reason)
     SELECT channel, blind_index, $3 FROM contact_point WHERE owner = $1 AND channel = $2 ${KEEP_THE_GRAVEST}`,
    [owner, channel, reason],
  );
}

export async function unsuppressIndex(vault: DataSource, { channel, index }: Indexed): Promise<void> {
  await vault.query('DELETE FROM suppressed_address WHERE channel = $1 AND blind_index = $2', [
    channel,
    index,
  ]);
}

/** Which of some addresses are on the suppression list, in their order. */
export async function areSuppressed(vault: DataSource, addresses: Indexed[]): Promise<boolean[]> {
  const rows = await vault.query<{ suppressed: boolean }[]>(
    `SELECT s.channel IS NOT NULL AS suppressed
     FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS w(channel, blind_index, nr)
     LEFT JOIN suppressed_address s USING (channel, blind_index)
     ORDER BY w.nr`,
    [addresses.map(({ channel }) => channel), addresses.map(({ index }) => index)],
  );
  return rows.map(({ suppressed }) => suppressed);
}

export async function markOf(vault: DataSource): Promise<bigint> {
  const rows = await vault.query<{ mark: string }[]>('SELECT mark::text AS mark FROM sending_mark');
  return BigInt(rows[0]?.mark ?? 0);
}

/** Counts on to a mark; never back. */
export async function countMark(vault: DataSource, to: bigint): Promise<void> {
  await vault.query(
    `INSERT INTO sending_mark (single, mark) VALUES (true, $1)
     ON CONFLICT ON CONSTRAINT sending_mark_pk DO UPDATE SET mark = greatest(sending_mark.mark, excluded.mark)`,
    [to.toString()],
  );
}
