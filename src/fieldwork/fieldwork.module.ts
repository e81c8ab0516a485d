import { Module } from '@nestjs/common';
import { ContactModule } from '../contact/contact.module.js';
import { StudyModule } from '../study/study.module.js';
import { FieldworkService } from './fieldwork.service.js';
import { TracingService } from './tracing.service.js';

@Module({
  imports: [StudyModule, ContactModule],
  providers: [FieldworkService, TracingService],
  exports: [FieldworkService, TracingService],
})
export class FieldworkModule {}
