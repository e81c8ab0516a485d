import { Module } from '@nestjs/common';
import { ResidenceModule } from '../residence/residence.module.js';
import { StudyModule } from '../study/study.module.js';
import { VaultModule } from '../vault/vault.module.js';
import { WaveModule } from '../wave/wave.module.js';
import { ContactProcessor } from './contact.processor.js';
import { ContactService } from './contact.service.js';
import { StopService } from './stop.service.js';
import { Sweep } from './sweep.service.js';

@Module({
  imports: [ResidenceModule, StudyModule, WaveModule, VaultModule],
  providers: [ContactService, ContactProcessor, StopService, Sweep],
  exports: [ContactService, ContactProcessor, StopService, Sweep],
})
export class ContactModule {}
