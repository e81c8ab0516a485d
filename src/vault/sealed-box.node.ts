import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { VaultUnreadable } from './vault.problems.js';

/**
 * A box for the vault's eyes only: whoever has a study's public key can close one, and only the master key opens it.
 * An X25519 agreement (RFC 7748) of a key made for this box alone with the study's key, HKDF-SHA256 (RFC 5869) over it with both public
 * keys as the salt, and AES-256-GCM. Version byte, public key of the box, nonce, tag, ciphertext.
 */
const VERSION = 1;
const PUBLIC_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + PUBLIC_BYTES + NONCE_BYTES + TAG_BYTES;

/** What a box belongs to; bound to it as additional data, so that boxes cannot be swapped. */
export interface BoxPlace {
  study: string;
  purpose: string;
}

export interface SealingPair {
  /** 32 bytes, for anybody. */
  publicKey: Buffer;
  privateKey: KeyObject;
}

// What stands before the 32 bytes of an X25519 key in DER (RFC 8410).
const PKCS8 = Buffer.from('302e020100300506032b656e04220420', 'hex');
const SPKI = Buffer.from('302a300506032b656e032100', 'hex');

/** The pair of keys of a study, the same whenever it is made from the same root (32 bytes). */
export function sealingPair(root: Buffer, study: string): SealingPair {
  const seed = Buffer.from(hkdfSync('sha256', root, '', `onward sealing ${JSON.stringify(study)}`, 32));
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  return { publicKey: rawPublic(createPublicKey(privateKey)), privateKey };
}

/** Closes a box to a study's public key. No two boxes are alike. */
export function sealBox(publicKey: Buffer, plain: Buffer, place: BoxPlace): Buffer {
  const own = generateKeyPairSync('x25519');
  const ownPublic = rawPublic(own.publicKey);
  const key = agreedKey(own.privateKey, keyObject(publicKey), ownPublic, publicKey);
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associated(place));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), ownPublic, nonce, cipher.getAuthTag(), body]);
}

/** @throws VaultUnreadable when the box is another study's, was altered, or moved from its place */
export function openBox({ publicKey, privateKey }: SealingPair, box: Buffer, place: BoxPlace): Buffer {
  if (box[0] !== VERSION) throw VaultUnreadable({ column: 'sealed box' });
  const part = (from: number, bytes: number) => box.subarray(from, from + bytes);
  const ownPublic = part(1, PUBLIC_BYTES);
  const nonce = part(1 + PUBLIC_BYTES, NONCE_BYTES);
  try {
    const key = agreedKey(privateKey, keyObject(ownPublic), ownPublic, publicKey);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(associated(place));
    decipher.setAuthTag(part(1 + PUBLIC_BYTES + NONCE_BYTES, TAG_BYTES));
    return Buffer.concat([decipher.update(box.subarray(HEAD_BYTES)), decipher.final()]);
  } catch {
    throw VaultUnreadable({ column: 'sealed box' }); // too short, a bad point, a bad tag: which of them is nobody's business
  }
}

/** Refuses, by OpenSSL, a public key of small order, with which the agreement would be no secret. */
function agreedKey(mine: KeyObject, theirs: KeyObject, boxPublic: Buffer, studyPublic: Buffer): Buffer {
  const shared = diffieHellman({ privateKey: mine, publicKey: theirs });
  return Buffer.from(
    hkdfSync('sha256', shared, Buffer.concat([boxPublic, studyPublic]), 'onward sealed box', 32),
  );
}

const associated = ({ study, purpose }: BoxPlace) => Buffer.from(JSON.stringify([VERSION, study, purpose]));

const keyObject = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });

const rawPublic = (key: KeyObject): Buffer =>
  key.export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
