import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { faultOf, log } from '../kit/log.node.js';
import { isDatabaseAway } from '../kit/sql.js';
import { VaultService } from '../vault/vault.service.js';
import { NotFenced } from './contact.problems.js';
import {
  databaseIdentity,
  type Fence,
  fenceNow,
  lockFence,
  lookNow,
  overdueToUnknown,
  setFence,
} from './fence.queries.js';

const EVERY_MS = 60_000;

/**
 * Keeps a restored database from sending again what has left since its backup: sending is fenced until staff confirm it. A restored
 * database is told by its identity, or by a mark that lags behind the vault's.
 */
@Injectable()
export class FenceService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  @Interval(EVERY_MS)
  async everyMinute(): Promise<void> {
    try {
      await this.check();
    } catch (cause) {
      log.warn({ error: faultOf(cause) }, 'the fence could not be looked at; the next minute will');
    }
  }

  /**
   * Fences sending where this database is not the one that it was; else counts both marks on. For processes that send: at their start,
   * before the first message, and every minute. While the vault is away nothing is compared, and nothing can be sent either.
   */
  async check(): Promise<void> {
    const counted = await this.db.transaction(async (tx) => {
      const identity = await databaseIdentity(tx);
      const fence = await lockFence(tx, identity);
      if (fence.fencedAt) return undefined;
      const vaultMark = await this.vaultMark();
      const reason = whyFenced(fence, identity, vaultMark);
      if (reason !== undefined) {
        await setFence(tx, { ...fence, fencedAt: this.clock.now(), reason });
        log.error(
          { reason },
          'sending is fenced until staff confirm it: onward sending resume --after-restore',
        );
        return undefined;
      }
      if (vaultMark === undefined) return undefined;
      await setFence(tx, { ...fence, mark: fence.mark + 1n });
      return fence.mark + 1n;
    });
    // After the commit: cut off in between, this database is ahead of the vault, which no restored one is.
    if (counted !== undefined) await this.vault.countMark(counted);
  }

  now(): Promise<Fence | undefined> {
    return fenceNow(this.db);
  }

  /**
   * Lifts the fence: this database is the one that sends from now on. Its messages that are overdue may have left after the backup, so
   * they become unknown, unless staff know that nothing has left.
   * @returns how many messages became unknown
   * @throws NotFenced, NoVaultAccess
   */
  async lift(overdue: 'unknown' | 'send', actor: Actor): Promise<number> {
    const now = this.clock.now();
    const mark = await this.vault.mark();
    return this.db.transaction(async (tx) => {
      const identity = await databaseIdentity(tx);
      const fence = await lockFence(tx, identity);
      if (!fence.fencedAt) throw NotFenced({});
      const unknown = overdue === 'unknown' ? await overdueToUnknown(tx, now) : 0;
      await lookNow(tx, 'sending_fenced', null, now);
      await setFence(tx, {
        identity,
        mark: mark > fence.mark ? mark : fence.mark,
        fencedAt: null,
        reason: null,
      });
      await this.audit.append(tx, { act: 'sending.fence_lifted', actor, detail: { overdue, unknown } });
      return unknown;
    });
  }

  private async vaultMark(): Promise<bigint | undefined> {
    try {
      return await this.vault.mark();
    } catch (cause) {
      if (!isDatabaseAway(cause)) throw cause;
      log.warn({ error: faultOf(cause) }, 'the vault is away: the marks are compared when it is back');
      return undefined;
    }
  }
}

/** Why a database may have been restored from a backup, in words for staff; undefined where it was not. */
function whyFenced(fence: Fence, identity: string, vaultMark: bigint | undefined): string | undefined {
  if (fence.identity !== identity)
    return 'this database lives on another server than before: it was restored or moved';
  if (vaultMark !== undefined && fence.mark < vaultMark)
    return 'this database is older than the vault: it was restored from a backup';
  return undefined;
}
