import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { addDays, Clock, dateOf } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { type WaveFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { type CaseEvent, type CaseState, stateAfter } from './case-state.js';
import { AAPOR_EDITION, dispositionOf } from './disposition.js';
import { WaveRow } from './wave.entity.js';
import { UnknownWave, WaveAlreadyClosed, WaveNotOpen } from './wave.problems.js';
import {
  endCases,
  issueCases,
  lockOpenCases,
  lockWave,
  type OpenCase,
  wavesToClose,
} from './wave.queries.js';

/** A wave that was opened (and may be closed since). */
export interface OpenWave {
  id: string;
  letter: string;
  studyId: string;
  file: WaveFile;
  questionnaireId: string;
  openedAt: Date;
  closesAt: Date;
  closedAt: Date | null;
}

const CASES_A_STEP = 500;

@Injectable()
export class WaveService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
  ) {}

  /** Loads a study's folder: study, letters, questionnaire versions and waves. Loading the same again changes nothing. */
  async load(folder: string): Promise<{ studyId: string; waves: string[] }> {
    const loaded = await this.studies.read(folder);
    const { file } = loaded;
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
    const { id, letter, studyId, definition, questionnaireId, openedAt, closesAt, closedAt } = row;
    if (!openedAt || !closesAt) throw WaveNotOpen({ wave: letter });
    return { id, letter, studyId, file: definition, questionnaireId, openedAt, closesAt, closedAt };
  }

  /**
   * Opens a wave, or goes on with an open one: every active member without a case gets one, and `plan` what it sends.
   * All or nothing.
   * @throws UnknownWave, WaveAlreadyClosed
   */
  async open(
    studyId: string,
    letter: string,
    plan: (tx: EntityManager, wave: OpenWave, from: Date) => Promise<number>,
  ): Promise<{ wave: OpenWave; issued: number; planned: number }> {
    const now = this.clock.now();
    const found = await this.byLetter(studyId, letter);
    const { issued, planned } = await this.db.transaction(async (tx) => {
      await lockWave(tx, found.id);
      const { closesAt, closedAt } = await tx.getRepository(WaveRow).findOneByOrFail({ id: found.id });
      if (closedAt || (closesAt && closesAt <= now)) throw WaveAlreadyClosed({ wave: letter });
      await tx.query(`UPDATE wave SET opened_at = $2, closes_at = $3 WHERE id = $1 AND opened_at IS NULL`, [
        found.id,
        now,
        addDays(now, found.definition.windowDays),
      ]);
      const wave = await this.openedIn(tx, found.id);
      const count = await issueCases(tx, found.id, dateOf(now));
      return { issued: count, planned: await plan(tx, wave, now) };
    });
    return { wave: await this.opened(found.id), issued, planned };
  }

  /** Closes a wave whose cases are not finished: each ends with its state and disposition. Safe to repeat. */
  async close(waveId: string): Promise<number> {
    const wave = await this.opened(waveId);
    const now = this.clock.now();
    await this.db.query('UPDATE wave SET closed_at = coalesce(closed_at, $2) WHERE id = $1', [waveId, now]);
    const study = await this.studies.get(wave.studyId);
    let ended = 0;
    for (let count = CASES_A_STEP; count === CASES_A_STEP; ended += count) {
      count = await this.db.transaction(async (tx) => {
        const open = await lockOpenCases(tx, waveId, CASES_A_STEP);
        await endCases(
          tx,
          waveId,
          open.map((c) => endOf(c, study.file.partialRule.breakOffBelow)),
          AAPOR_EDITION,
          dateOf(now),
        );
        return open.length;
      });
    }
    return ended;
  }

  /** Closes the waves whose window has passed, and goes on with a close that was cut off. */
  async closeOverdue(): Promise<string[]> {
    const overdue = await wavesToClose(this.db.manager, this.clock.now());
    for (const waveId of overdue) await this.close(waveId);
    return overdue;
  }

  private async openedIn(tx: EntityManager, id: string): Promise<OpenWave> {
    const row = await tx.getRepository(WaveRow).findOneByOrFail({ id });
    if (!row.openedAt || !row.closesAt) throw WaveNotOpen({ wave: row.letter });
    return { ...row, file: row.definition, openedAt: row.openedAt, closesAt: row.closesAt };
  }
}

export const waveIdOf = (studyCode: string, letter: string): string => `${studyCode}-${letter}`;

/** How a case that is open when its wave closes ends. A started one is partial from the break-off threshold on. */
function endOf(open: OpenCase, breakOffBelow: number) {
  const before = open.state as CaseState;
  const event: CaseEvent =
    before !== 'started'
      ? 'close'
      : (open.answered_share ?? 0) >= breakOffBelow
        ? 'close_partial'
        : 'close_insufficient';
  const state = stateAfter(before, event) ?? before;
  // An invitation that was never sent is known from the state before; an opened page from the history.
  const disposition =
    before === 'issued'
      ? dispositionOf('issued', undefined, false)
      : dispositionOf(state, undefined, open.ever_opened);
  return { memberId: open.member_id, event, state, disposition };
}
