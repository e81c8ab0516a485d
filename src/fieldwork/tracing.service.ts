import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { log } from '../kit/log.node.js';
import { isMemberId } from '../panel/member-id.js';
import { MemberRow } from '../panel/member.entity.js';
import { UnknownMember } from '../panel/panel.problems.js';
import { CASE_STATES } from '../wave/case-state.js';
import { checkInOutcome } from '../wave/check-in.js';
import {
  type AttemptOutcome,
  type TracingChannel,
  type TracingOutcome,
  type TracingTask,
} from './tracing.js';
import { NoOpenTask, TaskIsOpen } from './tracing.problems.js';
import {
  addAttempt,
  closeAnswered,
  closeTask,
  openTask,
  openTasks,
  tracingTasks,
} from './tracing.queries.js';

const LOOK_EVERY_SECONDS = 600;
/** Days are what counts, and all cases are looked at. */
const RUN_EVERY_SECONDS = 3600;

/** The search for members who fell silent or whose messages come back. It knows no address: those are the vault's. */
@Injectable()
export class TracingService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  @Interval(LOOK_EVERY_SECONDS * 1000)
  async sweep(): Promise<void> {
    try {
      if (await claimSlot(this.db, 'fieldwork.tracing', slotOf(this.clock.now(), RUN_EVERY_SECONDS)))
        await this.run();
    } catch (cause) {
      log.warn(
        { error: cause instanceof Error ? cause.name : typeof cause },
        'tracing tasks could not be brought up to date; the next sweep will',
      );
    }
  }

  /** Ends the tasks of those who were heard again, then opens those that are due. Safe to repeat. */
  async run(): Promise<{ closed: number; opened: number }> {
    const closed = await closeAnswered(this.db, this.today());
    return { closed, opened: await this.openTasks() };
  }

  /** Opens a task for whoever was silent in a check-in or whose message came back. @returns how many */
  async openTasks(): Promise<number> {
    return openTasks(this.db, LOST, this.today());
  }

  /** @throws UnknownMember, TaskIsOpen */
  async open(memberId: string): Promise<void> {
    await this.known(memberId);
    if (!(await openTask(this.db, memberId, this.today()))) throw TaskIsOpen({ member: memberId });
  }

  /** Notes an attempt in the member's open task. @throws UnknownMember, NoOpenTask */
  async attempt(memberId: string, channel: TracingChannel, outcome: AttemptOutcome): Promise<void> {
    await this.known(memberId);
    const noted = await addAttempt(this.db, memberId, { channel, outcome, on: this.today() });
    if (!noted) throw NoOpenTask({ member: memberId });
  }

  /** Ends the member's open task. @throws UnknownMember, NoOpenTask */
  async close(memberId: string, outcome: TracingOutcome): Promise<void> {
    await this.known(memberId);
    if (!(await closeTask(this.db, memberId, outcome, this.today()))) throw NoOpenTask({ member: memberId });
  }

  /** The tasks of a study, the oldest first. */
  async tasks(studyId: string, only: { open: boolean }): Promise<TracingTask[]> {
    return tracingTasks(this.db, studyId, only.open);
  }

  private async known(memberId: string): Promise<void> {
    const isMember =
      isMemberId(memberId) && (await this.db.getRepository(MemberRow).existsBy({ id: memberId }));
    if (!isMember) throw UnknownMember({ member: memberId });
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}

const statesOf = (outcome: 'silent' | 'bounced') =>
  CASE_STATES.filter((state) => checkInOutcome(state, {}) === outcome);

const LOST = { silent: statesOf('silent'), bounced: statesOf('bounced') };
