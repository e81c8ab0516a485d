import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { datasetCodebook } from '../codebook/dataset-codebook.js';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { ResponseCoder } from '../response/response-coder.service.js';
import { StudyService } from '../study/study.service.js';
import { WaveRow } from '../wave/wave.entity.js';
import { recordsWithCrlf } from './crlf.node.js';
import { copyStatement, type Dataset, waveDatasets } from './dataset.js';
import { NothingToExport } from './export.problems.js';
import { numberPeople, versionsAnswered } from './export.queries.js';

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
  ) {}

  /**
   * @param key  secret that makes the person numbers; a new one, kept in the database, unless given
   * @throws NothingToExport
   */
  async export(studyId: string, directory: string, key: Buffer = randomBytes(32)): Promise<ExportedFile[]> {
    const study = await this.studies.get(studyId);
    const waves = await this.db.getRepository(WaveRow).find({ where: { studyId }, order: { letter: 'ASC' } });
    const opened = waves.filter((wave) => wave.openedAt !== null);
    if (opened.length === 0) throw NothingToExport({ study: studyId });
    await this.coder.bringUpToDate(studyId);
    await this.db.query(
      'INSERT INTO export_run (id, study_id, pidp_key, created_at) VALUES ($1, $2, $3, $4)',
      [randomUUID(), studyId, key, this.clock.now()],
    );
    await mkdir(directory, { recursive: true });
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'onward-export',
    });
    await client.connect();
    try {
      await client.query(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'",
      );
      await numberPeople(client, studyId, key);
      const written: ExportedFile[] = [];
      const datasets: Dataset[] = [];
      for (const wave of opened) {
        const versions = await this.versions(client, wave.id);
        datasets.push(
          ...waveDatasets({
            waveId: wave.id,
            letter: wave.letter,
            versions,
            partialRule: study.file.partialRule,
          }),
        );
      }
      for (const dataset of datasets) {
        const rows = await writeCsv(client, dataset, join(directory, dataset.file));
        written.push({ file: dataset.file, rows, columns: dataset.columns.length });
      }
      await client.query('COMMIT');
      const codebook = datasetCodebook(
        { id: studyId, title: study.file.title },
        study.file.locales,
        datasets,
      );
      await writeWhole(join(directory, 'codebook.json'), JSON.stringify(codebook, null, 2) + '\n');
      return written;
    } finally {
      await client.end();
    }
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
