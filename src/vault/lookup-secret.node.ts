import { hkdfSync, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;

/** The keys of whatever must be found again under every master key. */
export type LookupKeys = Record<'owner' | 'index' | 'sealing' | 'tombstone', Buffer>;

/** 96 bytes: three keys in a row, so that a vault from before can keep those that it has. */
export const newLookupSecret = (): Buffer => randomBytes(3 * KEY_BYTES);

/** The keys in a lookup secret; that of tombstones is derived from all of it (HKDF, RFC 5869). */
export function lookupKeys(secret: Buffer): LookupKeys {
  const part = (nr: number) => secret.subarray(nr * KEY_BYTES, (nr + 1) * KEY_BYTES);
  const tombstone = Buffer.from(hkdfSync('sha256', secret, '', 'onward vault tombstone', KEY_BYTES));
  return { owner: part(0), index: part(1), sealing: part(2), tombstone };
}
