import { Module } from '@nestjs/common';
import { StudyModule } from '../../study/study.module.js';
import { VaultModule } from '../../vault/vault.module.js';
import { TelegramBot } from './bot.node.js';
import { PollingService } from './polling.service.js';
import { StartService } from './start.service.js';
import { TelegramChannel } from './telegram.channel.node.js';
import { UpdateService } from './update.service.js';

/** The channel, and the way of a chat into the vault. Nothing in it acts by itself. */
@Module({
  imports: [StudyModule, VaultModule],
  providers: [TelegramBot, TelegramChannel, StartService, UpdateService],
  exports: [TelegramBot, TelegramChannel, StartService, UpdateService],
})
export class TelegramModule {}

/** Asks Telegram for updates, where none are posted: for processes that work. */
@Module({ imports: [TelegramModule], providers: [PollingService], exports: [PollingService] })
export class TelegramPollingModule {}
