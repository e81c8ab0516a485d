import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { type CaseFeed, compare, type Compared, fedCells, prevVariable } from '../questionnaire/feed/fed.js';
import { type FedCell } from '../questionnaire/record.js';
import { QuestionnaireService, type ReadyQuestionnaire } from '../questionnaire/questionnaire.service.js';
import { standingSpells } from '../residence/residence.queries.js';
import { ResidenceService } from '../residence/residence.service.js';
import { type StudyFile } from '../study/study.js';
import { caseFeedOf, isValueOf, type KnownPlace } from './case-feed.js';
import { type Answers } from './changes.js';
import { armOf, freezeFeed, interviewsBefore, keepCompared } from './feed.queries.js';
import { type SessionCase } from './session-case.js';

/** Earlier answers of one case: as its questionnaire refers to them, and as its record keeps them. */
export interface Fed {
  feed: CaseFeed;
  compared: Compared;
}

/** Feeds earlier answers forward: frozen when a case first sees its questionnaire, the same from then on. */
@Injectable()
export class FeedService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  /** What a case is fed; undefined where its questionnaire refers to nothing earlier. */
  async of(at: SessionCase, questionnaire: ReadyQuestionnaire, study: StudyFile): Promise<Fed | undefined> {
    if (!questionnaire.looksBack) return undefined;
    return { feed: at.feed ?? (await this.freeze(at, questionnaire, study)), compared: at.compared ?? {} };
  }

  /** Compares new answers to sensitive items with the earlier ones, and keeps that it did. */
  async compare(
    at: SessionCase,
    questionnaire: ReadyQuestionnaire,
    fed: Fed,
    answers: Answers,
  ): Promise<Fed> {
    const compared = compare(questionnaire.feeds, fed.feed, answers, fed.compared, (item, value) =>
      isValueOf(questionnaire, item, value),
    );
    if (JSON.stringify(compared) !== JSON.stringify(fed.compared))
      await keepCompared(this.db, at.member_id, at.wave_id, compared);
    return { ...fed, compared };
  }

  private async freeze(
    at: SessionCase,
    questionnaire: ReadyQuestionnaire,
    study: StudyFile,
  ): Promise<CaseFeed> {
    const on = dateOf(this.clock.now());
    await this.residence.derive([at.member_id]);
    return this.db.transaction(async (tx) => {
      const rows = await interviewsBefore(tx, at.member_id, at.wave_id);
      const interviews = [];
      for (const row of rows) {
        const { variables, feeds } = await this.questionnaires.get(row.questionnaire_id);
        interviews.push({ ...row, variables, feeds });
      }
      const { feed } = caseFeedOf(
        questionnaire,
        { interviews, place: await placeOf(tx, at.member_id) },
        await independentItems(tx, at, study, on),
        study,
        on,
      );
      return freezeFeed(tx, at.member_id, at.wave_id, feed, on);
    });
  }
}

/** The items that an experiment has this member asked as if nothing were known. */
async function independentItems(
  tx: EntityManager,
  at: SessionCase,
  study: StudyFile,
  on: string,
): Promise<string[]> {
  const independent: string[] = [];
  const experiments = study.waves.find(({ id }) => id === at.letter)?.experiments ?? [];
  for (const { id, items, arms } of experiments) {
    const arm = await armOf(tx, at.member_id, id, drawnArm(id, at.member_id, arms), on);
    if (arm === 'independent') independent.push(...items);
  }
  return independent;
}

async function placeOf(tx: EntityManager, memberId: string): Promise<KnownPlace | null> {
  const spells = await standingSpells(tx, memberId);
  const open = spells.at(-1);
  if (!open || open.moved_out_on !== null) return null;
  return {
    country: open.country,
    region: open.region,
    wave: open.known_wave,
    on: open.last_confirmed_on,
    spells: spells.map(({ country, region, stated_from, stated_to }) => ({
      country,
      region,
      stated: stated_from && stated_to ? { from: stated_from.slice(0, 7), to: stated_to.slice(0, 7) } : null,
    })),
  };
}

/**
 * An arm at random: a member's id is a random number, so its hash with the experiment's name falls evenly on the arms, independently
 * of other experiments, and can be checked by anyone who has both.
 */
function drawnArm(experiment: string, memberId: string, arms: readonly string[]): string {
  const number = createHash('sha256').update(`${experiment}/${memberId}`).digest().readUInt32BE(0);
  return arms[number % arms.length] ?? 'declared';
}

/** What an expression of the questionnaire may read of earlier answers, on the server. */
export const contextOf = (fed: Fed | undefined, locale: string, now: Date) =>
  fed ? { now, prev: prevVariable(fed.feed, fed.compared, locale) } : { now };

/** The same for the browser, in each language: without what is sensitive. */
export const variablesFor = (
  fed: Fed,
  { feeds }: ReadyQuestionnaire,
  locales: readonly string[],
): Record<string, object> =>
  Object.fromEntries(locales.map((locale) => [locale, prevVariable(fed.feed, fed.compared, locale, feeds)]));

/** What the record keeps of it. */
export const cellsOf = (
  fed: { feed: CaseFeed } | undefined,
  { feeds }: ReadyQuestionnaire,
  answers: Answers,
  on: string,
  locale: string,
): Record<string, FedCell> | undefined => fed && fedCells(feeds, fed.feed, answers, on, locale);

/** For the browser, after a save: whether each sensitive answer differs from the earlier one, where that was compared. */
export const differences = (fed: Fed | undefined): Record<string, boolean> =>
  Object.fromEntries(Object.entries(fed?.compared ?? {}).map(([item, { differs }]) => [item, differs]));

/**
 * The answers without those to checks that were not called for: a browser without network could not know that a corrected answer no
 * longer differs from the earlier one.
 */
export function withoutUncalledChecks(
  answers: Answers,
  fed: Fed | undefined,
  { feeds }: ReadyQuestionnaire,
): Answers {
  if (!fed) return answers;
  const uncalled = new Set(
    feeds
      .filter(({ item, sensitive, mode }) => sensitive && mode === 'reactive' && !fed.compared[item]?.differs)
      .map(({ by }) => by),
  );
  return Object.fromEntries(
    Object.entries(answers).filter(([item]) => !uncalled.has(item.replace(/-(refused|Comment)$/, ''))),
  );
}
