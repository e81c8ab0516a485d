import { Module } from '@nestjs/common';
import { EnrolmentService } from './enrolment.service.js';
import { VaultService } from './vault.service.js';

@Module({
  providers: [VaultService, EnrolmentService],
  exports: [VaultService, EnrolmentService],
})
export class VaultModule {}
