import { Module } from '@nestjs/common';
import { EnrolmentService } from './enrolment.service.js';
import { SendingMarkService } from './sending-mark.service.js';
import { VaultService } from './vault.service.js';

@Module({
  providers: [VaultService, EnrolmentService, SendingMarkService],
  exports: [VaultService, EnrolmentService, SendingMarkService],
})
export class VaultModule {}
