import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { lockMember, memberPages } from '../panel/panel.queries.js';
import { type Channel } from '../study/channel.js';
import { addTrouble, clearTrouble } from '../vault/trouble.queries.js';
import { VaultService } from '../vault/vault.service.js';
import { knownMember } from './known-member.queries.js';

/** Addresses that staff know must not be written to, and those that they know can be again. */
@Injectable()
export class SuppressionService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Puts e-mail addresses on the suppression list, also those of nobody in the panel: who joins with one later is not written to.
   * @returns how many of them belong to members of the study
   * @throws InvalidContact, before anything is stored
   */
  async suppress(studyId: string, addresses: readonly string[], actor: Actor): Promise<number> {
    const sinceOn = dateOf(this.clock.now());
    const contacts = addresses.map((value) => ({ channel: 'email' as const, value }));
    await this.vault.suppressed(studyId, contacts); // reads each of them before the first is stored
    await this.db.transaction((tx) =>
      this.audit.append(tx, {
        act: 'address.suppressed',
        actor,
        studyId,
        detail: { addresses: addresses.length },
      }),
    ); // first: the vault's transactions are others
    let members = 0;
    for (const { channel, value } of contacts) {
      await this.vault.suppress(studyId, channel, value, 'staff');
      const memberId = await this.vault.findMember(studyId, channel, value, memberPages(this.db, studyId));
      if (memberId === undefined) continue;
      members += 1;
      await this.db.transaction(async (tx) => {
        await lockMember(tx, memberId); // a sender that holds it has read the facts before
        await addTrouble(tx, [{ memberId, channel, kind: 'suppressed', reason: 'staff', sinceOn }]);
      });
    }
    return members;
  }

  /**
   * A member's address takes messages again: its trouble is over, and it leaves the suppression list.
   * @throws UnknownMember
   */
  async clear(studyId: string, member: string, channel: Channel, actor: Actor): Promise<void> {
    const memberId = await knownMember(this.db, studyId, member);
    const address = await this.vault.reach(studyId, memberId, channel);
    await this.db.transaction(async (tx) => {
      await lockMember(tx, memberId);
      await clearTrouble(tx, memberId, channel);
      const subject = { kind: 'member', id: memberId } as const;
      await this.audit.append(tx, { act: 'trouble.cleared', actor, subject, detail: { channel } });
      // The vault commits before: an address that takes messages again has its entry, or trouble still.
      if (address !== undefined) await this.vault.unsuppress(studyId, channel, address);
    });
  }
}
