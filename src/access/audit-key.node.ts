import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign, verify } from 'node:crypto';
import { type AuditHead, headText } from './audit-canonical.js';

/** A head as it leaves the database; the signature is base64. */
export interface SignedHead extends AuditHead {
  signature: string;
}

/** What stands before the 32 bytes of an Ed25519 key in DER (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** The key that signs heads, derived from the vault's master key (HKDF, RFC 5869): only a process that works has it. */
export const signingKey = (masterKey: Buffer): KeyObject =>
  createPrivateKey({
    key: Buffer.concat([
      PRIVATE_PREFIX,
      Buffer.from(hkdfSync('sha256', masterKey, '', 'onward audit head', 32)),
    ]),
    format: 'der',
    type: 'pkcs8',
  });

/** The public key as people keep it: 32 bytes in base64. */
export const publicKeyText = (key: KeyObject): string =>
  createPublicKey(key)
    .export({ format: 'der', type: 'spki' })
    .subarray(PUBLIC_PREFIX.length)
    .toString('base64');

/** The key behind such a text; undefined for another one. */
export function publicKeyIn(text: string): KeyObject | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== 32) return undefined;
  return createPublicKey({ key: Buffer.concat([PUBLIC_PREFIX, bytes]), format: 'der', type: 'spki' });
}

export const signHead = (head: AuditHead, key: KeyObject): SignedHead => ({
  ...head,
  signature: sign(null, Buffer.from(headText(head)), key).toString('base64'),
});

export const isSignedBy = (head: SignedHead, key: KeyObject): boolean =>
  verify(null, Buffer.from(headText(head)), key, Buffer.from(head.signature, 'base64'));
