import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { type AuditEntry } from '../access/audit-act.js';
import { AuditService } from '../access/audit.service.js';
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
    @Inject(AuditService) private readonly audit: AuditService,
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
  async open(memberId: string, actor: Actor): Promise<void> {
    await this.known(memberId);
    await this.noted(memberId, { act: 'tracing.opened', actor }, async (tx) => {
      if (!(await openTask(tx, memberId, this.today()))) throw TaskIsOpen({ member: memberId });
    });
  }

  /** Notes an attempt in the member's open task. @throws UnknownMember, NoOpenTask */
  async attempt(
    memberId: string,
    channel: TracingChannel,
    outcome: AttemptOutcome,
    actor: Actor,
  ): Promise<void> {
    await this.known(memberId);
    const entry = { act: 'tracing.attempted', actor, detail: { channel, outcome } } as const;
    await this.noted(memberId, entry, async (tx) => {
      const noted = await addAttempt(tx, memberId, { channel, outcome, on: this.today() });
      if (!noted) throw NoOpenTask({ member: memberId });
    });
  }

  /** Ends the member's open task. @throws UnknownMember, NoOpenTask */
  async close(memberId: string, outcome: TracingOutcome, actor: Actor): Promise<void> {
    await this.known(memberId);
    const entry = { act: 'tracing.closed', actor, detail: { outcome } } as const;
    await this.noted(memberId, entry, async (tx) => {
      if (!(await closeTask(tx, memberId, outcome, this.today()))) throw NoOpenTask({ member: memberId });
    });
  }

  /** The tasks of a study, the oldest first. */
  async tasks(studyId: string, only: { open: boolean }): Promise<TracingTask[]> {
    return tracingTasks(this.db, studyId, only.open);
  }

  private noted(
    memberId: string,
    entry: AuditEntry,
    act: (tx: EntityManager) => Promise<void>,
  ): Promise<void> {
    return this.db.transaction(async (tx) => {
      await act(tx);
      await this.audit.append(tx, { ...entry, subject: { kind: 'member', id: memberId } });
    });
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
