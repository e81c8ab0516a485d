import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { errorCode } from '../kit/error-code.js';
import { faultOf, log } from '../kit/log.node.js';
import { writesToBoth } from '../vault/both-databases.queries.js';
import { appendTombstone, tombstonesOf } from '../vault/tombstone-file.node.js';
import { type Tombstone } from '../vault/tombstone.js';
import { TombstoneService } from '../vault/tombstone.service.js';
import { clearLeft, endOwed, lockOwed, type Owed, owedErasures } from './erasure.queries.js';
import { ReceiptService } from './receipt.service.js';

const EVERY_SECONDS = 10;

/** The vault's part of erasures, in a process that has the vault. Each step may be repeated; a crash after any of them leaves it owed. */
@Injectable()
export class ErasureEndService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(TombstoneService) private readonly tombstones: TombstoneService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  @Interval(EVERY_SECONDS * 1000)
  async sweep(): Promise<void> {
    if (this.config.vaultDatabaseUrl === undefined) return;
    try {
      if (await claimSlot(this.db, 'rights.erasure', slotOf(this.clock.now(), EVERY_SECONDS)))
        await this.run();
    } catch (cause) {
      log.error({ error: faultOf(cause) }, 'the vault could not forget somebody; the next sweep tries again');
    }
  }

  /** Has the vault forget everybody whom it still has to. @returns how many @throws NoVaultAccess; what TOMBSTONES cannot be written by */
  async run(): Promise<number> {
    await clearLeft(this.db, dateOf(this.clock.now()));
    let ended = 0;
    while (await this.db.transaction((tx) => this.endNext(tx))) ended += 1;
    return ended;
  }

  /** What the vault has still to do, the longest first. */
  owed(): Promise<Owed[]> {
    return owedErasures(this.db);
  }

  /** First it is written down who is erased, for a restore; only then is the key destroyed, and with it every address. */
  private async endNext(tx: EntityManager): Promise<boolean> {
    const owed = await lockOwed(tx);
    if (!owed) return false;
    await writesToBoth(tx);
    const { memberId, erasedOn, receipt } = owed;
    const { tombstone, isNew } = await this.tombstones.bury(memberId, erasedOn);
    await this.file(tombstone, isNew);
    await this.tombstones.forget(memberId);
    await endOwed(tx, memberId);
    if (receipt) await this.receipts.finish(receipt, tx);
    return true;
  }

  /** Where the ledger has had it before, a crash may have come before the file or after it. */
  private async file(tombstone: Tombstone, isNew: boolean): Promise<void> {
    const { tombstones: file } = this.config;
    if (file === undefined || (!isNew && (await isIn(file, tombstone.name)))) return;
    await appendTombstone(file, tombstone);
  }
}

async function isIn(file: string, name: string): Promise<boolean> {
  try {
    for await (const tombstone of tombstonesOf(file)) if (tombstone.name === name) return true;
    return false;
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false;
    throw cause;
  }
}
