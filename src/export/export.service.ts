import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { concordanceOf } from '../codebook/concordance.js';
import { datasetCodebook } from '../codebook/dataset-codebook.js';
import { parseRecodes } from '../codebook/recode.js';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { ResidenceService } from '../residence/residence.service.js';
import { ResponseCoder } from '../response/response-coder.service.js';
import { type StudyFile } from '../study/study.js';
import { StudyService } from '../study/study.service.js';
import { recordsWithCrlf } from './crlf.node.js';
import { copyStatement, type Dataset } from './column.js';
import { NothingToExport } from './export.problems.js';
import { gatherOverrides, numberPeople, versionsAnswered, wavesOf } from './export.queries.js';
import { studyDatasets, type StudySource } from './study-datasets.js';
import { variablesOf } from './variable-column.js';

export interface ExportedFile {
  file: string;
  rows: number;
  columns: number;
}

/** Writes a study's data as files. All files are of one moment; each streams from PostgreSQL and appears whole or not at all. */
@Injectable()
export class ExportService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(ResponseCoder) private readonly coder: ResponseCoder,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  /**
   * @param key  secret that makes the person numbers; a new one, kept in the database, unless given
   * @throws NothingToExport
   */
  async export(studyId: string, directory: string, key: Buffer = randomBytes(32)): Promise<ExportedFile[]> {
    const study = await this.studies.get(studyId);
    await this.coder.bringUpToDate(studyId);
    await this.residence.bringUpToDate();
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'onward-export',
    });
    await client.connect();
    try {
      await client.query(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'",
      );
      const source = await this.source(client, studyId, study.file);
      await this.db.query(
        'INSERT INTO export_run (id, study_id, pidp_key, created_at) VALUES ($1, $2, $3, $4)',
        [randomUUID(), studyId, key, this.clock.now()],
      );
      await mkdir(directory, { recursive: true });
      await numberPeople(client, studyId, key);
      await gatherOverrides(client, studyId);
      const { datasets, ...missing } = studyDatasets(source);
      const written: ExportedFile[] = [];
      for (const dataset of datasets) {
        const rows = await writeCsv(client, dataset, join(directory, dataset.file));
        written.push({ file: dataset.file, rows, columns: dataset.columns.length });
      }
      await client.query('COMMIT');
      const codebook = datasetCodebook(
        { id: studyId, title: study.file.title },
        study.file.locales,
        datasets,
        missing,
      );
      await writeWhole(join(directory, 'codebook.json'), JSON.stringify(codebook, null, 2) + '\n');
      return written;
    } finally {
      await client.end();
    }
  }

  /** What the files are made from. Waves that are only designed count for the comparison of codes, and have no files. */
  private async source(client: pg.Client, studyId: string, file: StudyFile): Promise<StudySource> {
    const waves = await wavesOf(client, studyId);
    const opened = waves.filter((wave) => wave.opened);
    const surveys = [];
    for (const wave of waves.filter(({ definition }) => definition.kind !== 'check-in')) {
      const { id: waveId, letter, opened: isOpen, partial_rule: partialRule } = wave;
      const versions = await this.versions(client, waveId);
      surveys.push({ waveId, letter, isOpen, versions, partialRule: partialRule ?? file.partialRule });
    }
    const fielded = surveys.filter(({ isOpen }) => isOpen);
    if (fielded.length === 0) throw NothingToExport({ study: studyId });
    const concordance = concordanceOf(
      surveys.map((wave) => ({ letter: wave.letter, variables: variablesOf(wave, 'main') })),
      parseRecodes(file.recodes),
    );
    return {
      studyId,
      locales: file.locales,
      waves: fielded,
      checkIns: opened
        .filter(({ definition }) => definition.kind === 'check-in')
        .map(({ id: waveId, letter }) => ({ waveId, letter })),
      experiments: [
        ...new Set(opened.flatMap(({ definition }) => (definition.experiments ?? []).map(({ id }) => id))),
      ],
      concordance: concordance.filter(({ wave }) => fielded.some(({ letter }) => letter === wave)),
    };
  }

  private async versions(client: pg.Client, waveId: string) {
    const versions = [];
    for (const id of await versionsAnswered(client, waveId)) {
      const { variables, tables } = await this.questionnaires.get(id);
      versions.push({ variables, tables });
    }
    return versions;
  }
}

async function writeCsv(client: pg.Client, dataset: Dataset, file: string): Promise<number> {
  const part = `${file}.part`;
  const copy = client.query(copyTo(copyStatement(dataset)));
  try {
    await pipeline(copy, recordsWithCrlf(), createWriteStream(part, { mode: 0o600 }));
    await rename(part, file);
    return copy.rowCount;
  } catch (cause) {
    await rm(part, { force: true });
    throw cause;
  }
}

async function writeWhole(file: string, content: string): Promise<void> {
  await writeFile(`${file}.part`, content, { mode: 0o600 });
  await rename(`${file}.part`, file);
}
