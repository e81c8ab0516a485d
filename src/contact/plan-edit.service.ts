import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { type Actor } from '../access/actor.js';
import { digestOf } from '../access/audit-hash.node.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { Problem } from '../kit/problem.js';
import { CONTACT_PLAN, type ContactStep } from '../study/contact-plan.js';
import { letterProblems, lettersOf, parseLetter, type StudyLetter } from '../study/study-letter.js';
import { type StudyFault } from '../study/study.problems.js';
import { type StudyFile, type WaveFile } from '../study/study.js';
import { SLUG } from '../study/study-shapes.js';
import { type EditedLetter, StudyService } from '../study/study.service.js';
import { planFaults, rulesOf } from '../wave/wave-rules.js';
import { WaveRow } from '../wave/wave.entity.js';
import { WaveAlreadyClosed } from '../wave/wave.problems.js';
import { lockWave } from '../wave/wave.queries.js';
import { type Loaded, type OpenWave, waveFileOf, WaveService } from '../wave/wave.service.js';
import { InvalidLetter, InvalidPlan } from './contact.problems.js';
import { ContactService } from './contact.service.js';
import { parseCondition } from './decide/condition.js';

/** The contact plan of a wave, as it is in force. */
export interface PlanInEffect {
  wave: string;
  /** Staff put it in place of the plan of `study.json`. */
  edited: boolean;
  plan: ContactStep[];
}

const LETTER = z.strictObject({
  subject: z
    .string('Write a subject.')
    .trim()
    .min(1, 'Write a subject.')
    .max(200, 'Shorten the subject to 200 characters.')
    .regex(/^[^\p{Cc}\p{Cf}]*$/u, 'Take line breaks and invisible characters out of the subject.'),
  body: z
    .string('Write the letter.')
    .min(1, 'Write the letter.')
    .max(20_000, 'Shorten the letter to 20,000 characters.'),
});

/** What staff change in the field: plans, letters and dates. All that is not sent yet follows. */
@Injectable()
export class PlanEditService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(ContactService) private readonly contacts: ContactService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * Loads a study's folder, its conditions for messages checked; where a plan is another one from now on, what is not sent moves.
   * @throws InvalidStudyFile
   */
  load(
    folder: string,
    actor: Actor,
    { discardEdits = false }: { discardEdits?: boolean } = {},
  ): Promise<Loaded> {
    return this.waves.load(folder, {
      discardEdits,
      faultsOf: ({ waves }) =>
        waves.flatMap(({ contactPlan }, index) =>
          conditionFaults(contactPlan, `waves[${index}].contactPlan`),
        ),
      replan: (tx, waveId) => this.contacts.replan(tx, waveId),
      noted: (tx, { studyId, waves, kept }) =>
        this.audit.append(tx, {
          act: 'study.loaded',
          actor,
          studyId,
          subject: { kind: 'study', id: studyId },
          detail: {
            waves: waves.length,
            discardEdits,
            keptLetters: kept.letters.length,
            keptPlans: kept.plans.length,
          },
        }),
    });
  }

  /** @throws UnknownWave */
  async plan(studyId: string, letter: string): Promise<PlanInEffect> {
    const row = await this.waves.byLetter(studyId, letter);
    return { wave: letter, edited: row.contactPlan !== null, plan: waveFileOf(row).contactPlan };
  }

  /**
   * Puts another plan in place of a wave's, and moves what is not sent.
   * @param json  as in `study.json`
   * @param dryRun  checks it and stores nothing
   * @returns how many messages moved
   * @throws UnknownWave, InvalidPlan with every fault, WaveAlreadyClosed
   */
  async setPlan(
    studyId: string,
    letter: string,
    json: unknown,
    actor: Actor,
    { dryRun = false }: { dryRun?: boolean } = {},
  ): Promise<PlanInEffect & { replanned: number }> {
    const { id } = await this.waves.byLetter(studyId, letter);
    const { file } = await this.studies.get(studyId);
    const parsed = CONTACT_PLAN.safeParse(json);
    if (!parsed.success)
      throw InvalidPlan({ faults: parsed.error.issues.map((issue) => faultOf('plan', issue)) });
    const plan = parsed.data;
    return this.db.transaction(async (tx) => {
      await lockWave(tx, id);
      const row = await tx.getRepository(WaveRow).findOneByOrFail({ id });
      if (row.closedAt || (row.closesAt && row.closesAt <= this.clock.now()))
        throw WaveAlreadyClosed({ wave: letter });
      const faults = [
        ...planFaults(
          { ...row.definition, contactPlan: plan },
          rulesOf(file, row.definition).window,
          openOf(row),
        ).map((sentence) => ({ path: 'plan', sentence })),
        ...conditionFaults(plan, 'plan'),
        ...(await this.letterFaults(tx, file, { ...row.definition, contactPlan: plan })),
      ];
      if (faults.length > 0) throw InvalidPlan({ faults });
      if (dryRun) return { wave: letter, edited: row.contactPlan !== null, plan, replanned: 0 };
      await tx.query('UPDATE wave SET contact_plan = $2 WHERE id = $1', [id, JSON.stringify(plan)]);
      const replanned = row.openedAt ? await this.contacts.replan(tx, id) : 0;
      await this.audit.append(tx, {
        act: 'plan.edited',
        actor,
        subject: { kind: 'wave', id },
        detail: { steps: plan.length, replanned, digest: digestOf(JSON.stringify(plan)) },
      });
      return { wave: letter, edited: true, plan, replanned };
    });
  }

  /** @throws LetterMissing */
  letter(studyId: string, name: string, locale: string): Promise<EditedLetter> {
    return this.studies.letterAsEdited(studyId, name, locale);
  }

  /**
   * Puts another text in place of a letter's, or writes a letter that a plan can name from now on.
   * @param json  `{ subject, body }`, the body in Markdown
   * @throws UnknownStudy, InvalidLetter with every fault
   */
  async setLetter(
    studyId: string,
    name: string,
    locale: string,
    json: unknown,
    actor: Actor,
  ): Promise<EditedLetter> {
    const { file } = await this.studies.get(studyId);
    const faults: StudyFault[] = [];
    if (!SLUG.safeParse(name).success)
      faults.push({ path: 'name', sentence: 'Use lower-case letters, digits and -, a letter first.' });
    if (!file.locales.includes(locale))
      faults.push({
        path: 'locale',
        sentence: `Use one of the locales of the study: ${file.locales.join(', ')}.`,
      });
    const parsed = LETTER.safeParse(json);
    if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => faultOf('letter', issue)));
    if (!parsed.success || faults.length > 0) throw InvalidLetter({ faults });
    const text = `# ${parsed.data.subject}\n\n${parsed.data.body}`;
    const waves = await this.wavesInForce(this.db.manager, file);
    const wrong = letterProblems(
      {
        locales: [locale],
        waves: lettersOf({ waves }).includes(name) ? waves : [...waves, mentioning(file, name)],
      },
      new Map([[`${name}.${locale}.md`, text]]),
    ).filter(({ path }) => path === `letters/${name}.${locale}.md`);
    if (wrong.length > 0) throw InvalidLetter({ faults: wrong });
    const letter: StudyLetter = parseLetter(text) ?? parsed.data;
    await this.db.transaction(async (tx) => {
      await this.studies.editLetter(tx, studyId, name, locale, letter);
      const subject = { kind: 'letter', id: name } as const;
      const detail = { locale, digest: digestOf(text) };
      await this.audit.append(tx, { act: 'letter.edited', actor, studyId, subject, detail });
    });
    return { ...letter, edited: true };
  }

  /** Moves the close of an open wave. @throws UnknownWave, WaveNotOpen, WaveAlreadyClosed, InvalidClose */
  moveClose(
    studyId: string,
    letter: string,
    closesAt: Date,
    actor: Actor,
  ): Promise<{ wave: OpenWave; replanned: number }> {
    return this.waves.moveClose(studyId, letter, closesAt, async (tx, waveId) => {
      const replanned = await this.contacts.replan(tx, waveId);
      const subject = { kind: 'wave', id: waveId } as const;
      const detail = { closesAt: closesAt.toISOString(), replanned };
      await this.audit.append(tx, { act: 'close.moved', actor, subject, detail });
      return replanned;
    });
  }

  /** What is wrong with the letters that a wave's new plan names, as they stand now. */
  private async letterFaults(tx: EntityManager, file: StudyFile, wave: WaveFile): Promise<StudyFault[]> {
    const waves = (await this.wavesInForce(tx, file)).map((other) => (other.id === wave.id ? wave : other));
    const named = new Set(wave.contactPlan.map(({ letter }) => letter));
    const texts = await this.studies.letterTexts(tx, file.id);
    return letterProblems({ locales: file.locales, waves }, texts).filter(({ path }) =>
      named.has(/^letters\/(.+)\.[a-z]{2}\.md$/.exec(path)?.[1] ?? ''),
    );
  }

  private async wavesInForce(db: EntityManager, file: StudyFile): Promise<WaveFile[]> {
    const rows = await db.getRepository(WaveRow).findBy({ studyId: file.id });
    return file.waves.map((wave) => {
      const row = rows.find(({ letter }) => letter === wave.id);
      return row ? waveFileOf(row) : wave;
    });
  }
}

const openOf = ({ openedAt, closesAt }: WaveRow) =>
  openedAt && closesAt ? { openedAt, closesAt } : undefined;

/** What is wrong with the conditions of a plan's steps. */
function conditionFaults(plan: readonly ContactStep[], path: string): StudyFault[] {
  return plan.flatMap(({ when }, index) => {
    if (when === undefined) return [];
    try {
      parseCondition(when);
      return [];
    } catch (cause) {
      if (!(cause instanceof Problem)) throw cause;
      return [{ path: `${path}[${index}].when`, sentence: cause.message }];
    }
  });
}

/** A plan that names a letter which no plan names yet: as a reminder, it needs what reminders need. */
const mentioning = ({ waves }: StudyFile, letter: string): WaveFile => ({
  ...(waves[0] as WaveFile),
  contactPlan: [{ step: 'new', afterDays: 0, letter }],
});

const faultOf = (root: string, { path, message }: z.core.$ZodIssue): StudyFault => ({
  path: path.reduce<string>(
    (sofar, key) => (typeof key === 'number' ? `${sofar}[${key}]` : `${sofar}.${String(key)}`),
    root,
  ),
  sentence: /[.!?]$/.test(message) ? message : `${message}.`,
});
