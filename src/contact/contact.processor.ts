import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type NudgeHandler } from '../kit/queue.js';
import { ContactService } from './contact.service.js';

const ids = z.strictObject({ waveId: z.string(), lane: z.string() });

/** "Something may be due in this wave." Several lanes of a wave share the work over all workers. */
@Injectable()
export class ContactProcessor implements NudgeHandler {
  readonly name = 'contact.due';

  constructor(@Inject(ContactService) private readonly contacts: ContactService) {}

  async handle(payload: unknown, ending: AbortSignal): Promise<void> {
    await this.contacts.sendDue(ids.parse(payload).waveId, ending);
  }
}
