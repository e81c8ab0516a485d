import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { headsIn } from '../access/audit-heads.node.js';
import { type AuditVerdict, AuditVerifyService } from '../access/audit-verify.service.js';
import { keptHead } from '../access/audit.queries.js';
import { AuditService } from '../access/audit.service.js';
import { CONFIG, type Config } from '../kit/config.js';
import { memberPages } from '../panel/panel.queries.js';
import { ErasureService } from '../rights/erasure.service.js';
import { StudyService } from '../study/study.service.js';
import { CHANNELS } from '../study/channel.js';
import { tombstonesOf } from '../vault/tombstone-file.node.js';
import { type Tombstone } from '../vault/tombstone.js';
import { VaultService } from '../vault/vault.service.js';
import { NoTombstones, OtherVaultKey } from './backup.problems.js';
import { type BackupContent } from './verify.node.js';

/** What became of restored rows. */
export interface Finished {
  /** How many members were erased again. */
  erasedAgain: number;
  audit: AuditVerdict;
  /** Heads of the audit log that were signed after the backup: what they prove is not in it. */
  laterHeads: number;
}

/** What is done with the rows of a backup before anybody works with them. */
@Injectable()
export class RestoreService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(ErasureService) private readonly erasures: ErasureService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(AuditVerifyService) private readonly log: AuditVerifyService,
  ) {}

  /**
   * Erases again whoever was erased after the backup was made, as far as the tombstones tell, and proves the audit log.
   * @param tombstones  files of them; the ledger in the backup itself counts in any case
   * @throws OtherVaultKey and what else is wrong with the vault's key
   */
  async finish(
    { madeAt, tables, rows }: BackupContent,
    tombstones: readonly string[],
    actor: Actor,
  ): Promise<Finished> {
    await this.mustBeReadable();
    const last = (await keptHead(this.db))?.nr ?? 0;
    const erasedAgain = await this.erasures.replay(linesOf(tombstones));
    await this.db.transaction((tx) =>
      this.audit.append(tx, {
        act: 'backup.restored',
        actor,
        detail: { madeAt, tables: tables.length, rows, erasedAgain },
      }),
    );
    const { auditHeads } = this.config;
    const heads = auditHeads !== undefined && existsSync(auditHeads) ? await headsIn(auditHeads) : [];
    const earlier = heads.filter(({ nr }) => nr <= last);
    return {
      erasedAgain,
      audit: await this.log.verify(earlier),
      laterHeads: heads.length - earlier.length,
    };
  }

  /**
   * Under another master key nobody of the restored members would be found, and so nobody erased again.
   * @throws OtherVaultKey
   */
  private async mustBeReadable(): Promise<void> {
    const { vault } = await this.vault.open();
    const [{ holds }] = await vault.query<[{ holds: boolean }]>(
      'SELECT EXISTS (SELECT FROM contact_point) AS holds',
    );
    if (holds && !(await this.somebodyIsKnown())) throw OtherVaultKey({});
  }

  private async somebodyIsKnown(): Promise<boolean> {
    let anybody = false;
    for (const { id: study } of await this.studies.all())
      for await (const page of memberPages(this.db, study)) {
        const asked = page.flatMap((memberId) => CHANNELS.map((channel) => ({ memberId, channel })));
        const found = await this.vault.reachMany(study, asked);
        if (found.some((reach) => !('none' in reach && reach.none === 'no_address'))) return true;
        anybody ||= page.length > 0;
      }
    return !anybody;
  }
}

/** How many tombstones files hold, read to their ends. @throws NoTombstones, NoTombstone; what the file system says where there is no such file */
export async function countTombstones(files: readonly string[]): Promise<number> {
  for (const file of files) if (!(await stat(file)).isFile()) throw NoTombstones({ file }); // a device may have no end
  let count = 0;
  const lines = linesOf(files);
  while (!(await lines.next()).done) count += 1;
  return count;
}

async function* linesOf(files: readonly string[]): AsyncGenerator<Tombstone> {
  for (const file of files) yield* tombstonesOf(file);
}
