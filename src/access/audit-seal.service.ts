import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { leafOf, rootOf } from './audit-hash.node.js';
import { keepLeaves, sealedOf, sealNext } from './audit-seal.queries.js';
import { AuditService } from './audit.service.js';

const EVERY_SECONDS = 60;
const MOST_IN_A_SEAL = 2000;

/** Seals what was answered since the last time: one entry of the log for many revisions, so that no answer waits for another one. */
@Injectable()
export class AuditSealService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  @Interval(EVERY_SECONDS * 1000)
  async everyMinute(): Promise<void> {
    try {
      if (await claimSlot(this.db, 'audit.seal', slotOf(this.clock.now(), EVERY_SECONDS))) await this.run();
    } catch (cause) {
      log.warn({ error: faultOf(cause) }, 'answers could not be sealed; the next minute will');
    }
  }

  /**
   * Keeps the leaves of a member's sealed revisions, as part of the transaction that deletes these: the seals that they stand in hold on.
   * @returns how many; the entry of the act says so
   */
  async keepLeaves(tx: EntityManager, memberId: string): Promise<number> {
    const revisions = await sealedOf(tx, memberId);
    await keepLeaves(
      tx,
      revisions.map((revision) => ({
        seal: revision.seal,
        position: revision.position,
        leaf: leafOf(revision),
      })),
    );
    return revisions.length;
  }

  /** Seals every revision that is committed and in no seal yet. Safe to repeat, and at once. @returns how many */
  async run(): Promise<number> {
    let sealed = 0;
    for (let count = MOST_IN_A_SEAL; count === MOST_IN_A_SEAL; sealed += count)
      count = await this.db.transaction(async (tx) => {
        const { seal, revisions } = await sealNext(tx, MOST_IN_A_SEAL);
        if (revisions.length === 0) return 0;
        await this.audit.append(tx, {
          act: 'answers.sealed',
          actor: { kind: 'system' },
          detail: {
            seal,
            count: revisions.length,
            root: rootOf(revisions.map(leafOf)),
          },
        });
        return revisions.length;
      });
    return sealed;
  }
}
