import { Body, Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { sameSecret } from '../../access/token.node.js';
import { UpdateTooLarge, WebhookRefused } from '../../contact/telegram/telegram.problems.js';
import { UpdateService } from '../../contact/telegram/update.service.js';
import { WEBHOOK_PATH } from '../../contact/telegram/update.js';
import { CONFIG, type Config } from '../../kit/config.js';

const LIMIT_BYTES = 64 * 1024;

/** Where Telegram posts updates, in processes with access to the vault. It sends an update again until it is answered with 200. */
@ApiExcludeController()
@Controller()
export class TelegramWebhookController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(UpdateService) private readonly updates: UpdateService,
  ) {}

  @Post(WEBHOOK_PATH)
  @HttpCode(200)
  async take(@Req() request: FastifyRequest, @Body() body: unknown): Promise<void> {
    const secret = this.config.telegram?.webhookSecret;
    const given = request.headers['x-telegram-bot-api-secret-token'];
    if (!secret || typeof given !== 'string' || !sameSecret(given, secret)) throw WebhookRefused({});
    if (!(Number(request.headers['content-length']) <= LIMIT_BYTES))
      throw UpdateTooLarge({ limitBytes: LIMIT_BYTES });
    await this.updates.takeUpdate(body);
  }
}
