import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, EntityManager } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { letterFile, letterProblems, parseLetter, type StudyLetter } from './study-letter.js';
import { parseStudyFile, type StudyFile } from './study.js';
import { LetterRow, StudyRow } from './study.entity.js';
import { InvalidStudyFile, LetterMissing, UnknownStudy } from './study.problems.js';

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
    return this.found(await this.db.getRepository(StudyRow).findOneBy({ code }), code);
  }

  async all(): Promise<Study[]> {
    const rows = await this.db.getRepository(StudyRow).find({ order: { id: 'ASC' } });
    return rows.map((row) => this.found(row, row.id));
  }

  /** The text of a letter as it stands now. @throws LetterMissing */
  async letter(studyId: string, name: string, locale: string): Promise<StudyLetter> {
    const row = await this.db.getRepository(LetterRow).findOneBy({ studyId, name, locale });
    if (!row) throw LetterMissing({ letter: name, locale });
    return { subject: row.subject, body: row.body };
  }

  /** Reads a study's folder. @throws InvalidStudyFile with every fault */
  async read(folder: string): Promise<LoadedStudy> {
    const file = parseStudyFile(JSON.parse(await readFile(join(folder, 'study.json'), 'utf8')));
    const texts = new Map<string, string>();
    for (const name of await readdir(join(folder, 'letters')))
      texts.set(name, await readFile(join(folder, 'letters', name), 'utf8'));
    const faults = letterProblems(file, texts);
    if (faults.length > 0) throw InvalidStudyFile({ faults });
    const questionnaires = new Map<string, string>();
    for (const wave of file.waves)
      questionnaires.set(wave.id, await readFile(join(folder, wave.questionnaire), 'utf8'));
    const names = [...new Set(file.waves.flatMap((wave) => wave.contactPlan.map((step) => step.letter)))];
    const letters = names.flatMap((name) =>
      file.locales.flatMap((locale) => {
        const letter = parseLetter(texts.get(letterFile(name, locale)) ?? '');
        return letter ? [{ name, locale, letter }] : [];
      }),
    );
    return { file, questionnaires, letters };
  }

  /** Stores a study and its letters as they were read; part of the caller's transaction. */
  async save(tx: EntityManager, { file, letters }: LoadedStudy): Promise<void> {
    await tx.query(
      `INSERT INTO study (id, code, definition, loaded_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (id) DO UPDATE SET code = excluded.code, definition = excluded.definition, loaded_at = excluded.loaded_at`,
      [file.id, file.code, JSON.stringify(file), this.clock.now()],
    );
    for (const { name, locale, letter } of letters)
      await tx.query(
        `INSERT INTO letter (study_id, name, locale, subject, body) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (study_id, name, locale) DO UPDATE SET subject = excluded.subject, body = excluded.body`,
        [file.id, name, locale, letter.subject, letter.body],
      );
  }

  private found(row: StudyRow | null, name: string): Study {
    if (!row) throw UnknownStudy({ study: name });
    return { id: row.id, file: row.definition, sendingPausedAt: row.sendingPausedAt };
  }
}

/** The IANA zones in which a member of the study may be: those of their host country, or of all where it is another. */
export function plausibleZones(file: StudyFile, country: string): readonly string[] {
  const host = file.hostCountries.find(({ code }) => code === country);
  return host ? host.zones : file.hostCountries.flatMap(({ zones }) => zones);
}
