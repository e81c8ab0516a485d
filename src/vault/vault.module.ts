import { Module } from '@nestjs/common';
import { EnrolmentService } from './enrolment.service.js';
import { TombstoneService } from './tombstone.service.js';
import { KeyRotationService } from './key-rotation.service.js';
import { MixingService } from './mixing.service.js';
import { RevealService } from './reveal.service.js';
import { VaultService } from './vault.service.js';

@Module({
  providers: [
    VaultService,
    TombstoneService,
    EnrolmentService,
    KeyRotationService,
    MixingService,
    RevealService,
  ],
  exports: [
    VaultService,
    TombstoneService,
    EnrolmentService,
    KeyRotationService,
    MixingService,
    RevealService,
  ],
})
export class VaultModule {}
