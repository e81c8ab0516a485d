import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../kit/config.js';
import { vaultDataSource } from '../kit/db.node.js';
import { Problem } from '../kit/problem.js';
import { isUniqueViolation } from '../kit/sql.js';
import { type Channel } from '../study/channel.js';
import { normalContact } from './contact-value.js';
import { MasterKeys } from './master-keys.node.js';
import { type VaultKeys } from './vault-keys.node.js';
import { keysOf, mayWrap } from './vault-secret.queries.js';
import { mayKeep } from './tombstone.queries.js';
import { ContactTaken, NoVaultAccess, VaultUnreadable } from './vault.problems.js';
import {
  areSuppressed,
  type ContactPoint,
  countMark,
  deleteOwners,
  deletePoint,
  type Indexed,
  insertKeys,
  insertPoints,
  lockKey,
  markOf,
  ownersOf,
  pointsOf,
  replacePoint,
  suppressIndex,
  suppressPoint,
  type SuppressionReason,
  unsuppressIndex,
} from './vault.queries.js';

/** A way to reach somebody. */
export interface Contact {
  channel: Channel;
  value: string;
}

export interface NewContact extends Contact {
  memberId: string;
}

/**
 * An address, or why there is none to write to: the vault has none, it is on the suppression list, or it cannot be read (it was altered,
 * or stands in another one's place).
 */
export type Reach = { to: string } | { none: 'no_address' | 'suppressed' | 'unreadable' };

/** The vault's database, and the keys to it. */
export interface Opened {
  vault: DataSource;
  keys: VaultKeys;
}

const BATCH = 1000;
const MOST_FOUND = 1000;

/**
 * The only way to people's addresses. Opens its database at first use, so that a process that never needs an address
 * (a questionnaire being answered) runs without any access to the vault. Each method throws NoVaultAccess there.
 */
@Injectable()
export class VaultService implements OnApplicationShutdown {
  private readonly access: { master: MasterKeys; source: DataSource } | undefined;
  private connecting: Promise<DataSource> | undefined;
  private opening: Promise<Opened> | undefined;
  /** Members by their owners' names, as `findMember` found them: to find one costs a hash for each member of a study. */
  private readonly found = new Map<string, string>();

  constructor(@Inject(CONFIG) { vaultDatabaseUrl, masterKeys }: Config) {
    if (vaultDatabaseUrl && masterKeys)
      this.access = { master: new MasterKeys(masterKeys), source: vaultDataSource(vaultDatabaseUrl) };
  }

  /** Whether this process has the vault at all. */
  get isHere(): boolean {
    return this.access !== undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.connecting) await (await this.connecting).destroy();
  }

  /** How far this vault has counted beside the main database: of two backups that tells which one is older. 0 where it never has. */
  async mark(): Promise<bigint> {
    return markOf(await this.connected());
  }

  /** Counts on; never back. */
  async countMark(to: bigint): Promise<void> {
    await countMark(await this.connected(), to);
  }

  /** @throws VaultKeyMissing, VaultKeyWrong: such a process can reach nobody */
  async ping(): Promise<void> {
    await (await this.open()).vault.query('SELECT 1');
  }

  /**
   * Stores the contact points of people who have none yet, all or none, in an order that tells nothing about the order of the members.
   * @throws InvalidContact, ContactTaken, VaultKeyMissing
   */
  async add(study: string, contacts: NewContact[]): Promise<void> {
    const { vault, keys } = await this.open();
    const people = sealedPeople(keys, study, contacts);
    let channel: Channel | undefined;
    try {
      await vault.transaction(async (tx) => {
        await mayWrap(tx, keys.master);
        for (const part of batches(people.keys)) await insertKeys(tx, part);
        for (channel of new Set(people.points.map((point) => point.channel)))
          for (const part of batches(people.points.filter((point) => point.channel === channel)))
            await insertPoints(tx, part);
      });
    } catch (cause) {
      if (channel && isUniqueViolation(cause, VALUE_UNIQUE)) throw ContactTaken({ channel });
      throw cause;
    }
  }

  /**
   * Removes the contact points of these values that belong to none of the members: an enrolment that was cut off
   * between its two commits left them.
   * @returns how many owners were removed
   */
  async dropStrays(study: string, contacts: Contact[], memberIds: string[]): Promise<number> {
    const { vault, keys } = await this.open();
    const found = await ownersOf(
      vault,
      contacts.map((contact) => indexedBy(keys, study, contact)),
    );
    const owners = new Set(memberIds.map((id) => keys.ownerOf(id).toString('hex')));
    const strays = new Map(found.map((owner) => [owner.toString('hex'), owner]));
    for (const owner of owners) strays.delete(owner);
    await deleteOwners(vault, [...strays.values()]);
    return strays.size;
  }

  /**
   * Adds a member's address on a channel, or puts it in the place of the one before.
   * @throws InvalidContact; ContactTaken where another member has it; VaultKeyMissing
   */
  async put(study: string, memberId: string, channel: Channel, value: string): Promise<void> {
    const { vault, keys } = await this.open();
    const { index, normal } = indexedBy(keys, study, { channel, value });
    const owner = keys.ownerOf(memberId);
    try {
      await vault.transaction(async (tx) => {
        await mayWrap(tx, keys.master);
        await mayKeep(tx, keys, memberId);
        const wrapped = await lockKey(tx, owner, keys.newKey(study, owner).wrapped);
        const key = keys.unwrap(study, owner, wrapped);
        const sealed = keys.sealValue(key, study, owner, channel, normal);
        await replacePoint(tx, { owner, channel, value: sealed, index });
      });
    } catch (cause) {
      if (isUniqueViolation(cause, VALUE_UNIQUE)) throw ContactTaken({ channel });
      throw cause;
    }
  }

  /** Forgets a member's address on a channel. Their key stays, for the other channels. */
  async remove(_study: string, memberId: string, channel: Channel): Promise<void> {
    const { vault, keys } = await this.open();
    await deletePoint(vault, keys.ownerOf(memberId), channel);
  }

  /**
   * The address of a member on a channel, on the suppression list or not; undefined when there is none.
   * @throws VaultUnreadable, VaultKeyMissing
   */
  async reach(study: string, memberId: string, channel: Channel): Promise<string | undefined> {
    const { vault, keys } = await this.open();
    const owner = keys.ownerOf(memberId);
    const [point] = await pointsOf(vault, [{ owner, channel }]);
    return point && keys.openValue(study, owner, channel, point);
  }

  /** The addresses of many members, by one query; in the order of what is wanted. @throws VaultKeyMissing */
  async reachMany(study: string, wanted: { memberId: string; channel: Channel }[]): Promise<Reach[]> {
    const { vault, keys } = await this.open();
    const asked = wanted.map(({ memberId, channel }) => ({ owner: keys.ownerOf(memberId), channel }));
    const found = new Map((await pointsOf(vault, asked)).map((point) => [point.nr, point]));
    return asked.map(({ owner, channel }, at): Reach => {
      const point = found.get(at + 1);
      if (!point) return { none: 'no_address' };
      if (point.suppressed) return { none: 'suppressed' };
      try {
        return { to: keys.openValue(study, owner, channel, point) };
      } catch (cause) {
        // One row that somebody altered must not keep the messages of all others back.
        if (cause instanceof Problem && cause.code === VaultUnreadable.code) return { none: 'unreadable' };
        throw cause;
      }
    });
  }

  /**
   * Whose an address is. Nobody's id is looked at where the vault does not have the address, or was asked for it before: the member may
   * have left since.
   * @param pages  the ids of the study's members, a page at a time; the vault alone does not know them
   * @throws InvalidContact
   */
  async findMember(
    study: string,
    channel: Channel,
    value: string,
    pages: AsyncIterable<string[]>,
  ): Promise<string | undefined> {
    const { vault, keys } = await this.open();
    const [owner] = await ownersOf(vault, [indexedBy(keys, study, { channel, value })]);
    if (!owner) return undefined;
    const name = owner.toString('hex');
    const known = this.found.get(name);
    if (known !== undefined) return known;
    for await (const ids of pages) {
      const found = ids.find((id) => keys.ownerOf(id).equals(owner));
      if (found === undefined) continue;
      if (this.found.size >= MOST_FOUND) this.found.clear();
      this.found.set(name, found);
      return found;
    }
    return undefined;
  }

  /**
   * Puts an address on the suppression list: nothing is written to it any more, whoever has it. The list holds blind indexes alone, and
   * outlives the keys of the people behind them.
   * @throws InvalidContact
   */
  async suppress(study: string, channel: Channel, value: string, reason: SuppressionReason): Promise<void> {
    const { vault, keys } = await this.open();
    await suppressIndex(vault, indexedBy(keys, study, { channel, value }), reason);
  }

  /** The same for a member's present address; nothing where they have none on the channel. */
  async suppressAddressOf(
    _study: string,
    memberId: string,
    channel: Channel,
    reason: SuppressionReason,
  ): Promise<void> {
    const { vault, keys } = await this.open();
    await suppressPoint(vault, keys.ownerOf(memberId), channel, reason);
  }

  /** @throws InvalidContact */
  async unsuppress(study: string, channel: Channel, value: string): Promise<void> {
    const { vault, keys } = await this.open();
    await unsuppressIndex(vault, indexedBy(keys, study, { channel, value }));
  }

  /** Which of some addresses are on the suppression list, in their order. @throws InvalidContact */
  async suppressed(study: string, contacts: Contact[]): Promise<boolean[]> {
    const { vault, keys } = await this.open();
    return areSuppressed(
      vault,
      contacts.map((contact) => indexedBy(keys, study, contact)),
    );
  }

  /** The public key (X25519, 32 bytes) to which a process without access closes boxes for `openSealed`. */
  async sealingKey(study: string): Promise<Buffer> {
    return (await this.open()).keys.sealingKey(study);
  }

  /** What is in a box that `sealBox` closed for this study and purpose. @throws VaultUnreadable */
  async openSealed(study: string, purpose: string, box: Buffer): Promise<Buffer> {
    return (await this.open()).keys.openSealed(study, purpose, box);
  }

  /**
   * The database with the keys, for what else works on it.
   * @throws NoVaultAccess, VaultKeyMissing, VaultKeyWrong
   */
  async open(): Promise<Opened> {
    const vault = await this.connected();
    this.opening ??= keysOf(vault, this.given.master)
      .then((keys) => ({ vault, keys }))
      .catch((cause: unknown) => {
        this.opening = undefined; // the next call tries again
        throw cause;
      });
    return this.opening;
  }

  /** @throws NoVaultAccess */
  private async connected(): Promise<DataSource> {
    const { source } = this.given;
    this.connecting ??= source.initialize().catch((cause: unknown) => {
      this.connecting = undefined; // the next call tries again
      throw cause;
    });
    return this.connecting;
  }

  /** @throws NoVaultAccess */
  private get given(): { master: MasterKeys; source: DataSource } {
    if (!this.access) throw NoVaultAccess({});
    return this.access;
  }
}

/** What the tables hold of new people: a key each, and contact points in the order of their owners' names. @throws InvalidContact */
function sealedPeople(keys: VaultKeys, study: string, contacts: NewContact[]) {
  const people = new Map<string, ReturnType<VaultKeys['newKey']> & { owner: Buffer }>();
  const points = contacts.map((contact): ContactPoint => {
    const { memberId, channel } = contact;
    const { index, normal } = indexedBy(keys, study, contact);
    const owner = keys.ownerOf(memberId);
    const person = people.get(memberId) ?? { owner, ...keys.newKey(study, owner) };
    people.set(memberId, person);
    return { owner, channel, index, value: keys.sealValue(person.key, study, owner, channel, normal) };
  });
  return { keys: [...people.values()].sort(byOwner), points: points.sort(byOwner) };
}

/** @throws InvalidContact */
function indexedBy(
  keys: VaultKeys,
  study: string,
  { channel, value }: Contact,
): Indexed & { normal: string } {
  const normal = normalContact(channel, value);
  return { channel, normal, index: keys.indexOf(study, channel, normal) };
}

const VALUE_UNIQUE = 'contact_point_value_unique';

const byOwner = (one: { owner: Buffer }, other: { owner: Buffer }): number =>
  Buffer.compare(one.owner, other.owner);

function* batches<T>(all: readonly T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += BATCH) yield all.slice(from, from + BATCH);
}
