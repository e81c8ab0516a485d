import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock, hourOf } from '../kit/clock.js';
import { actorId } from './actor.js';
import { type AuditEntry, detailText, entryFault } from './audit-act.js';
import { insertEntry } from './audit.queries.js';

/** Appends to the audit log. The database numbers and chains the entry when the transaction commits (see the migration). */
@Injectable()
export class AuditService {
  constructor(@Inject(Clock) private readonly clock: Clock) {}

  /**
   * Notes an act in the transaction of the act itself: both happen or neither does. It waits for nobody; only the commit waits for the
   * commits of other acts. What respondents do is kept to the hour, as everywhere.
   * @throws Error, as for any bug, for an entry that is not as its act declares, or outside of a transaction
   */
  async append(tx: EntityManager, entry: AuditEntry): Promise<void> {
    const fault = entryFault(entry);
    if (fault !== undefined) throw new Error(`The audit entry ${entry.act} ${fault}`);
    if (!tx.queryRunner?.isTransactionActive)
      throw new Error(`The audit entry ${entry.act} belongs in the transaction of its act`);
    const { act, actor, studyId, subject, detail } = entry;
    const now = this.clock.now();
    await insertEntry(tx, {
      at: actor.kind === 'member' || act === 'answers.sealed' ? hourOf(now) : now,
      act,
      actorKind: actor.kind,
      actorId: actorId(actor),
      studyId: studyId ?? null,
      subjectKind: subject?.kind ?? null,
      subjectId: subject?.id ?? null,
      detail: detailText(detail),
    });
  }
}
