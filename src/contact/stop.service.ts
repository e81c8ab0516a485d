import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOf } from '../access/token.node.js';
import { Clock, dateOf } from '../kit/clock.js';
import { purposeOf, type StopChoice } from './stop.js';
import { addStop, lockStoppedMessage, removeStop } from './stop.queries.js';

/**
 * Stops messages in the channel of the message whose unsubscribe link was used. The answer is the same for every token: it tells nobody
 * who is in the panel.
 */
@Injectable()
export class StopService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Safe to repeat. */
  async stop(token: string, choice: StopChoice = 'all'): Promise<void> {
    await this.db.transaction(async (tx) => {
      const message = await lockStoppedMessage(tx, hashOf(token));
      if (message) await addStop(tx, message, purposeOf(choice, message.wave_id), dateOf(this.clock.now()));
    });
  }

  /** Takes one stop back; others of the same person stand. Safe to repeat. */
  async undo(token: string, choice: StopChoice): Promise<void> {
    await this.db.transaction(async (tx) => {
      const message = await lockStoppedMessage(tx, hashOf(token));
      if (message) await removeStop(tx, message, purposeOf(choice, message.wave_id));
    });
  }
}
