import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock, dateOf } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { InvalidStudyFile, type StudyFault } from '../study/study.problems.js';
import { ResidenceService } from '../residence/residence.service.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { endAtClose } from './case-end.js';
import { planEdits } from './plan-edits.js';
import { AAPOR_EDITION, type PartialRule } from './disposition.js';
import { endIssuing, openingOf, wavesOpening, wavesStillIssuing } from './issue.queries.js';
import { IssueService } from './issue.service.js';
import { WaveRow } from './wave.entity.js';
import {
  InvalidClose,
  UnknownWave,
  WaveAlreadyClosed,
  WaveNotOpen,
  WindowHasPassed,
} from './wave.problems.js';
import { closeOf, ruleFaults, rulesOf } from './wave-rules.js';
import {
  endCases,
  lockOpenCases,
  lockWave,
  markClosed,
  markOpened,
  plansBefore,
  wavesToClose,
} from './wave.queries.js';

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

/** Plans what a wave sends to members, counted from `from`, in the transaction that issues their cases. @returns how many messages */
export type Plan = (
  tx: EntityManager,
  wave: OpenWave,
  memberIds: readonly string[],
  from: Date,
) => Promise<number>;

/** How many cases were issued and how many messages planned for them. */
export interface Issued {
  issued: number;
  planned: number;
}

export interface LoadOptions {
  /** What staff edited here gives way to the files. */
  discardEdits?: boolean;
  /** What else is wrong with a study, where more is known of it. */
  faultsOf?: (file: StudyFile) => StudyFault[];
  /** Is called, within the transaction, for each wave whose contact plan is another one from now on. */
  replan?: (tx: EntityManager, waveId: string) => Promise<unknown>;
  /** Is called within the transaction when all of it is stored. */
  noted?: (tx: EntityManager, loaded: Loaded) => Promise<unknown>;
}

export interface Loaded {
  studyId: string;
  waves: string[];
  /** What staff edited here and the files therefore left as it was: file names of letters, and the waves of contact plans. */
  kept: { letters: string[]; plans: string[] };
}

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
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Loads a study's folder: study, letters, questionnaire versions and waves. Loading the same again changes nothing. Letters and
   * contact plans that staff edited here stay as they are.
   * @throws InvalidStudyFile with every fault, those of eligibility and windows too, and where a file has changed as well as what
   *   staff edited
   */
  async load(folder: string, options: LoadOptions = {}): Promise<Loaded> {
    const loaded = await this.studies.read(folder);
    const { file } = loaded;
    const faults = [...ruleFaults(file), ...(options.faultsOf?.(file) ?? [])];
    if (faults.length > 0) throw InvalidStudyFile({ faults });
    return this.db.transaction(async (tx) => {
      const letters = await this.studies.save(tx, loaded, { discardEdits: options.discardEdits ?? false });
      const found = planEdits(file.waves, await plansBefore(tx, file), options.discardEdits ?? false);
      const conflicts = [...letters.conflicts, ...found.conflicts];
      if (conflicts.length > 0) throw InvalidStudyFile({ faults: conflicts });
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
             contact_plan = CASE WHEN $6 OR wave.contact_plan = excluded.definition -> 'contactPlan' THEN NULL ELSE wave.contact_plan END,
             questionnaire_id = CASE WHEN wave.closed_at IS NULL THEN excluded.questionnaire_id ELSE wave.questionnaire_id END`,
          [
            waveIdOf(file.code, wave.id),
            file.id,
            wave.id,
            JSON.stringify(wave),
            version,
            options.discardEdits ?? false,
          ],
        );
      }
      for (const letter of found.changed) await options.replan?.(tx, waveIdOf(file.code, letter));
      const kept = { letters: letters.kept, plans: found.kept };
      const result = { studyId: file.id, waves: file.waves.map((wave) => wave.id), kept };
      await options.noted?.(tx, result);
      return result;
    });
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
   * Opens a wave, or goes on with an open one: from then on every active member who is eligible, whose window has come and who has
   * no case is owed one, which `issueDue` works off. The partial rule and the crucial items are fixed from the first opening on.
   * @throws UnknownWave, WaveAlreadyClosed, WindowHasPassed
   */
  async open(studyId: string, letter: string, actor: Actor): Promise<OpenWave> {
    const now = this.clock.now();
    const found = await this.byLetter(studyId, letter);
    const study = await this.studies.get(studyId);
    return this.db.transaction(async (tx) => {
      const { openedAt } = await this.lockedOpenOrNew(tx, found, now);
      if (!openedAt) {
        const closes = closeOf(found.definition, rulesOf(study.file, found.definition), now);
        if (closes <= now) throw WindowHasPassed({ wave: letter, closedOn: dateOf(closes) });
        await markOpened(tx, found.id, now, closes);
      }
      await tx.query('UPDATE wave SET issuing = true WHERE id = $1', [found.id]);
      const wave = openWaveOf(await tx.getRepository(WaveRow).findOneByOrFail({ id: found.id }));
      const detail = { closesAt: wave.closesAt.toISOString(), again: openedAt !== null };
      await this.audit.append(tx, {
        act: 'wave.opened',
        actor,
        subject: { kind: 'wave', id: wave.id },
        detail,
      });
      return wave;
    });
  }

  /**
   * Moves the close of an open wave; members whose own window ends before keep theirs. `replan` moves what is not sent.
   * @throws UnknownWave, WaveNotOpen, WaveAlreadyClosed, InvalidClose
   */
  async moveClose(
    studyId: string,
    letter: string,
    closesAt: Date,
    replan: (tx: EntityManager, waveId: string) => Promise<number>,
  ): Promise<{ wave: OpenWave; replanned: number }> {
    const now = this.clock.now();
    const found = await this.byLetter(studyId, letter);
    if (closesAt <= now) throw InvalidClose({ wave: letter, closesAt: closesAt.toISOString() });
    return this.db.transaction(async (tx) => {
      openWaveOf(await this.lockedOpenOrNew(tx, found, now));
      await tx.query('UPDATE wave SET closes_at = $2 WHERE id = $1', [found.id, closesAt]);
      const replanned = await replan(tx, found.id);
      return {
        wave: openWaveOf(await tx.getRepository(WaveRow).findOneByOrFail({ id: found.id })),
        replanned,
      };
    });
  }

  /** Open waves into whose window members come from day to day. */
  async stillIssuing(): Promise<string[]> {
    return wavesStillIssuing(this.db, this.clock.now());
  }

  /** Waves whose opening goes on or was cut off: they need not wait for the next day. */
  async openings(): Promise<string[]> {
    return wavesOpening(this.db, this.clock.now());
  }

  /**
   * Issues the cases that are owed in a wave and plans what they are sent, a page of members a transaction; nothing where it is no
   * longer open. Safe to repeat after it was cut off, and for several processes at once.
   * @param ending  no more pages are begun once it is aborted
   * @param onPage  hears after each page what was done so far, and is waited for
   */
  async issueDue(
    waveId: string,
    plan: Plan,
    ending?: AbortSignal,
    onPage?: (done: Issued) => unknown,
  ): Promise<Issued> {
    await this.residence.catchUp(); // eligibility may ask where members live
    const done = { issued: 0, planned: 0 };
    for (;;) {
      const opening = await openingOf(this.db, waveId);
      for (let after: string | null | undefined = null; after !== undefined;) {
        if (ending?.aborted) return done;
        const page = await this.issuePage(waveId, after, plan);
        if (!page) return done;
        done.issued += page.issued;
        done.planned += page.planned;
        await onPage?.(done);
        after = page.last;
      }
      if (await endIssuing(this.db, waveId, opening)) return done;
    }
  }

  /** Closes a wave whose cases are not finished: each ends with its state and disposition. Safe to repeat. */
  async close(waveId: string, actor: Actor): Promise<number> {
    const now = this.clock.now();
    const wave = await this.opened(waveId);
    await this.db.transaction(async (tx) => {
      if (!(await markClosed(tx, waveId, now))) return; // it goes on with a close that was cut off
      await this.audit.append(tx, { act: 'wave.closed', actor, subject: { kind: 'wave', id: waveId } });
    });
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
      if (whole) await this.close(id, { kind: 'system' });
      else await this.endCases(await this.opened(id), now, now);
    return overdue.filter(({ whole }) => whole).map(({ id }) => id);
  }

  /** @throws WaveAlreadyClosed */
  private async lockedOpenOrNew(tx: EntityManager, { id, letter }: WaveRow, now: Date): Promise<WaveRow> {
    await lockWave(tx, id);
    const row = await tx.getRepository(WaveRow).findOneByOrFail({ id });
    if (row.closedAt || (row.closesAt && row.closesAt <= now)) throw WaveAlreadyClosed({ wave: letter });
    return row;
  }

  /** One page, with the wave held so that it does not close meanwhile; undefined where it is not open. */
  private async issuePage(waveId: string, after: string | null, plan: Plan) {
    return this.db.transaction(async (tx) => {
      await lockWave(tx, waveId);
      const now = this.clock.now();
      const row = await tx.getRepository(WaveRow).findOneBy({ id: waveId });
      if (!row?.openedAt || row.closedAt || !row.closesAt || row.closesAt <= now) return undefined;
      const wave = openWaveOf(row);
      const { issuedTo, last } = await this.issuing.issuePage(tx, wave, after, now);
      const planned = issuedTo.length > 0 ? await plan(tx, wave, issuedTo, now) : 0;
      return { issued: issuedTo.length, planned, last };
    });
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

/** A wave as it is now, with the contact plan in force. */
export const waveFileOf = ({ definition, contactPlan }: WaveRow): WaveFile => ({
  ...definition,
  contactPlan: contactPlan ?? definition.contactPlan,
});

/** @throws WaveNotOpen when it was never opened */
function openWaveOf(row: WaveRow): OpenWave {
  const { id, letter, studyId, questionnaireId, closedAt } = row;
  const { openedAt, closesAt, partialRule, crucial } = row;
  if (!openedAt || !closesAt || !partialRule || !crucial) throw WaveNotOpen({ wave: letter });
  return {
    id,
    letter,
    studyId,
    file: waveFileOf(row),
    questionnaireId,
    partialRule,
    crucial,
    openedAt,
    closesAt,
    closedAt,
  };
}
