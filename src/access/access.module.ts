import { Global, Module } from '@nestjs/common';
import { AcceptanceService } from './acceptance.service.js';
import { AnalystTokenService } from './analyst-token.service.js';
import { AuditHeadService } from './audit-head.service.js';
import { AuditSealService } from './audit-seal.service.js';
import { AuditVerifyService } from './audit-verify.service.js';
import { AuditService } from './audit.service.js';
import { GateService } from './gate.service.js';
import { LocalDoorService } from './local-door.service.js';
import { SignInService } from './sign-in.service.js';
import { StaffService } from './staff.service.js';

const SERVICES = [
  AuditService,
  AuditSealService,
  AuditHeadService,
  AuditVerifyService,
  StaffService,
  SignInService,
  AcceptanceService,
  LocalDoorService,
  AnalystTokenService,
  GateService,
];

/** Who may call what, and the log of what was done. */
@Global()
@Module({
  providers: SERVICES,
  exports: SERVICES,
})
export class AccessModule {}
