import { DynamicModule, Inject, Module, OnApplicationBootstrap } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ContactModule } from './contact/contact.module.js';
import { ContactProcessor } from './contact/contact.processor.js';
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
import { StudyModule } from './study/study.module.js';
import { VaultModule } from './vault/vault.module.js';
import { VaultService } from './vault/vault.service.js';
import { WaveRow } from './wave/wave.entity.js';
import { WaveModule } from './wave/wave.module.js';
import { WebModule } from './web/server/web.module.js';

export const ENTITIES = [StudyRow, LetterRow, QuestionnaireVersionRow, MemberRow, WaveRow];

const FEATURES = [
  StudyModule,
  QuestionnaireModule,
  VaultModule,
  ResidenceModule,
  WaveModule,
  ContactModule,
  ResponseModule,
  FieldworkModule,
  ExportModule,
  ReportModule,
];

/** Works jobs off. One handler a job name, proved when the process starts. */
@Module({ imports: [ContactModule] })
class WorkModule implements OnApplicationBootstrap {
  constructor(
    @Inject(QueueService) private readonly queue: QueueService,
    @Inject(ContactProcessor) private readonly contacts: ContactProcessor,
  ) {}

  onApplicationBootstrap(): void {
    this.queue.work([this.contacts]);
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
