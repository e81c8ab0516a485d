import { Module } from '@nestjs/common';
import { StudyModule } from '../study/study.module.js';
import { ConsentService } from './consent.service.js';

@Module({ imports: [StudyModule], providers: [ConsentService], exports: [ConsentService] })
export class ConsentModule {}
