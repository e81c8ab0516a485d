import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { QueueService } from '../kit/queue.service.js';
import { type Channel } from '../study/channel.js';
import { dueCount } from './attempt.queries.js';
import { ResidenceService } from '../residence/residence.service.js';
import { WaveService } from '../wave/wave.service.js';
import { ContactService } from './contact.service.js';
import { LinkRequestService } from './link-request.service.js';
import { BounceMailbox } from './mail/bounce-mailbox.node.js';

const EVERY_SECONDS = 10;
const ISSUE_EVERY_SECONDS = 3600;
const BOUNCES_EVERY_SECONDS = 60;
const CHANNELS_THAT_SEND = ['email', 'telegram'] as const satisfies Channel[];
/** Several lanes of a channel share the work over all workers; a few messages need but one. */
const MOST_LANES = 4;
const MESSAGES_A_LANE = 25;

/** Finds what is owed, whatever became of earlier nudges. Of all instances one sweeps in each slot. */
@Injectable()
export class Sweep {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QueueService) private readonly queue: QueueService,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(ContactService) private readonly contacts: ContactService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
    @Inject(LinkRequestService) private readonly links: LinkRequestService,
    @Inject(BounceMailbox) private readonly bounces: BounceMailbox,
  ) {}

  @Interval(EVERY_SECONDS * 1000)
  async sweep(): Promise<void> {
    try {
      if (await claimSlot(this.db, 'contact.sweep', slotOf(this.clock.now(), EVERY_SECONDS)))
        await this.run();
    } catch (cause) {
      log.warn(
        { error: cause instanceof Error ? cause.name : typeof cause },
        'the sweep could not run; the next one will',
      );
    }
  }

  /**
   * Closes waves and cases whose window has passed, derives where members live from what counts now, issues the cases that have
   * fallen due, and nudges workers where something is due.
   * @returns the channels with something due
   */
  async run(): Promise<Channel[]> {
    await this.waves.closeOverdue();
    await this.residence.catchUp();
    await this.contacts.lapse();
    await this.issueDue();
    const now = this.clock.now();
    if (await this.links.tend()) await this.queue.nudge({ name: 'contact.link', ids: {} });
    await this.readBounces();
    const due: Channel[] = [];
    for (const channel of CHANNELS_THAT_SEND) {
      const messages = await dueCount(this.db, channel, MOST_LANES * MESSAGES_A_LANE, now);
      if (messages > 0) due.push(channel);
      for (let lane = 1; lane <= Math.ceil(messages / MESSAGES_A_LANE); lane += 1)
        await this.queue.nudge({ name: `contact.${channel}`, ids: { lane: String(lane) } });
    }
    return due;
  }

  /** Once a minute. A mailbox that cannot be read is the next minute's matter. */
  private async readBounces(): Promise<void> {
    if (!(await claimSlot(this.db, 'contact.bounces', slotOf(this.clock.now(), BOUNCES_EVERY_SECONDS))))
      return;
    try {
      await this.bounces.read();
    } catch (cause) {
      log.warn({ error: faultOf(cause) }, 'the bounce mailbox could not be read');
    }
  }

  /** Windows begin with a day, so once an hour is often enough: that looks at every member. An opening that goes on is not put off. */
  private async issueDue(): Promise<void> {
    for (const waveId of await this.waves.openings())
      await this.queue.nudge({ name: 'wave.issue', ids: { waveId } });
    const slot = slotOf(this.clock.now(), ISSUE_EVERY_SECONDS);
    for (const waveId of await this.waves.stillIssuing())
      if (await claimSlot(this.db, `wave.issue.${waveId}`, slot))
        await this.waves.issueDue(waveId, this.contacts.plan.bind(this.contacts));
  }
}
