import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { log } from '../kit/log.node.js';
import { QueueService } from '../kit/queue.service.js';
import { wavesWithDueAttempts } from './contact.queries.js';
import { ResidenceService } from '../residence/residence.service.js';
import { WaveService } from '../wave/wave.service.js';
import { ContactService } from './contact.service.js';

const EVERY_SECONDS = 10;
const ISSUE_EVERY_SECONDS = 3600;
const LANES = ['1', '2', '3', '4'];

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
   * Closes waves and cases whose window has passed, derives where members live from what counts now, issues the cases that have fallen due, and nudges workers where something is due.
   * @returns the waves with something due
   */
  async run(): Promise<string[]> {
    await this.waves.closeOverdue();
    await this.residence.catchUp();
    await this.contacts.lapse();
    await this.issueDue();
    const waves = await wavesWithDueAttempts(this.db, this.clock.now());
    for (const waveId of waves)
      for (const lane of LANES) await this.queue.nudge({ name: 'contact.due', ids: { waveId, lane } });
    return waves;
  }

  /** Windows begin with a day, so once an hour is often enough: that looks at every member. */
  private async issueDue(): Promise<void> {
    const slot = slotOf(this.clock.now(), ISSUE_EVERY_SECONDS);
    for (const waveId of await this.waves.stillIssuing())
      if (await claimSlot(this.db, `wave.issue.${waveId}`, slot))
        await this.waves.issueDue(waveId, this.contacts.plan.bind(this.contacts));
  }
}
