import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { ResponseModule } from '../response/response.module.js';
import { StudyModule } from '../study/study.module.js';
import { ExportService } from './export.service.js';

@Module({
  imports: [StudyModule, QuestionnaireModule, ResidenceModule, ResponseModule],
  providers: [ExportService],
  exports: [ExportService],
})
export class ExportModule {}
