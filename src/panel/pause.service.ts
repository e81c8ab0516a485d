import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { log } from '../kit/log.node.js';
import { UnknownMember } from './panel.problems.js';
import { lockMember } from './panel.queries.js';
import { covers, type Pause, type PauseAskedBy, pauseFaults } from './pause.js';
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
  ) {}

  /**
   * Keeps a pause. Asked for again it stays as it is.
   * @throws InvalidPause, UnknownMember
   */
  async pause(memberId: string, pause: Pause, by: PauseAskedBy): Promise<void> {
    const findings = pauseFaults(pause, this.today());
    if (findings.length > 0) throw InvalidPause({ findings });
    await this.locked(memberId, async (tx) => {
      const kept = await pausesOf(tx, memberId);
      if (!kept.some((other) => covers(other, pause))) await addPause(tx, memberId, pause, by);
    });
  }

  /** Ends every pause that goes on or is still to come, as of today. @throws UnknownMember */
  async resume(memberId: string, by: PauseAskedBy): Promise<void> {
    const ended = await this.locked(memberId, (tx) => endPauses(tx, memberId, this.today(), false));
    if (ended > 0) log.info({ by, ended }, 'pauses of a member were ended');
  }

  /**
   * A member who asks for a message takes back the pause that goes on by their own wish; one that staff keep, or that is still to come,
   * stands.
   * @throws UnknownMember
   */
  async takeBack(memberId: string): Promise<void> {
    await this.locked(memberId, (tx) => endPauses(tx, memberId, this.today(), true));
  }

  /** A member's pauses, those that are over too, in the order in which they were asked for; none for who is no member. */
  of(memberId: string): Promise<KeptPause[]> {
    return pausesOf(this.db, memberId);
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
