import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { type PostalAddress } from '../panel/new-member.js';
import { type Channel, CHANNELS } from '../study/channel.js';
import { postalOf } from './contact-value.js';
import { NoAddressesHere } from './vault.problems.js';
import { VaultService } from './vault.service.js';

/** How to reach a member; null where the vault has nothing for a channel. */
export interface Contacts {
  email: string | null;
  /** The number of the chat. */
  telegram: string | null;
  letter: PostalAddress | null;
}

/** Shows a member's addresses to somebody of the staff who has to reach them by themselves. */
@Injectable()
export class RevealService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * The log has it before anybody has seen an address.
   * @param memberId  a member of the study
   * @throws NoAddressesHere, VaultUnreadable
   */
  async reveal(studyId: string, memberId: string, actor: Actor): Promise<Contacts> {
    if (!this.vault.isHere) throw NoAddressesHere({});
    await this.vault.ping();
    await this.db.transaction((tx) =>
      this.audit.append(tx, {
        act: 'contacts.revealed',
        actor,
        studyId,
        subject: { kind: 'member', id: memberId },
      }),
    );
    const [email, telegram, letter] = await Promise.all(
      CHANNELS.map((channel: Channel) => this.vault.reach(studyId, memberId, channel)),
    );
    return {
      email: email ?? null,
      telegram: telegram ?? null,
      letter: letter === undefined ? null : postalOf(letter),
    };
  }
}
