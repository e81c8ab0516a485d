import { Module } from '@nestjs/common';
import { ContactModule } from '../../contact/contact.module.js';
import { FieldworkModule } from '../../fieldwork/fieldwork.module.js';
import { QuestionnaireModule } from '../../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../../residence/residence.module.js';
import { ResponseModule } from '../../response/response.module.js';
import { StudyModule } from '../../study/study.module.js';
import { FieldworkController } from './fieldwork.controller.js';
import { MyResidenceController } from './my-residence.controller.js';
import { RespondPagesController } from './respond-pages.controller.js';
import { StaffResidenceController } from './staff-residence.controller.js';
import { StopController } from './stop.controller.js';

/** Every page and the respondents' API. */
@Module({
  imports: [
    StudyModule,
    QuestionnaireModule,
    ResidenceModule,
    ResponseModule,
    ContactModule,
    FieldworkModule,
  ],
  controllers: [
    RespondPagesController,
    MyResidenceController,
    StopController,
    FieldworkController,
    StaffResidenceController,
  ],
})
export class WebModule {}
