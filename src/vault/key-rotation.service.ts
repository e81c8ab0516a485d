import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { type AuditEntry } from '../access/audit-act.js';
import { AuditService } from '../access/audit.service.js';
import { Problem } from '../kit/problem.js';
import {
  awaitOlderKey,
  countOlderKeys,
  lockOlderKeys,
  type OlderKey,
  rewrapKeys,
  someKeys,
  studyIds,
  wrappedByVersion,
} from './key-rotation.queries.js';
import { type VaultKeys, type WrappedKey } from './vault-keys.node.js';
import { awaitWrapping, dropOlderSecrets, storeSecret } from './vault-secret.queries.js';
import { VaultKeyMissing, VaultKeyWrong, VaultUnreadable } from './vault.problems.js';
import { type Opened, VaultService } from './vault.service.js';

/** Locked at once: a few milliseconds of work, so that nobody who stores an address waits noticeably. */
const BATCH = 200;

/** What a run came to. */
export interface Rotation {
  /** Of the master key that now wraps. */
  version: number;
  rewrapped: number;
  /** Keys that no key at hand opens, of no study at hand: they stay as they are. */
  unreadable: number;
  /** Nothing is left for which an older master key would be needed. */
  isDone: boolean;
}

export interface KeyStatus {
  /** Of the newest master key that this process was given. */
  newest: number;
  wraps: { version: number; members: number; lookupSecret: boolean }[];
}

/**
 * Puts every member's key under the newest master key, while enrolments and sending go on. What was done stays done after a crash: each
 * batch commits alone, and the next run goes on with what is left.
 */
@Injectable()
export class KeyRotationService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @throws NoVaultAccess, VaultKeyMissing, VaultKeyWrong */
  async status(): Promise<KeyStatus> {
    const { vault, keys } = await this.vault.open();
    return { newest: keys.master.newest, wraps: await wrappedByVersion(vault) };
  }

  /**
   * @param says  is told how many keys are left, after each batch
   * @throws VaultKeyMissing where an older master key is not at hand; VaultKeyWrong where one opens nothing. Neither changes anything.
   */
  async rotate(actor: Actor, says: (left: number) => void = () => undefined): Promise<Rotation> {
    const opened = await this.vault.open();
    const { vault, keys } = opened;
    const version = keys.master.newest;
    const studies = await studyIds(this.db);
    await refuseWithout(opened, studies);
    const left = await countOlderKeys(vault, version);
    await this.note({ act: 'keys.rotation_begun', actor, detail: { version, left } });
    await vault.transaction((tx) => storeSecret(tx, keys.master, keys.lookupSecret));
    await awaitWrapping(vault); // from here on nobody adds a key under an older one
    const rewrapped =
      (await this.pass(opened, studies, lockOlderKeys, says)) +
      (await this.pass(opened, studies, awaitOlderKey, says)); // those that somebody held
    const unreadable = await countOlderKeys(vault, version);
    if (unreadable === 0) await dropOlderSecrets(vault, version);
    await this.note({ act: 'keys.rotated', actor, detail: { version, rewrapped, left: unreadable } });
    return { version, rewrapped, unreadable, isDone: unreadable === 0 };
  }

  /** Goes once through all keys that older master keys wrap. @returns how many it put under the newest */
  private async pass(
    { vault, keys }: Opened,
    studies: readonly string[],
    lock: (
      tx: EntityManager,
      newest: number,
      after: Buffer | undefined,
      limit: number,
    ) => Promise<OlderKey[]>,
    says: (left: number) => void,
  ): Promise<number> {
    const version = keys.master.newest;
    let rewrapped = 0;
    for (let after: Buffer | undefined, isOver = false; !isOver;) {
      await vault.transaction(async (tx) => {
        const found = await lock(tx, version, after, BATCH);
        const open = found.flatMap((one) => rewrappedBy(keys, studies, one) ?? []);
        if (open.length > 0) await rewrapKeys(tx, open);
        after = found.at(-1)?.owner;
        isOver = after === undefined;
        rewrapped += open.length;
      });
      if (!isOver) says(await countOlderKeys(vault, version));
    }
    return rewrapped;
  }

  private async note(entry: AuditEntry): Promise<void> {
    await this.db.transaction((tx) => this.audit.append(tx, entry));
  }
}

/** Before anything is changed: every master key that is needed is at hand, and opens something that it wraps. */
async function refuseWithout({ vault, keys }: Opened, studies: readonly string[]): Promise<void> {
  for (const { version, lookupSecret } of await wrappedByVersion(vault)) {
    if (!keys.master.has(version)) throw VaultKeyMissing({ version });
    const isProven = lookupSecret || (await opensAny(vault, keys, studies, version));
    if (!isProven) throw VaultKeyWrong({ version });
  }
}

async function opensAny(
  vault: DataSource,
  keys: VaultKeys,
  studies: readonly string[],
  version: number,
): Promise<boolean> {
  const some = await someKeys(vault, version);
  return some.some((one) => rewrappedBy(keys, studies, one) !== undefined);
}

/** The vault does not know a member's study, to which the key is bound: it is the one under which the key opens. */
function rewrappedBy(
  keys: VaultKeys,
  studies: readonly string[],
  { owner, ...wrapped }: OlderKey,
): { owner: Buffer; wrapped: WrappedKey } | undefined {
  for (const study of studies) {
    const key = unwrapped(keys, study, owner, wrapped);
    if (key) return { owner, wrapped: keys.wrap(study, owner, key) };
  }
  return undefined;
}

function unwrapped(keys: VaultKeys, study: string, owner: Buffer, wrapped: WrappedKey): Buffer | undefined {
  try {
    return keys.unwrap(study, owner, wrapped);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === VaultUnreadable.code) return undefined;
    throw cause;
  }
}
