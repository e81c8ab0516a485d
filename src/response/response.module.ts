import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { EntryService } from './entry.service.js';
import { FeedService } from './feed.service.js';
import { InterviewService } from './interview.service.js';
import { KnownStudies } from './known-studies.service.js';
import { LateAnswersService } from './late.service.js';
import { ResponseCoder } from './response-coder.service.js';
import { ResponseController } from './response.controller.js';
import { ResponseService } from './response.service.js';
import { ShutService } from './shut.service.js';
import { SessionService } from './session.service.js';

@Module({
  imports: [StudyModule, QuestionnaireModule, ResidenceModule],
  controllers: [ResponseController],
  providers: [
    EntryService,
    FeedService,
    InterviewService,
    KnownStudies,
    LateAnswersService,
    SessionService,
    ResponseService,
    ResponseCoder,
    ShutService,
  ],
  exports: [
    EntryService,
    InterviewService,
    SessionService,
    ResponseService,
    ResponseCoder,
    LateAnswersService,
    ShutService,
  ],
})
export class ResponseModule {}
