import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditSealService } from '../access/audit-seal.service.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { faultOf, log } from '../kit/log.node.js';
import { QueueService } from '../kit/queue.service.js';
import { isDeadlock } from '../kit/sql.js';
import { isMemberId } from '../panel/member-id.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { memberPages } from '../panel/panel.queries.js';
import { StudyService } from '../study/study.service.js';
import { type Tombstone } from '../vault/tombstone.js';
import { TombstoneService } from '../vault/tombstone.service.js';
import { dispositionOf } from '../wave/disposition.js';
import { type ErasedCount } from './erased.js';
import { ErasureEndService } from './erasure-end.service.js';
import { addOwed, countErased, deleteWhole, erasedCounts, lockWhole } from './erasure.queries.js';
import { type Receipt } from './receipt.js';
import { ReceiptService } from './receipt.service.js';

/** What stays of an open case of somebody who is erased. */
const WITHDRAWN = dispositionOf('withdrawn', undefined, true);
const TRIES = 3;
const TOMBSTONES_AT_ONCE = 1000;

/**
 * Erases people. The main database forgets them in one transaction, in any process; the vault's part follows where there is a vault (see
 * `ErasureEndService`). What stays names nobody: counts, salted digests that keep the seals of others whole, the entry of the audit log
 * with an id that leads nowhere any more, and a receipt.
 */
@Injectable()
export class ErasureService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QueueService) private readonly queue: QueueService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(AuditSealService) private readonly seals: AuditSealService,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(TombstoneService) private readonly tombstones: TombstoneService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
    @Inject(ErasureEndService) private readonly end: ErasureEndService,
  ) {}

  /**
   * Erases a member: when this answers, nothing is sent to them any more, and nothing of them can be read in the main database.
   * @returns a receipt, under way until the vault has forgotten them, too
   * @throws UnknownMember, also for one who is erased already
   */
  async erase(memberId: string, actor: Actor): Promise<Receipt> {
    const receipt = await this.eraseHere(memberId, actor, (tx, studyId, on) =>
      this.receipts.issue(tx, { studyId, act: 'erase', on }),
    );
    await this.nudge();
    return receipt;
  }

  /**
   * Erases again whoever a restored backup brought back, in both databases: everybody of whom there is a tombstone, given here or in the
   * restored vault's own ledger. The ledger then holds all of them. Safe to repeat; nobody gets a receipt.
   * @returns how many members were erased
   * @throws NoVaultAccess; what reading the tombstones throws, with nobody of them erased yet
   */
  async replay(tombstones: AsyncIterable<Tombstone>): Promise<number> {
    for await (const part of partsOf(tombstones, TOMBSTONES_AT_ONCE)) await this.tombstones.remember(part);
    let erased = 0;
    for (const { id } of await this.studies.all())
      for await (const page of memberPages(this.db, id))
        for (const memberId of await this.tombstones.erasedAmong(page)) {
          await this.eraseHere(memberId, { kind: 'system' }, () => Promise.resolve(undefined));
          erased += 1;
        }
    await this.end.run();
    return erased;
  }

  /** How many members and cases of a study were erased. */
  counts(studyId: string): Promise<ErasedCount[]> {
    return erasedCounts(this.db, studyId);
  }

  /** The main database's part, all or nothing. @throws UnknownMember */
  private async eraseHere<Given extends Receipt | undefined>(
    memberId: string,
    actor: Actor,
    receiptOf: (tx: EntityManager, studyId: string, on: string) => Promise<Given>,
  ): Promise<Given> {
    if (!isMemberId(memberId)) throw UnknownMember({ member: memberId });
    const on = dateOf(this.clock.now());
    return this.undeadlocked((tx) => this.eraseIn(tx, { memberId, actor, on, receiptOf }));
  }

  private async eraseIn<Given extends Receipt | undefined>(
    tx: EntityManager,
    {
      memberId,
      actor,
      on,
      receiptOf,
    }: {
      memberId: string;
      actor: Actor;
      on: string;
      receiptOf: (tx: EntityManager, studyId: string, on: string) => Promise<Given>;
    },
  ): Promise<Given> {
    const studyId = await lockWhole(tx, memberId);
    if (studyId === undefined) throw UnknownMember({ member: memberId });
    const leaves = await this.seals.keepLeaves(tx, memberId);
    const cases = await countErased(tx, memberId, studyId, WITHDRAWN);
    await deleteWhole(tx, memberId, on);
    const receipt = await receiptOf(tx, studyId, on);
    await addOwed(tx, {
      memberId,
      studyId,
      erasedOn: on,
      receipt: receipt ? this.receipts.handleOf(receipt) : null,
    });
    await this.audit.append(tx, {
      act: 'member.erased',
      actor,
      studyId,
      subject: { kind: 'member', id: memberId },
      detail: { cases, leaves },
    });
    return receipt;
  }

  /** Who stores something for this member in another order than this locks it is let go first. */
  private async undeadlocked<Result>(work: (tx: EntityManager) => Promise<Result>): Promise<Result> {
    for (let tried = 1; ; tried += 1)
      try {
        return await this.db.transaction(work);
      } catch (cause) {
        if (tried >= TRIES || !isDeadlock(cause)) throw cause;
      }
  }

  /** A lost nudge is made up for by the next sweep. */
  private async nudge(): Promise<void> {
    try {
      await this.queue.nudge({ name: 'rights.erasure', ids: {} });
    } catch (cause) {
      log.warn({ error: faultOf(cause) }, 'the vault was not told of an erasure; the next sweep finds it');
    }
  }
}

async function* partsOf<T>(all: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const one of all) {
    part.push(one);
    if (part.length < size) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}
