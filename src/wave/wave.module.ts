import { Module } from '@nestjs/common';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { StudyModule } from '../study/study.module.js';
import { WaveService } from './wave.service.js';

@Module({
  imports: [StudyModule, QuestionnaireModule],
  providers: [WaveService],
  exports: [WaveService],
})
export class WaveModule {}
