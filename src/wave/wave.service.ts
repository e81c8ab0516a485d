import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock, dateOf } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { InvalidStudyFile } from '../study/study.problems.js';
import { ResidenceService } from '../residence/residence.service.js';
import { type WaveFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { endAtClose } from './case-end.js';
import { AAPOR_EDITION, type PartialRule } from './disposition.js';
import { wavesStillIssuing } from './issue.queries.js';
import { IssueService } from './issue.service.js';
import { WaveRow } from './wave.entity.js';
import { UnknownWave, WaveAlreadyClosed, WaveNotOpen, WindowHasPassed } from './wave.problems.js';
import { closeOf, ruleFaults, rulesOf } from './wave-rules.js';
import { endCases, lockOpenCases, lockWave, markOpened, wavesToClose } from './wave.queries.js';

/** A wave that was opened (and may be closed since). */
export interface OpenWave {
  id: string;
  letter: string;
  studyId: string;
  file: WaveFile;
  questionnaireId: string;
  /** The rule and the items as they stood at the opening. */
  partialRule: PartialRule;
  crucial: string[];
  openedAt: Date;
  closesAt: Date;
  closedAt: Date | null;
}

/** Plans what a wave sends for cases newly issued, in the transaction that issues them. @returns how many messages */
export type Plan = (tx: EntityManager, wave: OpenWave, from: Date) => Promise<number>;

const CASES_A_STEP = 500;

@Injectable()
export class WaveService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
    @Inject(IssueService) private readonly issuing: IssueService,
  ) {}

  /**
   * Loads a study's folder: study, letters, questionnaire versions and waves. Loading the same again changes nothing.
   * @throws InvalidStudyFile with every fault, those of eligibility and windows too
   */
  async load(folder: string): Promise<{ studyId: string; waves: string[] }> {
    const loaded = await this.studies.read(folder);
    const { file } = loaded;
    const faults = ruleFaults(file);
    if (faults.length > 0) throw InvalidStudyFile({ faults });
    await this.db.transaction(async (tx) => {
      await this.studies.save(tx, loaded);
      for (const wave of file.waves) {
        const content = loaded.questionnaires.get(wave.id) ?? '';
        const version = await this.questionnaires.import(
          tx,
          file.id,
          wave.questionnaire,
          content,
          file.locales,
        );
        await tx.query(
          `INSERT INTO wave (id, study_id, letter, definition, questionnaire_id) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (id) DO UPDATE SET definition = excluded.definition,
             questionnaire_id = CASE WHEN wave.closed_at IS NULL THEN excluded.questionnaire_id ELSE wave.questionnaire_id END`,
          [waveIdOf(file.code, wave.id), file.id, wave.id, JSON.stringify(wave), version],
        );
      }
    });
    return { studyId: file.id, waves: file.waves.map((wave) => wave.id) };
  }

  /** @throws UnknownWave */
  async byLetter(studyId: string, letter: string): Promise<WaveRow> {
    const row = await this.db.getRepository(WaveRow).findOneBy({ studyId, letter });
    if (!row) throw UnknownWave({ wave: letter });
    return row;
  }

  /** @throws UnknownWave, WaveNotOpen when it was never opened */
  async opened(waveId: string): Promise<OpenWave> {
    const row = await this.db.getRepository(WaveRow).findOneBy({ id: waveId });
    if (!row) throw UnknownWave({ wave: waveId });
    return openWaveOf(row);
  }

  /**
   * Opens a wave, or goes on with an open one: every active member who is eligible, whose window has come and who has no case gets
   * one, and `plan` what it sends. The partial rule and the crucial items are fixed from the first opening on. All or nothing.
   * @throws UnknownWave, WaveAlreadyClosed, WindowHasPassed
   */
  async open(
    studyId: string,
    letter: string,
    plan: Plan,
  ): Promise<{ wave: OpenWave; issued: number; planned: number }> {
    const now = this.clock.now();
    const found = await this.byLetter(studyId, letter);
    const study = await this.studies.get(studyId);
    await this.residence.catchUp(); // eligibility may ask where members live
    return this.db.transaction(async (tx) => {
      await lockWave(tx, found.id);
      const { openedAt, closesAt, closedAt } = await tx
        .getRepository(WaveRow)
        .findOneByOrFail({ id: found.id });
      if (closedAt || (closesAt && closesAt <= now)) throw WaveAlreadyClosed({ wave: letter });
      if (!openedAt) {
        const closes = closeOf(found.definition, rulesOf(study.file, found.definition), now);
        if (closes <= now) throw WindowHasPassed({ wave: letter, closedOn: dateOf(closes) });
        await markOpened(tx, found.id, now, closes);
      }
      const { wave, issued } = await this.issue(tx, found.id, now);
      return { wave, issued, planned: await plan(tx, wave, now) };
    });
  }

  /** Open waves into whose window members come from day to day. */
  async stillIssuing(): Promise<string[]> {
    return wavesStillIssuing(this.db, this.clock.now());
  }

  /** Issues the cases that have fallen due in a wave since; nothing where it is no longer open. Safe to repeat. */
  async issueDue(waveId: string, plan: Plan): Promise<{ issued: number; planned: number }> {
    const now = this.clock.now();
    return this.db.transaction(async (tx) => {
      await lockWave(tx, waveId);
      const { openedAt, closesAt, closedAt } = await tx
        .getRepository(WaveRow)
        .findOneByOrFail({ id: waveId });
      if (!openedAt || closedAt || !closesAt || closesAt <= now) return { issued: 0, planned: 0 };
      const { wave, issued } = await this.issue(tx, waveId, now);
      return { issued, planned: issued > 0 ? await plan(tx, wave, now) : 0 };
    });
  }

  /** Closes a wave whose cases are not finished: each ends with its state and disposition. Safe to repeat. */
  async close(waveId: string): Promise<number> {
    const now = this.clock.now();
    const wave = await this.opened(waveId);
    await this.db.query('UPDATE wave SET closed_at = coalesce(closed_at, $2) WHERE id = $1', [waveId, now]);
    return this.endCases(wave, now, null);
  }

  /**
   * Closes the waves whose window has passed, goes on with a close that was cut off, and ends the cases whose member's own window
   * has closed.
   * @returns the waves that were closed
   */
  async closeOverdue(): Promise<string[]> {
    const now = this.clock.now();
    const overdue = await wavesToClose(this.db.manager, now);
    for (const { id, whole } of overdue)
      if (whole) await this.close(id);
      else await this.endCases(await this.opened(id), now, now);
    return overdue.filter(({ whole }) => whole).map(({ id }) => id);
  }

  private async issue(tx: EntityManager, waveId: string, now: Date) {
    const wave = openWaveOf(await tx.getRepository(WaveRow).findOneByOrFail({ id: waveId }));
    return { wave, issued: await this.issuing.issue(tx, wave, now) };
  }

  /** @param endedBy  only cases whose own window had closed by then; null is all */
  private async endCases(wave: OpenWave, now: Date, endedBy: Date | null): Promise<number> {
    let ended = 0;
    for (let count = CASES_A_STEP; count === CASES_A_STEP; ended += count) {
      count = await this.db.transaction(async (tx) => {
        const open = await lockOpenCases(tx, wave.id, CASES_A_STEP, endedBy);
        const ends = open.map(({ member_id, state, answered_share, ever_opened }) => ({
          memberId: member_id,
          waveId: wave.id,
          ...endAtClose({ state, answeredShare: answered_share, everOpened: ever_opened }, wave.partialRule),
        }));
        await endCases(tx, ends, AAPOR_EDITION, dateOf(now));
        return open.length;
      });
    }
    return ended;
  }
}

export const waveIdOf = (studyCode: string, letter: string): string => `${studyCode}-${letter}`;

/** @throws WaveNotOpen when it was never opened */
function openWaveOf(row: WaveRow): OpenWave {
  const { id, letter, studyId, definition, questionnaireId, closedAt } = row;
  const { openedAt, closesAt, partialRule, crucial } = row;
  if (!openedAt || !closesAt || !partialRule || !crucial) throw WaveNotOpen({ wave: letter });
  return {
    id,
    letter,
    studyId,
    file: definition,
    questionnaireId,
    partialRule,
    crucial,
    openedAt,
    closesAt,
    closedAt,
  };
}
