import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { UnknownMember } from './panel.problems.js';
import { lockMember } from './panel.queries.js';
import { covers, type Pause, pauseFaults } from './pause.js';
import { InvalidPause } from './pause.problems.js';
import { addPause, endPauses, type KeptPause, pausesOf } from './pause.queries.js';

/**
 * Days on which a member wants no messages. What changes them holds the member's row, which senders hold too when a message leaves: none
 * leaves once a pause is acknowledged.
 */
@Injectable()
export class PauseService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Keeps a pause. Asked for again it stays as it is.
   * @throws InvalidPause, UnknownMember
   */
  async pause(memberId: string, pause: Pause, actor: Actor): Promise<void> {
    await this.locked(memberId, (tx) => this.pauseIn(tx, memberId, pause, actor));
  }

  /** The same in the transaction of a caller who holds the member's row. @throws InvalidPause */
  async pauseIn(tx: EntityManager, memberId: string, pause: Pause, actor: Actor): Promise<void> {
    const findings = pauseFaults(pause, this.today());
    if (findings.length > 0) throw InvalidPause({ findings });
    const kept = await pausesOf(tx, memberId);
    if (kept.some((other) => covers(other, pause))) return;
    await addPause(tx, memberId, pause, actor.kind === 'member' ? 'respondent' : 'staff');
    const { fromOn, untilOn } = pause;
    const detail = { fromOn, ...(untilOn === null ? {} : { untilOn }) };
    const subject = { kind: 'member', id: memberId } as const;
    await this.audit.append(tx, { act: 'member.paused', actor, subject, detail });
  }

  /** Ends every pause that goes on or is still to come, as of today. @throws UnknownMember */
  async resume(memberId: string, actor: Actor): Promise<void> {
    await this.locked(memberId, (tx) => this.end(tx, memberId, actor, false));
  }

  /** The same in the transaction of a caller who holds the member's row. */
  async resumeIn(tx: EntityManager, memberId: string, actor: Actor): Promise<void> {
    await this.end(tx, memberId, actor, false);
  }

  /**
   * A member who asks for a message takes back the pause that goes on by their own wish; one that staff keep, or that is still to come,
   * stands.
   * @throws UnknownMember
   */
  async takeBack(memberId: string): Promise<void> {
    await this.locked(memberId, (tx) => this.end(tx, memberId, { kind: 'member', memberId }, true));
  }

  /** A member's pauses, those that are over too, in the order in which they were asked for; none for who is no member. */
  of(memberId: string): Promise<KeptPause[]> {
    return pausesOf(this.db, memberId);
  }

  private async end(tx: EntityManager, memberId: string, actor: Actor, ownOnly: boolean): Promise<void> {
    const ended = await endPauses(tx, memberId, this.today(), ownOnly);
    if (ended === 0) return;
    const subject = { kind: 'member', id: memberId } as const;
    await this.audit.append(tx, { act: 'member.resumed', actor, subject, detail: { ended } });
  }

  private locked<T>(memberId: string, act: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.db.transaction(async (tx) => {
      if ((await lockMember(tx, memberId)) === undefined) throw UnknownMember({ member: memberId });
      return act(tx);
    });
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}
