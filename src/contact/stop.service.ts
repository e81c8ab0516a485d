import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../access/audit.service.js';
import { hashOf } from '../access/token.node.js';
import { Clock, dateOf } from '../kit/clock.js';
import { purposeOf, type StopChoice } from './stop.js';
import { addStop, lockStoppedMessage, removeStop, type StoppedMessage } from './stop.queries.js';

/**
 * Stops messages in the channel of the message whose unsubscribe link was used. The answer is the same for every token: it tells nobody
 * who is in the panel.
 */
@Injectable()
export class StopService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** Safe to repeat. */
  async stop(token: string, choice: StopChoice = 'all'): Promise<void> {
    await this.db.transaction(async (tx) => {
      const message = await lockStoppedMessage(tx, hashOf(token));
      if (!message) return;
      const purpose = purposeOf(choice, message.wave_id);
      await addStop(tx, message, purpose, dateOf(this.clock.now()));
      await this.audit.append(tx, { act: 'messages.stopped', ...noted(message, purpose) });
    });
  }

  /** Takes one stop back; others of the same person stand. Safe to repeat. */
  async undo(token: string, choice: StopChoice): Promise<void> {
    await this.db.transaction(async (tx) => {
      const message = await lockStoppedMessage(tx, hashOf(token));
      if (!message) return;
      const purpose = purposeOf(choice, message.wave_id);
      await removeStop(tx, message, purpose);
      await this.audit.append(tx, { act: 'messages.stop_undone', ...noted(message, purpose) });
    });
  }
}

const noted = ({ member_id, channel }: StoppedMessage, purpose: string) => ({
  actor: { kind: 'member' as const, memberId: member_id },
  subject: { kind: 'member' as const, id: member_id },
  detail: { channel, purpose },
});
