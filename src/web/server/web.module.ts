import { Module } from '@nestjs/common';
import { ContactModule } from '../../contact/contact.module.js';
import { ExportModule } from '../../export/export.module.js';
import { FieldworkModule } from '../../fieldwork/fieldwork.module.js';
import { PanelModule } from '../../panel/panel.module.js';
import { QuestionnaireModule } from '../../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../../residence/residence.module.js';
import { ResponseModule } from '../../response/response.module.js';
import { RightsModule } from '../../rights/rights.module.js';
import { StudyModule } from '../../study/study.module.js';
import { VaultModule } from '../../vault/vault.module.js';
import { WaveModule } from '../../wave/wave.module.js';
import { AskLinkController } from './ask-link.controller.js';
import { ContactController } from './contact.controller.js';
import { FieldworkController } from './fieldwork.controller.js';
import { LaterController } from './later.controller.js';
import { MemberController } from './member.controller.js';
import { MineActsController } from './mine-acts.controller.js';
import { MineLinkController } from './mine-link.controller.js';
import { MineController } from './mine.controller.js';
import { MyMoveController } from './my-move.controller.js';
import { MyResidenceController } from './my-residence.controller.js';
import { OwnVisitService } from './own-visit.service.js';
import { PauseController } from './pause.controller.js';
import { ReceiptController } from './receipt.controller.js';
import { RespondPagesController } from './respond-pages.controller.js';
import { SendingController } from './sending.controller.js';
import { StaffAcceptController } from './staff-accept.controller.js';
import { StaffAccountController } from './staff-account.controller.js';
import { StaffResidenceController } from './staff-residence.controller.js';
import { StaffSignInController } from './staff-sign-in.controller.js';
import { StopController } from './stop.controller.js';
import { TelegramJoinController } from './telegram-join.controller.js';
import { ReleasesController } from './releases.controller.js';
import { TokenController } from './token.controller.js';
import { WaveController } from './wave.controller.js';

/** Every page, the respondents' API and the staff's. */
@Module({
  imports: [
    StudyModule,
    QuestionnaireModule,
    PanelModule,
    ResidenceModule,
    WaveModule,
    ResponseModule,
    ContactModule,
    RightsModule,
    FieldworkModule,
    ExportModule,
    VaultModule,
  ],
  controllers: [
    RespondPagesController,
    LaterController,
    AskLinkController,
    StopController,
    MyResidenceController,
    TelegramJoinController,
    MineLinkController,
    MineController,
    MineActsController,
    MyMoveController,
    ReceiptController,
    StaffSignInController,
    StaffAcceptController,
    StaffAccountController,
    FieldworkController,
    StaffResidenceController,
    WaveController,
    ContactController,
    SendingController,
    PauseController,
    MemberController,
    TokenController,
    ReleasesController,
  ],
  providers: [OwnVisitService],
})
export class WebModule {}
