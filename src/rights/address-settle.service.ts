import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../access/audit.service.js';
import { storeChangeRequest } from '../contact/link-request.queries.js';
import { purposeOf, sealedAddress } from '../contact/link-request.service.js';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { claimSlot, slotOf } from '../kit/cron.queries.js';
import { faultOf, log } from '../kit/log.node.js';
import { Problem } from '../kit/problem.js';
import { writesToBoth } from '../vault/both-databases.queries.js';
import { clearTrouble } from '../vault/trouble.queries.js';
import { ContactTaken } from '../vault/vault.problems.js';
import { VaultService } from '../vault/vault.service.js';
import { ReceiptService } from './receipt.service.js';
import { changePurpose } from './address-change.service.js';
import {
  type AddressChange,
  dropNotice,
  endChange,
  lockProved,
  openEmail,
} from './address-change.queries.js';

const EVERY_SECONDS = 10;
/** By then it is known whether the change went through. */
const NOTICE_AFTER_MS = 60_000;

/** The vault's part of a change of address, in a process that has the vault. A crash anywhere leaves it to the next sweep. */
@Injectable()
export class AddressSettleService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  @Interval(EVERY_SECONDS * 1000)
  async sweep(): Promise<void> {
    if (this.config.vaultDatabaseUrl === undefined) return;
    try {
      if (await claimSlot(this.db, 'rights.address', slotOf(this.clock.now(), EVERY_SECONDS)))
        await this.run();
    } catch (cause) {
      log.error({ error: faultOf(cause) }, 'a proved address could not be kept; the next sweep tries again');
    }
  }

  /** Keeps every address that was proved. @returns how many @throws NoVaultAccess */
  async run(): Promise<number> {
    let settled = 0;
    while (await this.db.transaction((tx) => this.settleNext(tx))) settled += 1;
    return settled;
  }

  private async settleNext(tx: EntityManager): Promise<boolean> {
    const change = await lockProved(tx);
    if (!change) return false;
    await writesToBoth(tx);
    const { id, memberId, studyId } = change;
    const box = await this.vault.openSealed(studyId, changePurpose(id), change.sealed);
    const address = box.toString('utf8').trim();
    const before = await this.vault.reach(studyId, memberId, 'email');
    if (before !== undefined && before !== address) await this.tell(change, before);
    const isKept = await this.keep(change, address);
    await endChange(tx, id);
    await this.receipts.finish(change.receipt, tx, isKept ? 'done' : 'not_done');
    if (!isKept) {
      await dropNotice(this.db.manager, id);
      return true;
    }
    await clearTrouble(tx, memberId, 'email');
    await openEmail(tx, memberId);
    const actor = { kind: 'member', memberId } as const;
    const subject = { kind: 'member', id: memberId } as const;
    await this.audit.append(tx, { act: 'address.changed', actor, studyId, subject });
    return true;
  }

  /** @returns whether it is theirs now: an address can be that of one member of a study alone */
  private async keep({ studyId, memberId }: AddressChange, address: string): Promise<boolean> {
    try {
      await this.vault.put(studyId, memberId, 'email', address);
      return true;
    } catch (cause) {
      if (cause instanceof Problem && cause.code === ContactTaken.code) return false;
      throw cause;
    }
  }

  /**
   * A short letter to the address before, sealed as every address that waits in this database. It is stored by itself, ahead of the
   * vault's commit, behind which nobody knows that address any more; it has the change's own id, so that it is stored once.
   */
  private async tell({ id, studyId, memberId, locale }: AddressChange, before: string): Promise<void> {
    const key = await this.vault.sealingKey(studyId);
    const sealed = sealedAddress(key, before, { study: studyId, purpose: purposeOf(id) });
    const notice = {
      id,
      studyId,
      memberId,
      locale,
      sealed,
      changeId: null,
      purpose: 'address_changed',
    } as const;
    const dueAt = new Date(this.clock.now().getTime() + NOTICE_AFTER_MS);
    await storeChangeRequest(this.db.manager, notice, dueAt);
  }
}
