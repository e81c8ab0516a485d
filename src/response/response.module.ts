import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { StudyModule } from '../study/study.module.js';
import { EntryService } from './entry.service.js';
import { KnownStudies } from './known-studies.service.js';
import { ResponseCoder } from './response-coder.service.js';
import { ResponseController } from './response.controller.js';
import { ResponseService } from './response.service.js';

@Module({
  imports: [StudyModule, QuestionnaireModule],
  controllers: [ResponseController],
  providers: [EntryService, KnownStudies, ResponseService, ResponseCoder],
  exports: [EntryService, ResponseService, ResponseCoder],
})
export class ResponseModule {}
