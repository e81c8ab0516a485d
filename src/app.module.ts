import { DynamicModule, Inject, Module, OnApplicationBootstrap } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessModule } from './access/access.module.js';
import { BackupModule } from './backup/backup.module.js';
import { ContactModule } from './contact/contact.module.js';
import { EmailProcessor, TelegramProcessor } from './contact/contact.processor.js';
import { ContactService } from './contact/contact.service.js';
import { FenceService } from './contact/fence.service.js';
import { LinkRequestProcessor } from './contact/link-request.processor.js';
import { TelegramPollingModule } from './contact/telegram/telegram.module.js';
import { ExportModule } from './export/export.module.js';
import { FieldworkModule } from './fieldwork/fieldwork.module.js';
import { Clock } from './kit/clock.js';
import { type Config } from './kit/config.js';
import { HealthController, READINESS, type Readiness } from './kit/health.controller.js';
import { KitModule } from './kit/kit.module.js';
import { QueueService } from './kit/queue.service.js';
import { MemberRow } from './panel/member.entity.js';
import { QuestionnaireVersionRow } from './questionnaire/questionnaire.entity.js';
import { QuestionnaireModule } from './questionnaire/questionnaire.module.js';
import { ReportModule } from './report/report.module.js';
import { ResidenceModule } from './residence/residence.module.js';
import { ResponseModule } from './response/response.module.js';
import { LetterRow, StudyRow } from './study/study.entity.js';
import { ErasureProcessor } from './rights/erasure.processor.js';
import { RightsModule } from './rights/rights.module.js';
import { StudyModule } from './study/study.module.js';
import { VaultModule } from './vault/vault.module.js';
import { VaultService } from './vault/vault.service.js';
import { WaveRow } from './wave/wave.entity.js';
import { IssueProcessor } from './wave/issue.processor.js';
import { WaveModule } from './wave/wave.module.js';
import { WaveService } from './wave/wave.service.js';
import { InboundMailController } from './web/server/inbound-mail.controller.js';
import { TelegramWebhookController } from './web/server/telegram-webhook.controller.js';
import { WebModule } from './web/server/web.module.js';

export const ENTITIES = [StudyRow, LetterRow, QuestionnaireVersionRow, MemberRow, WaveRow];

const FEATURES = [
  AccessModule,
  StudyModule,
  QuestionnaireModule,
  VaultModule,
  ResidenceModule,
  WaveModule,
  ContactModule,
  ResponseModule,
  RightsModule,
  FieldworkModule,
  ExportModule,
  ReportModule,
  BackupModule,
];

/** Works jobs off, one handler a job name, proved when the process starts; and takes what comes in for the vault's eyes. */
@Module({
  imports: [ContactModule, WaveModule, RightsModule, TelegramPollingModule],
  controllers: [InboundMailController, TelegramWebhookController],
})
class WorkModule implements OnApplicationBootstrap {
  constructor(
    @Inject(QueueService) private readonly queue: QueueService,
    @Inject(EmailProcessor) private readonly email: EmailProcessor,
    @Inject(TelegramProcessor) private readonly telegram: TelegramProcessor,
    @Inject(LinkRequestProcessor) private readonly links: LinkRequestProcessor,
    @Inject(ErasureProcessor) private readonly erasures: ErasureProcessor,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(ContactService) private readonly contacts: ContactService,
    @Inject(FenceService) private readonly fence: FenceService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.fence.check(); // before the first message
    const issue = new IssueProcessor(this.waves, this.contacts.plan.bind(this.contacts));
    this.queue.work([this.email, this.telegram, this.links, this.erasures, issue]);
  }
}

/** Health and metrics: the worker also needs the vault, the web process does not. */
@Module({
  imports: [VaultModule],
  controllers: [HealthController],
  providers: [
    {
      provide: READINESS,
      inject: [VaultService],
      useFactory: (vault: VaultService): Readiness => ({ vault: () => vault.ping() }),
    },
  ],
})
class WorkerHealthModule {}

@Module({ controllers: [HealthController] })
class WebHealthModule {}

export interface AppOptions {
  /** False where something else calls the sweep: the demo, on its own clock. */
  schedule: boolean;
}

@Module({})
export class AppModule {
  /** The application in one of its roles. The command line is a role without pages and without work. */
  static for(
    config: Config,
    clock: Clock,
    role: Config['role'] | 'cli',
    options: AppOptions = { schedule: true },
  ): DynamicModule {
    const works = role === 'worker' || role === 'all';
    return {
      module: AppModule,
      imports: [
        KitModule.with(config, clock, ENTITIES),
        ...FEATURES,
        ...(works ? [WorkModule, WorkerHealthModule] : []),
        ...(works && options.schedule ? [ScheduleModule.forRoot()] : []),
        ...(role === 'web' || role === 'all' ? [WebModule] : []),
        ...(role === 'web' ? [WebHealthModule] : []),
      ],
    };
  }
}
