import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { CaseService } from './case.service.js';
import { IssueService } from './issue.service.js';
import { WaveService } from './wave.service.js';

@Module({
  imports: [ResidenceModule, StudyModule, QuestionnaireModule],
  providers: [WaveService, IssueService, CaseService],
  exports: [WaveService, IssueService, CaseService],
})
export class WaveModule {}
