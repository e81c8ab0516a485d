import { readdir } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { folderWithin, readWithin } from '../kit/files.node.js';
import { letterFile, letterProblems, parseLetter, type StudyLetter } from './study-letter.js';
import { parseStudyFile, type StudyFile } from './study.js';
import { LetterRow, StudyRow } from './study.entity.js';
import { InvalidStudyFile, LetterMissing, type StudyFault, UnknownStudy } from './study.problems.js';

export interface Study {
  id: string;
  file: StudyFile;
  sendingPausedAt: Date | null;
}

/** A study's folder, read and found good. */
export interface LoadedStudy {
  file: StudyFile;
  /** Content of each wave's questionnaire by the wave's letter. */
  questionnaires: Map<string, string>;
  letters: { name: string; locale: string; letter: StudyLetter }[];
}

@Injectable()
export class StudyService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** @throws UnknownStudy */
  async get(id: string): Promise<Study> {
    return this.found(await this.db.getRepository(StudyRow).findOneBy({ id }), id);
  }

  /** @throws UnknownStudy */
  async byCode(code: string): Promise<Study> {
    // What is no code may be anything that somebody typed into an address, and must not come near the database's own log.
    const row = /^[a-z]{2,8}$/.test(code) ? await this.db.getRepository(StudyRow).findOneBy({ code }) : null;
    return this.found(row, code);
  }

  async all(): Promise<Study[]> {
    const rows = await this.db.getRepository(StudyRow).find({ order: { id: 'ASC' } });
    return rows.map((row) => this.found(row, row.id));
  }

  /** The study that a person means; where none is known, they ask all of them and are heard by theirs. @returns codes */
  async codesAsked(code: string | undefined): Promise<string[]> {
    const codes = (await this.all()).map(({ file }) => file.code);
    return code !== undefined && codes.includes(code) ? [code] : codes;
  }

  /** The text of a letter as it stands now. @throws LetterMissing */
  async letter(studyId: string, name: string, locale: string): Promise<StudyLetter> {
    const row = await this.db.getRepository(LetterRow).findOneBy({ studyId, name, locale });
    if (!row) throw LetterMissing({ letter: name, locale });
    return { subject: row.subject, body: row.body };
  }

  /** Reads a study's folder. @throws InvalidStudyFile with every fault */
  async read(folder: string): Promise<LoadedStudy> {
    const file = parseStudyFile(JSON.parse(await readWithin(folder, 'study.json')));
    const texts = new Map<string, string>();
    const letterFolder = await folderWithin(folder, 'letters');
    for (const name of await readdir(letterFolder)) texts.set(name, await readWithin(letterFolder, name));
    const faults = letterProblems(file, texts);
    if (faults.length > 0) throw InvalidStudyFile({ faults });
    const questionnaires = new Map<string, string>();
    for (const wave of file.waves) questionnaires.set(wave.id, await readWithin(folder, wave.questionnaire));
    // Also those that no plan names yet: one that staff edit here may.
    const letters = [...texts.keys()].sort().flatMap((fileName) => {
      const [, name, locale] = /^([a-z0-9-]+)\.([a-z]{2})\.md$/.exec(fileName) ?? [];
      const letter = parseLetter(texts.get(fileName) ?? '');
      return name && locale && letter && file.locales.includes(locale) ? [{ name, locale, letter }] : [];
    });
    return { file, questionnaires, letters };
  }

  /**
   * Stores a study and its letters as they were read; part of the caller's transaction. A letter that staff edited here stays as it
   * is, unless edits are discarded.
   * @returns file names of the letters that stay, and those among them whose file has changed since it was loaded last
   */
  async save(
    tx: EntityManager,
    { file, letters }: LoadedStudy,
    { discardEdits = false }: { discardEdits?: boolean } = {},
  ): Promise<{ kept: string[]; conflicts: StudyFault[] }> {
    await tx.query(
      `INSERT INTO study (id, code, definition, loaded_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition, loaded_at = excluded.loaded_at`,
      [file.id, file.code, JSON.stringify(file), this.clock.now()],
    );
    const edited = discardEdits
      ? []
      : await tx.getRepository(LetterRow).findBy({ studyId: file.id, edited: true });
    const kept: string[] = [];
    const conflicts: StudyFault[] = [];
    for (const { name, locale, letter } of letters) {
      const row = edited.find((one) => one.name === name && one.locale === locale);
      if (!row || sameLetter(row, letter)) await storeLetter(tx, file.id, name, locale, letter);
      else if (sameLetter(row.asLoaded, letter)) kept.push(letterFile(name, locale));
      else conflicts.push({ path: `letters/${letterFile(name, locale)}`, sentence: BOTH_CHANGED });
    }
    return { kept, conflicts };
  }

  /** A letter as it stands now, and whether staff edited it here. @throws LetterMissing */
  async letterAsEdited(studyId: string, name: string, locale: string): Promise<EditedLetter> {
    const row = await this.db.getRepository(LetterRow).findOneBy({ studyId, name, locale });
    if (!row) throw LetterMissing({ letter: name, locale });
    return { subject: row.subject, body: row.body, edited: row.edited };
  }

  /** Puts another text in place of a letter's, or writes a new letter: all that is not sent yet is sent with it. Part of the caller's transaction. */
  async editLetter(
    tx: EntityManager,
    studyId: string,
    name: string,
    locale: string,
    { subject, body }: StudyLetter,
  ): Promise<void> {
    await tx.query(
      `INSERT INTO letter (study_id, name, locale, subject, body, edited) VALUES ($1, $2, $3, $4, $5, true)
       ON CONFLICT (study_id, name, locale) DO UPDATE SET subject = excluded.subject, body = excluded.body, edited = true,
         as_loaded = CASE WHEN letter.edited THEN letter.as_loaded
                          ELSE jsonb_build_object('subject', letter.subject, 'body', letter.body) END`,
      [studyId, name, locale, subject, body],
    );
  }

  /** The letters of a study as they stand now, as their files would say them, by file name. */
  async letterTexts(db: EntityManager, studyId: string): Promise<Map<string, string>> {
    const rows = await db.getRepository(LetterRow).findBy({ studyId });
    return new Map(
      rows.map(({ name, locale, subject, body }) => [letterFile(name, locale), `# ${subject}\n\n${body}`]),
    );
  }

  /** Holds back all messages of a study, or lets them go on; part of the caller's transaction. @throws UnknownStudy */
  async holdSending(tx: EntityManager, id: string, paused: boolean): Promise<void> {
    await this.get(id);
    await tx.query(
      'UPDATE study SET sending_paused_at = CASE WHEN $2 THEN coalesce(sending_paused_at, $3) END WHERE id = $1',
      [id, paused, this.clock.now()],
    );
  }

  private found(row: StudyRow | null, name: string): Study {
    if (!row) throw UnknownStudy({ study: name });
    return { id: row.id, file: row.definition, sendingPausedAt: row.sendingPausedAt };
  }
}

export interface EditedLetter extends StudyLetter {
  /** Staff edited it here: loading the study leaves it as it is. */
  edited: boolean;
}

const BOTH_CHANGED =
  'Staff edited this letter here, and the file has changed as well. Bring both together in the file, and load it with --discard-edits.';

const sameLetter = (a: StudyLetter | null, b: StudyLetter): boolean =>
  a?.subject === b.subject && a.body === b.body;

/** The text of the file, in place of whatever stood there. */
async function storeLetter(
  tx: EntityManager,
  studyId: string,
  name: string,
  locale: string,
  { subject, body }: StudyLetter,
): Promise<void> {
  await tx.query(
    `INSERT INTO letter (study_id, name, locale, subject, body) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (study_id, name, locale) DO UPDATE SET subject = excluded.subject, body = excluded.body, edited = false, as_loaded = NULL`,
    [studyId, name, locale, subject, body],
  );
}
