import { Module } from '@nestjs/common';
import { ConsentModule } from '../consent/consent.module.js';
import { ContactModule } from '../contact/contact.module.js';
import { PanelModule } from '../panel/panel.module.js';
import { QuestionnaireModule } from '../questionnaire/questionnaire.module.js';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { VaultModule } from '../vault/vault.module.js';
import { WaveModule } from '../wave/wave.module.js';
import { AddressChangeService } from './address-change.service.js';
import { AddressSettleService } from './address-settle.service.js';
import { ErasureEndService } from './erasure-end.service.js';
import { ErasureProcessor } from './erasure.processor.js';
import { ErasureService } from './erasure.service.js';
import { HeldService } from './held.service.js';
import { OwnPageService } from './own-page.service.js';
import { ReceiptService } from './receipt.service.js';
import { RightsService } from './rights.service.js';

const SERVICES = [
  ErasureService,
  ErasureEndService,
  ErasureProcessor,
  ReceiptService,
  RightsService,
  OwnPageService,
  HeldService,
  AddressChangeService,
  AddressSettleService,
];

/** What people may ask of the study that holds something of them. */
@Module({
  imports: [
    StudyModule,
    QuestionnaireModule,
    ConsentModule,
    PanelModule,
    ResidenceModule,
    WaveModule,
    ContactModule,
    VaultModule,
  ],
  providers: SERVICES,
  exports: SERVICES,
})
export class RightsModule {}
