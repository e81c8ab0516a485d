import { type MasterKey } from '../kit/master-keys.js';
import { deriveKeys, type Place, seal, unseal } from './envelope.node.js';
import { VaultKeyMissing } from './vault.problems.js';

type PlaceOfKey = Omit<Place, 'keyVersion'>;

/** The master keys that this process was given. New things are wrapped by the newest, others opened by whichever wrapped them. */
export class MasterKeys {
  private readonly keys: ReadonlyMap<number, ReturnType<typeof deriveKeys>>;
  /** The version of the newest. */
  readonly newest: number;

  constructor(given: readonly MasterKey[]) {
    this.keys = new Map(given.map(({ version, key }) => [version, deriveKeys(key)]));
    this.newest = Math.max(...this.keys.keys());
  }

  has(version: number): boolean {
    return this.keys.has(version);
  }

  wrap(plain: Buffer, place: PlaceOfKey): Buffer {
    return seal(this.of(this.newest).wrap, plain, { ...place, keyVersion: this.newest });
  }

  /** @throws VaultKeyMissing; VaultUnreadable */
  unwrap(version: number, wrapped: Buffer, place: PlaceOfKey): Buffer {
    return unseal(this.of(version).wrap, wrapped, { ...place, keyVersion: version });
  }

  /** What stood in for a lookup secret before vaults had one: it followed from their only key. @throws VaultKeyMissing */
  firstLookupSecret(): Buffer {
    const { owner, index, sealing } = this.of(1);
    return Buffer.concat([owner, index, sealing]);
  }

  /** @throws VaultKeyMissing */
  private of(version: number): ReturnType<typeof deriveKeys> {
    const keys = this.keys.get(version);
    if (!keys) throw VaultKeyMissing({ version });
    return keys;
  }
}
