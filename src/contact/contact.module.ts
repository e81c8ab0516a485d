import { Module } from '@nestjs/common';
import { PanelModule } from '../panel/panel.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { VaultModule } from '../vault/vault.module.js';
import { VaultService } from '../vault/vault.service.js';
import { WaveModule } from '../wave/wave.module.js';
import { type ChannelSender } from './channel.js';
import { EmailProcessor, TelegramProcessor } from './contact.processor.js';
import { ContactService } from './contact.service.js';
import { LetterService } from './letter.service.js';
import { LinkRequestProcessor } from './link-request.processor.js';
import { LinkRequestService, MAIL_CHANNEL } from './link-request.service.js';
import { BounceMailbox } from './mail/bounce-mailbox.node.js';
import { ADDRESS_SUPPRESSION, BounceService, TROUBLE_SINK } from './mail/bounce.service.js';
import { MailChannel } from './mail/mail.channel.node.js';
import { DecideUnknownService } from './decide-unknown.service.js';
import { FenceService } from './fence.service.js';
import { LetterExportService } from './letter-export.service.js';
import { PlanEditService } from './plan-edit.service.js';
import { SendingService } from './sending.service.js';
import { SuppressionService } from './suppression.service.js';
import { PlanService } from './plan.service.js';
import { RemindService } from './remind.service.js';
import { SenderService, SENDERS } from './sender.service.js';
import { StopService } from './stop.service.js';
import { Sweep } from './sweep.service.js';
import { TelegramChannel } from './telegram/telegram.channel.node.js';
import { TelegramModule } from './telegram/telegram.module.js';

const SERVICES = [
  PlanService,
  LetterService,
  ContactService,
  SenderService,
  EmailProcessor,
  TelegramProcessor,
  StopService,
  RemindService,
  LinkRequestService,
  LinkRequestProcessor,
  MailChannel,
  BounceService,
  BounceMailbox,
  DecideUnknownService,
  FenceService,
  LetterExportService,
  PlanEditService,
  SendingService,
  SuppressionService,
  Sweep,
];

@Module({
  imports: [ResidenceModule, StudyModule, PanelModule, WaveModule, VaultModule, TelegramModule],
  providers: [
    ...SERVICES,
    { provide: MAIL_CHANNEL, useExisting: MailChannel },
    { provide: TROUBLE_SINK, useExisting: ContactService },
    { provide: ADDRESS_SUPPRESSION, useExisting: VaultService },
    {
      provide: SENDERS,
      inject: [MailChannel, TelegramChannel],
      useFactory: (...senders: ChannelSender[]) => senders,
    },
  ],
  exports: [...SERVICES, TelegramModule],
})
export class ContactModule {}
