import { randomBytes } from 'node:crypto';
import { Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../kit/config.js';
import { vaultDataSource } from '../kit/db.node.js';
import { isUniqueViolation } from '../kit/sql.js';
import { Channel, normalContact } from './contact-value.js';
import { deriveKeys, keyedHash, Place, seal, unseal } from './envelope.node.js';
import { ContactTaken, NoVaultAccess } from './vault.problems.js';

/** Version of the master key that wraps a member's key; in `member_key`, so that another one can take its place. */
const MASTER_VERSION = 1;
/** Version of a member's own key, which stays the same when the master key changes. */
const MEMBER_KEY_VERSION = 1;

export interface NewContact {
  memberId: string;
  channel: Channel;
  value: string;
}

/**
 * The only way to people's addresses. Opens its database at first use, so that a process that never needs an address
 * (a questionnaire being answered) runs without any access to the vault.
 */
@Injectable()
export class VaultService implements OnApplicationShutdown {
  private readonly access: { keys: ReturnType<typeof deriveKeys>; source: DataSource } | undefined;
  private opening: Promise<DataSource> | undefined;

  constructor(@Inject(CONFIG) { vaultDatabaseUrl, masterKey }: Config) {
    if (vaultDatabaseUrl && masterKey)
      this.access = { keys: deriveKeys(masterKey), source: vaultDataSource(vaultDatabaseUrl) };
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.opening) await (await this.opening).destroy();
  }

  async ping(): Promise<void> {
    await (await this.open()).query('SELECT 1');
  }

  /**
   * Stores contact points, all or none, in an order that tells nothing about the order of the members.
   * @throws InvalidContact, ContactTaken
   */
  async add(study: string, contacts: NewContact[]): Promise<void> {
    const rows = contacts
      .map((contact) => this.sealed(study, contact))
      .sort((a, b) => Buffer.compare(a.owner, b.owner));
    const vault = await this.open();
    try {
      await vault.transaction(async (tx) => {
        for (let from = 0; from < rows.length; from += 1000) {
          const part = rows.slice(from, from + 1000);
          await tx.query(
            `INSERT INTO member_key (owner, wrapped_key, master_version)
             SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::int[])`,
            [part.map((r) => r.owner), part.map((r) => r.wrappedKey), part.map(() => MASTER_VERSION)],
          );
          await tx.query(
            `INSERT INTO contact_point (owner, channel, value, blind_index)
             SELECT * FROM unnest($1::bytea[], $2::text[], $3::bytea[], $4::bytea[])`,
            [
              part.map((r) => r.owner),
              part.map((r) => r.channel),
              part.map((r) => r.value),
              part.map((r) => r.index),
            ],
          );
        }
      });
    } catch (cause) {
      if (isUniqueViolation(cause, 'contact_point_value_unique'))
        throw ContactTaken({ channel: rows[0]?.channel ?? '' });
      throw cause;
    }
  }

  /**
   * Removes the contact points of these values that belong to none of the members: an enrolment that was cut off
   * between its two commits left them.
   * @returns how many owners were removed
   */
  async dropStrays(study: string, contacts: NewContact[], memberIds: string[]): Promise<number> {
    const vault = await this.open();
    const found = await vault.query<{ owner: Buffer }[]>(
      `SELECT owner FROM contact_point
       WHERE (channel, blind_index) IN (SELECT * FROM unnest($1::text[], $2::bytea[]))`,
      [
        contacts.map(({ channel }) => channel),
        contacts.map(({ channel, value }) => this.indexOf(study, channel, normalContact(channel, value))),
      ],
    );
    const owners = new Set(memberIds.map((id) => this.ownerOf(id).toString('hex')));
    const strays = found.map(({ owner }) => owner).filter((owner) => !owners.has(owner.toString('hex')));
    await vault.query('DELETE FROM member_key WHERE owner = ANY($1::bytea[])', [strays]);
    return strays.length;
  }

  /** The address of a member on a channel, or undefined when there is none. */
  async reach(study: string, memberId: string, channel: Channel): Promise<string | undefined> {
    const owner = this.ownerOf(memberId);
    const rows = await (
      await this.open()
    ).query<{ wrapped_key: Buffer; master_version: number; value: Buffer }[]>(
      `SELECT wrapped_key, master_version, value FROM contact_point JOIN member_key USING (owner)
       WHERE owner = $1 AND channel = $2`,
      [owner, channel],
    );
    const row = rows[0];
    if (!row) return undefined;
    const key = unseal(
      this.keys.wrap,
      row.wrapped_key,
      place(study, owner, 'member_key', row.master_version),
    );
    return unseal(key, row.value, place(study, owner, channel, MEMBER_KEY_VERSION)).toString('utf8');
  }

  private sealed(study: string, contact: NewContact) {
    const value = normalContact(contact.channel, contact.value);
    const owner = this.ownerOf(contact.memberId);
    const key = randomBytes(32);
    return {
      owner,
      channel: contact.channel,
      wrappedKey: seal(this.keys.wrap, key, place(study, owner, 'member_key', MASTER_VERSION)),
      value: seal(key, Buffer.from(value), place(study, owner, contact.channel, MEMBER_KEY_VERSION)),
      index: this.indexOf(study, contact.channel, value),
    };
  }

  private indexOf(study: string, channel: Channel, value: string): Buffer {
    return keyedHash(this.keys.index, study, channel, value);
  }

  private ownerOf(memberId: string): Buffer {
    return keyedHash(this.keys.owner, memberId);
  }

  /** @throws NoVaultAccess */
  private get keys(): ReturnType<typeof deriveKeys> {
    if (!this.access) throw NoVaultAccess({});
    return this.access.keys;
  }

  /** @throws NoVaultAccess */
  private async open(): Promise<DataSource> {
    if (!this.access) throw NoVaultAccess({});
    this.opening ??= this.access.source.initialize().catch((cause: unknown) => {
      this.opening = undefined; // the next call tries again
      throw cause;
    });
    return this.opening;
  }
}

const place = (study: string, owner: Buffer, column: string, keyVersion: number): Place => ({
  study,
  owner,
  column,
  keyVersion,
});
