import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { type NewMember } from '../panel/new-member.js';
import { addMembers } from '../panel/panel.queries.js';
import { VaultService } from './vault.service.js';

const BATCH = 1000;

/** Brings people in: to the panel without their addresses, to the vault with them. */
@Injectable()
export class EnrolmentService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(VaultService) private readonly vault: VaultService,
  ) {}

  /**
   * Adds people to a study, all or none.
   * @returns their ids, in the order of the people
   * @throws InvalidContact, ContactTaken
   */
  async add(studyId: string, people: NewMember[]): Promise<string[]> {
    const on = dateOf(this.clock.now());
    const members = people.map((person) => ({ ...person, id: person.id ?? randomUUID() }));
    await this.db.transaction(async (tx) => {
      for (let from = 0; from < members.length; from += BATCH)
        await addMembers(tx, studyId, members.slice(from, from + BATCH), on);
      // The vault commits before the panel does: whoever stands in the panel can be reached.
      const contacts = members.map(({ id, email }) => ({
        memberId: id,
        channel: 'email' as const,
        value: email,
      }));
      await this.vault.add(studyId, contacts);
    });
    return members.map(({ id }) => id);
  }
}
