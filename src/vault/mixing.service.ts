import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { dropOldRows, storeAnew, tellsTransactions } from './mixing.queries.js';
import { VaultService } from './vault.service.js';

const LOOK_EVERY_SECONDS = 60;
const EVERY_SECONDS = 3600;

/**
 * Keeps the vault from telling, by the order in which its rows were stored, whose they are: an enrolment of one person, a proved address
 * or a bounce leaves rows in both databases at the same moment, and PostgreSQL numbers transactions over all of its databases.
 */
@Injectable()
export class MixingService {
  /** What stood there before is in the files still, since somebody held them. */
  private isHalfDone = false;

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VaultService) private readonly vault: VaultService,
  ) {}

  @Interval(LOOK_EVERY_SECONDS * 1000)
  async everyHour(): Promise<void> {
    if (!this.config.vaultDatabaseUrl) return;
    try {
      if (await claimSlot(this.db, 'vault.mix', slotOf(this.clock.now(), EVERY_SECONDS))) await this.mix();
    } catch (cause) {
      log.error({ error: faultOf(cause) }, 'the rows of the vault could not be mixed; the next hour will');
    }
  }

  /** Stores all rows anew where they tell anything. @returns whether they did; @throws NoVaultAccess */
  async mix(): Promise<boolean> {
    const { vault } = await this.vault.open();
    const tells = await tellsTransactions(vault);
    if (!tells && !this.isHalfDone) return false;
    if (tells) await storeAnew(vault);
    this.isHalfDone = true;
    await dropOldRows(vault);
    this.isHalfDone = false;
    return true;
  }
}
