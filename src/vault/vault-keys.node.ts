import { randomBytes } from 'node:crypto';
import { type Channel } from '../study/channel.js';
import { keyedHash, type Place, seal, unseal } from './envelope.node.js';
import { type LookupKeys, lookupKeys } from './lookup-secret.node.js';
import { type MasterKeys } from './master-keys.node.js';
import { openBox, type SealingPair, sealingPair } from './sealed-box.node.js';

/** Version of a member's own key, which stays the same when the master key changes. */
const MEMBER_KEY_VERSION = 1;

/** A member's key as it is stored: wrapped by the master key of a version. */
export interface WrappedKey {
  wrapped_key: Buffer;
  master_version: number;
}

/** All that the keys do: master keys wrap those of members, and the lookup secret names people. Nothing here reads or writes a database. */
export class VaultKeys {
  private readonly lookup: LookupKeys;
  private readonly pairs = new Map<string, SealingPair>();

  constructor(
    readonly master: MasterKeys,
    readonly lookupSecret: Buffer,
  ) {
    this.lookup = lookupKeys(lookupSecret);
  }

  /** The vault's name for a member. */
  ownerOf(memberId: string): Buffer {
    return keyedHash(this.lookup.owner, memberId);
  }

  /** The name under which the ledger remembers that a member was erased. */
  tombstoneOf(memberId: string): Buffer {
    return keyedHash(this.lookup.tombstone, memberId);
  }

  /** The blind index of a contact value in its normal form. */
  indexOf(study: string, channel: Channel, value: string): Buffer {
    return keyedHash(this.lookup.index, study, channel, value);
  }

  /** A key for someone who has none yet. */
  newKey(study: string, owner: Buffer): { key: Buffer; wrapped: WrappedKey } {
    const key = randomBytes(32);
    return { key, wrapped: this.wrap(study, owner, key) };
  }

  /** A member's key, wrapped by the newest master key. */
  wrap(study: string, owner: Buffer, key: Buffer): WrappedKey {
    const wrapped_key = this.master.wrap(key, { study, owner, column: 'member_key' });
    return { wrapped_key, master_version: this.master.newest };
  }

  /** @throws VaultKeyMissing; VaultUnreadable */
  unwrap(study: string, owner: Buffer, { wrapped_key, master_version }: WrappedKey): Buffer {
    return this.master.unwrap(master_version, wrapped_key, { study, owner, column: 'member_key' });
  }

  sealValue(key: Buffer, study: string, owner: Buffer, channel: Channel, value: string): Buffer {
    return seal(key, padded(channel, value), placeOf(study, owner, channel));
  }

  /** @throws VaultKeyMissing; VaultUnreadable */
  openValue(
    study: string,
    owner: Buffer,
    channel: Channel,
    { value, ...wrapped }: WrappedKey & { value: Buffer },
  ): string {
    const key = this.unwrap(study, owner, wrapped);
    return unseal(key, value, placeOf(study, owner, channel))
      .toString('utf8')
      .trimEnd();
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
    const pair = this.pairs.get(study) ?? sealingPair(this.lookup.sealing, study);
    this.pairs.set(study, pair);
    return pair;
  }
}

/** Bytes, of which a stored value takes a multiple: what it is long would tell of whom it may be. */
const PADDING: Record<Channel, number> = { email: 128, telegram: 32, letter: 512 };

/** No value in its normal form ends with a space. */
function padded(channel: Channel, value: string): Buffer {
  const bytes = Buffer.from(value);
  const step = PADDING[channel];
  return Buffer.concat([bytes], Math.ceil(bytes.length / step) * step).fill(' ', bytes.length);
}

const placeOf = (study: string, owner: Buffer, column: string): Place => ({
  study,
  owner,
  column,
  keyVersion: MEMBER_KEY_VERSION,
});
