import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { TOKEN_PREFIX } from './analyst-token.js';

/** A new secret of 256 bits for a link or a session, and the SHA-256 that is all we keep of it. */
export function newToken(): { token: string; hash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashOf(token) };
}

/** A new token for an analyst's program: 256 bits behind a prefix. The hash is of the whole. */
export function newAnalystToken(): { token: string; hash: Buffer } {
  const token = TOKEN_PREFIX + newToken().token;
  return { token, hash: hashOf(token) };
}

export const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares two secrets in a time that tells nothing about where they differ. */
export const sameSecret = (given: string, expected: string): boolean =>
  timingSafeEqual(hashOf(given), hashOf(expected));
