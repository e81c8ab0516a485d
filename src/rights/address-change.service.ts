import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { tokenIn } from '../access/token.js';
import { hashOf } from '../access/token.node.js';
import { changesAsked, storeChangeRequest } from '../contact/link-request.queries.js';
import { purposeOf, sealedAddress } from '../contact/link-request.service.js';
import { addDays, Clock, dateOf } from '../kit/clock.js';
import { addChange, dropUnproved, markProved, sealingKeyOf } from './address-change.queries.js';
import { takeProof } from './own-page.queries.js';
import { type Receipt } from './receipt.js';
import { ReceiptService } from './receipt.service.js';
import { AddressNotTaken, HasLeft, ProofLapsed } from './rights.problems.js';
import { lockOwnMember } from './rights.queries.js';
import { RightsService } from './rights.service.js';

/** Letters to addresses that may be other people's: so many a day. */
const MOST_A_DAY = 3;

/** What the box of a new address is bound to. */
export const changePurpose = (changeId: string): string => `new address ${changeId}`;

/**
 * Another e-mail address, in a process that has no vault: it is sealed, and counts only once a click on a link that was sent there has
 * proved it.
 */
@Injectable()
export class AddressChangeService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(RightsService) private readonly rights: RightsService,
    @Inject(ReceiptService) private readonly receipts: ReceiptService,
  ) {}

  /**
   * Has a link sent to the new address, in place of one that was asked for before. Beyond the day's number nothing happens, as would for
   * an address that must not be written to.
   * @param address  as the vault keeps it
   * @throws NoSession, HasLeft, AddressNotTaken
   */
  async ask(memberId: string, address: string, locale: string): Promise<void> {
    const { studyId } = await this.rights.memberOf(memberId);
    const key = await sealingKeyOf(this.db, studyId);
    if (!key) throw AddressNotTaken({});
    const now = this.clock.now();
    const [changeId, requestId] = [randomUUID(), randomUUID()];
    const sealedFor = (purpose: string): Buffer => sealedAddress(key, address, { study: studyId, purpose });
    await this.db.transaction(async (tx) => {
      if ((await lockOwnMember(tx, memberId))?.status !== 'active') throw HasLeft({});
      if ((await changesAsked(tx, memberId, addDays(now, -1))) >= MOST_A_DAY) return;
      await dropUnproved(tx, memberId);
      await addChange(
        tx,
        { id: changeId, memberId, sealed: sealedFor(changePurpose(changeId)), locale },
        now,
      );
      const sealed = sealedFor(purposeOf(requestId));
      const of = { id: requestId, studyId, memberId, locale, changeId };
      await storeChangeRequest(tx, { ...of, sealed, purpose: 'new_address' }, now);
    });
  }

  /**
   * Uses up the proof that a person posted, the token from the link's fragment or the whole link. The vault follows within seconds, and the receipt tells what became of
   * it: an address can be that of one member of a study alone.
   * @throws ProofLapsed, HasLeft
   */
  async prove(posted: unknown): Promise<Receipt> {
    const token = tokenIn(posted);
    if (token === undefined) throw ProofLapsed({});
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      const proof = await takeProof(tx, hashOf(token), now, true);
      if (!proof?.changeId) throw ProofLapsed({});
      const { memberId, studyId, changeId } = proof;
      if ((await lockOwnMember(tx, memberId))?.status !== 'active') throw HasLeft({});
      const receipt = await this.receipts.issue(tx, { studyId, act: 'address', on: dateOf(now) });
      await markProved(tx, changeId, this.receipts.handleOf(receipt), now);
      return receipt;
    });
  }
}
