import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NoSession } from '../access/access.problems.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { prevVariable } from '../questionnaire/feed/fed.js';
import { answerReader, type AnswerReader } from '../questionnaire/in-words.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { isoCountryName } from '../study/country-name.js';
import { type StudyFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { type Held, type HeldSurvey } from './held.js';
import { heldOf, type HeldRows } from './held.queries.js';
import { ownMember } from './rights.queries.js';

/** Readers kept ready: each holds a model of its questionnaire. */
const KEPT = 8;

/** What the study holds of a member, in words. */
@Injectable()
export class HeldService {
  private readonly readers = new Map<string, AnswerReader>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** @param locale  one of the study's; @throws NoSession for who is no member */
  async of(memberId: string, locale: string): Promise<Held> {
    const member = await ownMember(this.db.manager, memberId);
    const rows = member && (await heldOf(this.db.manager, memberId));
    if (!rows) throw NoSession({});
    const { file } = await this.studies.get(member.studyId);
    const surveys: HeldSurvey[] = [];
    for (const survey of rows.surveys) surveys.push(await this.surveyInWords(survey, file, locale));
    const { placeReports, messages, pauses, stops, troubles, searches, experiments } = rows;
    return {
      on: dateOf(this.clock.now()),
      membership: { ...rows.membership, hostCountry: isoCountryName(rows.membership.hostCountry, locale) },
      places: rows.places.map((place) => ({ ...place, country: isoCountryName(place.country, locale) })),
      consents: rows.consents.map((each) => ({ ...each, text: wordsShown(file, each, locale) })),
      surveys,
      messages: messages.map((each) => ({ ...each, survey: titleOf(file, each.survey, locale) })),
      ...{ placeReports, pauses, stops, troubles, searches, experiments },
    };
  }

  /** The same, noted as a copy that was taken. */
  async copyOf(memberId: string, locale: string, format: 'json' | 'csv'): Promise<Held> {
    const held = await this.of(memberId, locale);
    const actor = { kind: 'member', memberId } as const;
    const subject = { kind: 'member', id: memberId } as const;
    await this.db.transaction((tx) =>
      this.audit.append(tx, { act: 'member.copied', actor, subject, detail: { format } }),
    );
    return held;
  }

  private async surveyInWords(
    { questionnaireId, answers, feed, compared, late, ...survey }: HeldRows['surveys'][number],
    file: StudyFile,
    locale: string,
  ): Promise<HeldSurvey> {
    const read = questionnaireId === null ? undefined : await this.reader(questionnaireId, locale);
    const prev = feed ? prevVariable(feed, compared ?? {}, locale) : undefined;
    return {
      ...survey,
      title: titleOf(file, survey.letter, locale),
      answers: read?.(answers ?? {}, prev) ?? [],
      late: late.map((one) => ({ on: one.on, answers: read?.(one.answers, prev) ?? [] })),
    };
  }

  private async reader(questionnaireId: string, locale: string): Promise<AnswerReader> {
    const key = `${questionnaireId}/${locale}`;
    const found =
      this.readers.get(key) ?? answerReader((await this.questionnaires.get(questionnaireId)).json, locale);
    this.readers.delete(key);
    this.readers.set(key, found);
    const oldest = this.readers.keys().next().value;
    if (this.readers.size > KEPT && oldest !== undefined) this.readers.delete(oldest);
    return found;
  }
}

const titleOf = ({ waves }: StudyFile, letter: string, locale: string): string =>
  waves.find(({ id }) => id === letter)?.title[locale] ?? letter;

/** The words of the version that a person decided about; empty where the study has them no more. */
function wordsShown(
  { consents }: StudyFile,
  { purpose, version }: { purpose: string; version: string },
  locale: string,
): string {
  const consent = consents.find(({ id }) => id === purpose);
  const versions = consent ? [consent, ...(consent.variants ?? [])] : [];
  return versions.find((each) => each.version === version)?.text[locale] ?? '';
}
