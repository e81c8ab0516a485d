import { Module } from '@nestjs/common';
import { ContactModule } from '../../contact/contact.module.js';
import { FieldworkModule } from '../../fieldwork/fieldwork.module.js';
import { ResponseModule } from '../../response/response.module.js';
import { StudyModule } from '../../study/study.module.js';
import { FieldworkController } from './fieldwork.controller.js';
import { RespondPagesController } from './respond-pages.controller.js';
import { StopController } from './stop.controller.js';

/** Every page and the respondents' API. */
@Module({
  imports: [StudyModule, ResponseModule, ContactModule, FieldworkModule],
  controllers: [RespondPagesController, StopController, FieldworkController],
})
export class WebModule {}
