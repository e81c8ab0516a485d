import { Module } from '@nestjs/common';
import { RightsModule } from '../rights/rights.module.js';
import { StudyModule } from '../study/study.module.js';
import { VaultModule } from '../vault/vault.module.js';
import { BackupService } from './backup.service.js';
import { RestoreService } from './restore.service.js';

/** Backups of both databases, and what follows on a restore. */
@Module({
  imports: [StudyModule, VaultModule, RightsModule],
  providers: [BackupService, RestoreService],
  exports: [BackupService, RestoreService],
})
export class BackupModule {}
