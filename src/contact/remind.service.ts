import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { hashOf } from '../access/token.node.js';
import { tokenIn } from '../access/token.js';
import { Clock } from '../kit/clock.js';
import { PauseService } from '../panel/pause.service.js';
import { caseIsFinished } from '../wave/case-state.js';
import { contactFacts } from './contact-facts.js';
import { hoursFor } from './decide/hours.js';
import { zonesFor } from './decide/zones.js';
import { factsOfWished } from './facts.queries.js';
import { PlanService } from './plan.service.js';
import {
  choicesBefore,
  monthOfPause,
  MOST_REMINDERS,
  type Later,
  type RemindChoice,
  reminderAt,
  writableBy,
} from './remind.js';
import { lockPutOffCase, planAskedReminder, type PutOffCase, putOffCase } from './remind.queries.js';

/**
 * "Not now, remind me": whoever holds a personal link puts its survey off, or asks for a month of silence. It opens no session and
 * answers every link alike, those too that open nothing.
 */
@Injectable()
export class RemindService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(PauseService) private readonly pauses: PauseService,
    @Inject(PlanService) private readonly plans: PlanService,
  ) {}

  /** What can be chosen behind a link, or a token alone. A link that opens nothing has every choice. */
  async choices(posted: unknown): Promise<RemindChoice[]> {
    const token = tokenIn(posted);
    const now = this.clock.now();
    const at = token ? await putOffCase(this.db, hashOf(token)) : undefined;
    return choicesBefore(at && takesAnswers(at, now) ? at.closes_at : undefined, now);
  }

  /**
   * Reminds at the chosen time, or at the latest one before the case closes; or pauses all messages to the person. Asked for again it
   * moves what was asked for before, and takes back a pause; a person can be reminded in this way five times.
   */
  async ask(posted: unknown, choice: RemindChoice): Promise<void> {
    const token = tokenIn(posted);
    if (!token) return;
    await (choice === 'pause' ? this.pause(hashOf(token)) : this.remind(hashOf(token), choice));
  }

  private async remind(tokenHash: Buffer, choice: Later): Promise<void> {
    const memberId = await this.db.transaction(async (tx) => {
      const now = this.clock.now();
      const at = await lockPutOffCase(tx, tokenHash);
      if (!at || !takesAnswers(at, now)) return undefined;
      const chosen = reminderAt(choice, at.closes_at, now);
      const planned =
        chosen && (await planAskedReminder(tx, at, await this.writable(tx, at, chosen), MOST_REMINDERS));
      return planned ? at.member_id : undefined;
    });
    if (memberId) await this.pauses.takeBack(memberId);
  }

  /** The time that was chosen, or where people are not written to then, the last one before at which they are. */
  private async writable(tx: EntityManager, at: PutOffCase, chosen: Date): Promise<Date> {
    const now = this.clock.now();
    const wanted = {
      member_id: at.member_id,
      wave_id: at.wave_id,
      step: 'asked',
      falls_due_at: chosen,
      closes_at: null,
    };
    const [row] = await factsOfWished(tx, [wanted], now);
    if (!row) return chosen;
    const facts = contactFacts(row, await this.plans.of(row));
    const country = facts.residenceCountry ?? facts.hostCountry;
    const hours = hoursFor(facts.hours, facts.exceptions, at.channel, country);
    return writableBy(chosen, now, zonesFor(facts), hours);
  }

  private async pause(tokenHash: Buffer): Promise<void> {
    const now = this.clock.now();
    const at = await putOffCase(this.db, tokenHash);
    if (at && takesAnswers(at, now))
      await this.pauses.pause(at.member_id, monthOfPause(now), {
        kind: 'member',
        memberId: at.member_id,
      });
  }
}

/** The same links that open a session: not revoked, of an active member, to a case under way in an open wave. */
const takesAnswers = (at: PutOffCase, now: Date): at is PutOffCase & { closes_at: Date } =>
  !at.revoked &&
  at.member_status === 'active' &&
  !at.submitted &&
  !caseIsFinished(at.case_state) &&
  at.opened_at !== null &&
  at.closed_at === null &&
  at.closes_at !== null &&
  now < at.closes_at;
