import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type NudgeHandler } from '../kit/queue.js';
import { SenderService } from './sender.service.js';

const ids = z.strictObject({ lane: z.string() });

/** "Something may be due by e-mail." */
@Injectable()
export class EmailProcessor implements NudgeHandler {
  readonly name = 'contact.email';

  constructor(@Inject(SenderService) private readonly sender: SenderService) {}

  async handle(payload: unknown, ending: AbortSignal): Promise<void> {
    ids.parse(payload);
    await this.sender.sendDue('email', ending);
  }
}

/** "Something may be due on Telegram." */
@Injectable()
export class TelegramProcessor implements NudgeHandler {
  readonly name = 'contact.telegram';

  constructor(@Inject(SenderService) private readonly sender: SenderService) {}

  async handle(payload: unknown, ending: AbortSignal): Promise<void> {
    ids.parse(payload);
    await this.sender.sendDue('telegram', ending);
  }
}
