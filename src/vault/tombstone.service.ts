import { Inject, Injectable } from '@nestjs/common';
import {
  deleteOwner,
  holdOwner,
  insertTombstones,
  namesAmong,
  tombstonesAfter,
} from './tombstone.queries.js';
import { type Tombstone } from './tombstone.js';
import { VaultService } from './vault.service.js';

const PAGE = 1000;

/** The ledger of who was erased, and the destruction of keys. Each method throws NoVaultAccess in a process without the vault. */
@Injectable()
export class TombstoneService {
  constructor(@Inject(VaultService) private readonly vault: VaultService) {}

  /** Writes a member down as erased. @returns the tombstone, and whether the ledger did not have it before */
  async bury(memberId: string, erasedOn: string): Promise<{ tombstone: Tombstone; isNew: boolean }> {
    const { vault, keys } = await this.vault.open();
    const tombstone = { name: keys.tombstoneOf(memberId).toString('hex'), erasedOn };
    return { tombstone, isNew: (await insertTombstones(vault, [tombstone])) === 1 };
  }

  /**
   * Destroys a member's key, and every address with it; what is on the suppression list stays there. Once they are buried nothing can be
   * stored for them again.
   */
  async forget(memberId: string): Promise<void> {
    const { vault, keys } = await this.vault.open();
    const owner = keys.ownerOf(memberId);
    await vault.transaction(async (tx) => {
      await holdOwner(tx, owner);
      await deleteOwner(tx, owner);
    });
  }

  /** Adds tombstones that were kept elsewhere to the ledger; who stands in it keeps their day. */
  async remember(tombstones: readonly Tombstone[]): Promise<void> {
    const { vault } = await this.vault.open();
    await insertTombstones(vault, tombstones);
  }

  /** Those of some members whom the ledger has, in their order. */
  async erasedAmong(memberIds: readonly string[]): Promise<string[]> {
    const { vault, keys } = await this.vault.open();
    const names = memberIds.map((id) => keys.tombstoneOf(id).toString('hex'));
    const erased = await namesAmong(vault, names);
    return memberIds.filter((_, at) => erased.has(names[at] ?? ''));
  }

  /** The whole ledger, in no order that tells anything. */
  async *all(): AsyncGenerator<Tombstone> {
    const { vault } = await this.vault.open();
    for (let after: string | undefined; ;) {
      const page = await tombstonesAfter(vault, after, PAGE);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.name;
    }
  }
}
