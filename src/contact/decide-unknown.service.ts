import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor, actorName } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { isMemberId } from '../panel/member-id.js';
import { NothingToDecide, UnknownMessage } from './contact.problems.js';
import {
  lockAttempt,
  noteDecision,
  planAnew,
  type UnknownAttempt,
  unknownAttempts,
} from './decide-unknown.queries.js';
import { settleIn } from './leave.queries.js';

export const DECISIONS = ['sent', 'again'] as const;
export type UnknownDecision = (typeof DECISIONS)[number];

/** Messages of which nobody knows whether they left: none is sent again unless a person says so. */
@Injectable()
export class DecideUnknownService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  list(waveId: string): Promise<UnknownAttempt[]> {
    return unknownAttempts(this.db, waveId);
  }

  /**
   * `sent` settles a message as one that left, `again` plans it anew. Kept with who decided.
   * @throws UnknownMessage, NothingToDecide for one that is not unknown
   */
  async decide(
    about: { waveId: string; memberId: string; step: string },
    as: UnknownDecision,
    actor: Actor,
  ): Promise<void> {
    const key = { member_id: about.memberId, wave_id: about.waveId, step: about.step };
    const unknown = () => UnknownMessage({ member: about.memberId, wave: about.waveId, step: about.step });
    if (!isMemberId(about.memberId)) throw unknown();
    const now = this.clock.now();
    await this.db.transaction(async (tx) => {
      const attempt = await lockAttempt(tx, key);
      if (!attempt) throw unknown();
      const { state, channel } = attempt;
      if (state !== 'unknown') throw NothingToDecide({ step: about.step, state });
      if (as === 'again') await planAnew(tx, key, now);
      else {
        const leftAt = attempt.claimed_at ?? now;
        const sent = { ...key, state: 'sent' as const, channel, reason: null, dueAt: null, event: null };
        await settleIn(tx, sent, leftAt);
      }
      await noteDecision(tx, key, { event: `decided_${as}`, channel, by: actorName(actor) }, now);
      await this.audit.append(tx, {
        act: 'message.decided',
        actor,
        subject: { kind: 'member', id: about.memberId },
        detail: { wave: about.waveId, step: about.step, as },
      });
    });
  }
}
