import { Module } from '@nestjs/common';
import { ContactModule } from '../contact/contact.module.js';
import { StudyModule } from '../study/study.module.js';
import { FieldworkService } from './fieldwork.service.js';

@Module({ imports: [StudyModule, ContactModule], providers: [FieldworkService], exports: [FieldworkService] })
export class FieldworkModule {}
