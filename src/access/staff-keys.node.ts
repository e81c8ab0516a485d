import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { NoStaffSecret, StaffSecretChanged } from './access.problems.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What is sealed for an account; bound to the text, so that texts cannot change places. */
export type SealedField = 'email' | 'totp';

/**
 * All that STAFF_SECRET does: a stolen database alone yields no second factor and no address of the staff. One key a purpose (HKDF,
 * RFC 5869). Nothing here reads or writes a database.
 */
export class StaffKeys {
  private readonly sealing: Buffer;
  private readonly hashing: Buffer;

  /** @throws NoStaffSecret where the process was given none */
  constructor(secret: Buffer | undefined) {
    if (!secret) throw NoStaffSecret({});
    const derive = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', secret, '', `onward staff ${purpose}`, 32));
    this.sealing = derive('sealing');
    this.hashing = derive('hashing');
  }

  /** A hash that only this secret makes: an address to look up, a recovery code, the name of a delay. */
  hash(purpose: string, ...parts: string[]): Buffer {
    return createHmac('sha256', this.hashing)
      .update(JSON.stringify([purpose, ...parts]))
      .digest();
  }

  /** AES-256-GCM with a fresh nonce. @returns nonce, tag, ciphertext */
  seal(accountId: string, field: SealedField, text: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealing, nonce).setAAD(placeOf(accountId, field));
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), body]);
  }

  /** @throws StaffSecretChanged when it was sealed under another secret, altered, or moved from its place */
  open(accountId: string, field: SealedField, sealed: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.sealing, sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(placeOf(accountId, field));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const body = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([body, decipher.final()]).toString('utf8');
    } catch {
      throw StaffSecretChanged({});
    }
  }
}

const placeOf = (accountId: string, field: SealedField) => Buffer.from(JSON.stringify([accountId, field]));
