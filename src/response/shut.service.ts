import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { endSessions, forgetLapsedSessions, revokeLinks } from './shut.queries.js';

const LOOK_EVERY_SECONDS = 600;
const DAY_SECONDS = 86_400;

/** What a study shuts when somebody may hold its links or sessions who should not. Answers that are stored stay. */
@Injectable()
export class ShutService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Revokes every personal link of a study that is out and ends its respondents' sessions: whoever opens one is led to where a fresh one
   * is asked for, which goes to the person's own address. Messages that leave later carry links that work.
   */
  async revokeLinks(studyId: string, actor: Actor): Promise<{ links: number; sessions: number }> {
    return this.db.transaction(async (tx) => {
      const links = await revokeLinks(tx, studyId);
      const sessions = await endSessions(tx, studyId);
      await this.audit.append(tx, { act: 'links.revoked', actor, studyId, detail: { links, sessions } });
      return { links, sessions };
    });
  }

  /** Ends the sessions of a study's respondents; their links open new ones. */
  async endSessions(studyId: string, actor: Actor): Promise<number> {
    return this.db.transaction(async (tx) => {
      const sessions = await endSessions(tx, studyId);
      await this.audit.append(tx, { act: 'sessions.ended', actor, studyId, detail: { sessions } });
      return sessions;
    });
  }

  /** Once a day. */
  @Interval(LOOK_EVERY_SECONDS * 1000)
  async forgetLapsed(): Promise<void> {
    try {
      const now = this.clock.now();
      if (await claimSlot(this.db, 'response.lapsed', slotOf(now, DAY_SECONDS)))
        await forgetLapsedSessions(this.db, dateOf(now));
    } catch (cause) {
      log.warn({ error: faultOf(cause) }, 'lapsed sessions could not be forgotten; tomorrow’s look will');
    }
  }
}
