import { randomBytes } from 'node:crypto';
import { type Channel } from '../study/channel.js';
import { deriveKeys, keyedHash, type Place, seal, unseal } from './envelope.node.js';
import { openBox, type SealingPair, sealingPair } from './sealed-box.node.js';

/** Version of the master key that wraps a member's key; in `member_key`, so that another one can take its place. */
const MASTER_VERSION = 1;
/** Version of a member's own key, which stays the same when the master key changes. */
const MEMBER_KEY_VERSION = 1;

/** A member's key as it is stored: wrapped by the master key of a version. */
export interface WrappedKey {
  wrapped_key: Buffer;
  master_version: number;
}

/** All that the master key does. Nothing here reads or writes a database. */
export class VaultKeys {
  private readonly keys: ReturnType<typeof deriveKeys>;
  private readonly pairs = new Map<string, SealingPair>();

  constructor(masterKey: Buffer) {
    this.keys = deriveKeys(masterKey);
  }

  /** The vault's name for a member. */
  ownerOf(memberId: string): Buffer {
    return keyedHash(this.keys.owner, memberId);
  }

  /** The blind index of a contact value in its normal form. */
  indexOf(study: string, channel: Channel, value: string): Buffer {
    return keyedHash(this.keys.index, study, channel, value);
  }

  /** A key for someone who has none yet. */
  newKey(study: string, owner: Buffer): { key: Buffer; wrapped: WrappedKey } {
    const key = randomBytes(32);
    const wrapped_key = seal(this.keys.wrap, key, placeOf(study, owner, 'member_key', MASTER_VERSION));
    return { key, wrapped: { wrapped_key, master_version: MASTER_VERSION } };
  }

  /** @throws VaultUnreadable */
  unwrap(study: string, owner: Buffer, { wrapped_key, master_version }: WrappedKey): Buffer {
    return unseal(this.keys.wrap, wrapped_key, placeOf(study, owner, 'member_key', master_version));
  }

  sealValue(key: Buffer, study: string, owner: Buffer, channel: Channel, value: string): Buffer {
    return seal(key, Buffer.from(value), placeOf(study, owner, channel, MEMBER_KEY_VERSION));
  }

  /** @throws VaultUnreadable */
  openValue(
    study: string,
    owner: Buffer,
    channel: Channel,
    { value, ...wrapped }: WrappedKey & { value: Buffer },
  ): string {
    const key = this.unwrap(study, owner, wrapped);
    return unseal(key, value, placeOf(study, owner, channel, MEMBER_KEY_VERSION)).toString('utf8');
  }

  /** The public key to which anybody closes boxes that only the vault opens. */
  sealingKey(study: string): Buffer {
    return this.pairOf(study).publicKey;
  }

  /** @throws VaultUnreadable */
  openSealed(study: string, purpose: string, box: Buffer): Buffer {
    return openBox(this.pairOf(study), box, { study, purpose });
  }

  private pairOf(study: string): SealingPair {
    const pair = this.pairs.get(study) ?? sealingPair(this.keys.sealing, study);
    this.pairs.set(study, pair);
    return pair;
  }
}

const placeOf = (study: string, owner: Buffer, column: string, keyVersion: number): Place => ({
  study,
  owner,
  column,
  keyVersion,
});
