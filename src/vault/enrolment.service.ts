import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { type NewMember } from '../panel/new-member.js';
import { Problem } from '../kit/problem.js';
import { addMembers } from '../panel/panel.queries.js';
import { writesToBoth } from './both-databases.queries.js';
import { postalValue } from './contact-value.js';
import { addTrouble } from './trouble.queries.js';
import { ContactTaken, InvalidContact } from './vault.problems.js';
import { type NewContact, VaultService } from './vault.service.js';

const BATCH = 1000;

/** One enrolment at a time: until it has committed to the panel, its addresses look like those of nobody. */
const ENROLMENT_LOCK = 7_215_007;

/** Brings people in: to the panel without their addresses, to the vault with them. */
@Injectable()
export class EnrolmentService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(VaultService) private readonly vault: VaultService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Adds people to a study, all or none. Whose address is on the suppression list is a member like others, and the channel has trouble.
   * @returns their ids, in the order of the people
   * @throws InvalidContact, also for someone who cannot be reached at all; ContactTaken
   */
  async add(studyId: string, people: NewMember[], actor: Actor): Promise<string[]> {
    const on = dateOf(this.clock.now());
    const members = people.map((person) => ({ ...person, id: person.id ?? randomUUID() }));
    const contacts = members.flatMap(contactsOf);
    await this.db.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [ENROLMENT_LOCK]);
      await writesToBoth(tx);
      for (let from = 0; from < members.length; from += BATCH)
        await addMembers(tx, studyId, members.slice(from, from + BATCH), on);
      await this.noteSuppressed(tx, studyId, contacts, on);
      await this.audit.append(tx, {
        act: 'panel.enrolled',
        actor,
        studyId,
        detail: { people: people.length },
      });
      // The vault commits before the panel does: whoever stands in the panel can be reached.
      await this.addContacts(tx, studyId, contacts);
    });
    return members.map(({ id }) => id);
  }

  private async noteSuppressed(
    tx: EntityManager,
    studyId: string,
    contacts: NewContact[],
    on: string,
  ): Promise<void> {
    const suppressed = await this.vault.suppressed(studyId, contacts);
    const held = contacts.filter((_, at) => suppressed[at]);
    await addTrouble(
      tx,
      held.map(({ memberId, channel }) => ({ memberId, channel, kind: 'suppressed', sinceOn: on })),
    );
  }

  /** An enrolment that was cut off between the two commits left addresses of nobody; they do not stand in the way. */
  private async addContacts(tx: EntityManager, studyId: string, contacts: NewContact[]): Promise<void> {
    try {
      await this.vault.add(studyId, contacts);
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.code !== ContactTaken.code) throw cause;
      const members = await tx.query<{ id: string }[]>('SELECT id FROM member WHERE study_id = $1', [
        studyId,
      ]);
      const ids = members.map(({ id }) => id);
      if ((await this.vault.dropStrays(studyId, contacts, ids)) === 0) throw cause;
      await this.vault.add(studyId, contacts);
    }
  }
}

/** @throws InvalidContact where there is none */
function contactsOf({ id, email, postal }: NewMember & { id: string }): NewContact[] {
  if (email === undefined && !postal) throw InvalidContact({ channel: 'email' });
  return [
    ...(email === undefined ? [] : [{ memberId: id, channel: 'email' as const, value: email }]),
    ...(postal ? [{ memberId: id, channel: 'letter' as const, value: postalValue(postal) }] : []),
  ];
}
