import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Problem } from '../kit/problem.js';
import { VaultUnreadable } from './vault.problems.js';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a ciphertext belongs to; bound to it as additional data, so that ciphertexts cannot be swapped. */
export interface Place {
  study: string;
  owner: Buffer;
  column: string;
  keyVersion: number;
}

const associated = (place: Place) =>
  Buffer.from(JSON.stringify([place.study, place.owner.toString('hex'), place.column, place.keyVersion]));

/**
 * AES-256-GCM (NIST SP 800-38D) with a fresh 96-bit nonce.
 * @returns  version byte, nonce, tag, ciphertext
 */
export function seal(key: Buffer, plain: Buffer, place: Place): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), body]);
}

/** @throws VaultUnreadable when the key is another one, or the text was altered or moved from its place */
export function unseal(key: Buffer, sealed: Buffer, place: Place): Buffer {
  if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
    throw VaultUnreadable({ column: place.column });
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated(place));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(sealed.subarray(1 + NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw cause instanceof Problem ? cause : VaultUnreadable({ column: place.column });
  }
}

/** The keys that stand in for the master key, one a purpose (HKDF, RFC 5869). */
export function deriveKeys(masterKey: Buffer): Record<'wrap' | 'owner' | 'index' | 'sealing', Buffer> {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', masterKey, '', `onward vault ${purpose}`, 32));
  return { wrap: derive('wrap'), owner: derive('owner'), index: derive('index'), sealing: derive('sealing') };
}

/** A keyed hash: the vault's name for a member, or the blind index of a contact value. */
export const keyedHash = (key: Buffer, ...parts: string[]): Buffer =>
  createHmac('sha256', key).update(JSON.stringify(parts)).digest();
