import { Module } from '@nestjs/common';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { OutcomesService } from './outcomes.service.js';

@Module({ imports: [StudyModule, ResidenceModule], providers: [OutcomesService], exports: [OutcomesService] })
export class ReportModule {}
