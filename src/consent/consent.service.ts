import { Inject, Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { residenceClass } from '../residence/region.js';
import { type ConsentFile, type StudyFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { changeableConsents, wordsFor } from './consent.js';
import { addConsentChanges, consentsOf, type ConsentWay } from './consent.queries.js';
import { UnknownConsent } from './consent.problems.js';

/** Whose consents, with what decides about the words that they are shown. */
export interface ConsentingMember {
  id: string;
  studyId: string;
  /** ISO 3166-1 alpha-3; null while only the host country is known. */
  residenceCountry: string | null;
}

/** A consent as its page shows it: the study's words for this person, and what stands now. */
export interface ConsentShown {
  purpose: string;
  kind: ConsentFile['kind'];
  text: Readonly<Record<string, string>>;
  /** Null where it was never asked for. */
  given: boolean | null;
  /** YYYY-MM-DD */
  decidedOn: string | null;
}

/** Consents that are given and withdrawn outside of waves. They hold from the commit on, for messages, cases and exports. */
@Injectable()
export class ConsentService {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** All consents of a study in the words for this member, in the study's order. */
  async shown(tx: EntityManager, member: ConsentingMember): Promise<ConsentShown[]> {
    const { file } = await this.studies.get(member.studyId);
    const standing = new Map((await consentsOf(tx, member.id)).map((each) => [each.purpose, each]));
    return file.consents.map((consent) => ({
      purpose: consent.id,
      kind: consent.kind,
      text: wordsFor(consent, this.residence(file, member)).text,
      given: standing.get(consent.id)?.given ?? null,
      decidedOn: standing.get(consent.id)?.decidedOn ?? null,
    }));
  }

  /**
   * Notes what a member decided, in the words that they were shown. What stands so already is not noted again. The caller holds the
   * member's row, as senders do when a message leaves: none leaves against it once it is acknowledged.
   * @param wanted  purpose to whether it is given
   * @returns the purposes that changed
   * @throws UnknownConsent, for one that the study does not ask for, and for the consent to take part: who withdraws that leaves
   */
  async change(
    tx: EntityManager,
    member: ConsentingMember,
    wanted: ReadonlyMap<string, boolean>,
    { locale, way, actor }: { locale: string; way: ConsentWay; actor: Actor },
  ): Promise<string[]> {
    const { file } = await this.studies.get(member.studyId);
    const known = new Map(changeableConsents(file.consents).map((consent) => [consent.id, consent]));
    const standing = new Map((await consentsOf(tx, member.id)).map((each) => [each.purpose, each.given]));
    const changes = [...wanted]
      .filter(([purpose, given]) => standing.get(purpose) !== given)
      .map(([purpose, given]) => {
        const consent = known.get(purpose);
        if (!consent) throw UnknownConsent({ purpose });
        return { purpose, given, version: wordsFor(consent, this.residence(file, member)).version };
      });
    if (changes.length === 0) return [];
    await addConsentChanges(tx, member.id, changes, { locale, on: dateOf(this.clock.now()), way });
    const subject = { kind: 'member', id: member.id } as const;
    for (const detail of changes)
      await this.audit.append(tx, {
        act: 'consent.changed',
        actor,
        studyId: member.studyId,
        subject,
        detail,
      });
    return changes.map(({ purpose }) => purpose);
  }

  private residence(
    { hostCountries }: StudyFile,
    { residenceCountry }: ConsentingMember,
  ): string | undefined {
    const hosts = hostCountries.map(({ code }) => code);
    return residenceCountry === null
      ? undefined
      : residenceClass(residenceCountry, dateOf(this.clock.now()), hosts);
  }
}
