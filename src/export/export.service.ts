import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { datasetCodebook } from '../codebook/dataset-codebook.js';
import { type Actor } from '../access/actor.js';
import { digestOf } from '../access/audit-hash.node.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { NEW_FILE, newFileStream } from '../kit/files.node.js';
import { StudyService } from '../study/study.service.js';
import { recordsWithCrlf } from './crlf.node.js';
import { copyStatement, type Dataset } from './column.js';
import { gatherOverrides, numberPeople } from './export.queries.js';
import { studyDatasets } from './study-datasets.js';
import { dataConsent, StudySourceService } from './study-source.service.js';

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
    @Inject(StudySourceService) private readonly sources: StudySourceService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * @param key      secret that makes the person numbers; a new one, kept in the database, unless given
   * @param purpose  what the files are for, by the id of a consent: whoever does not agree to that now stands in none of them
   * @throws NothingToExport, UnknownPurpose
   */
  async export(
    studyId: string,
    directory: string,
    actor: Actor,
    { key = randomBytes(32), purpose }: { key?: Buffer | undefined; purpose?: string | undefined } = {},
  ): Promise<ExportedFile[]> {
    const study = await this.studies.get(studyId);
    const consent = purpose === undefined ? null : dataConsent(study.file, purpose);
    await this.sources.bringUpToDate(studyId);
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'onward-export',
    });
    await client.connect();
    try {
      await client.query(
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'",
      );
      const source = await this.sources.read(client, studyId, study.file);
      const run = randomUUID();
      await this.db.transaction(async (tx) => {
        await tx.query(
          'INSERT INTO export_run (id, study_id, pidp_key, created_at) VALUES ($1, $2, $3, $4)',
          [run, studyId, key, this.clock.now()],
        );
        await this.audit.append(tx, {
          act: 'data.export_begun',
          actor,
          studyId,
          detail: { run, ...(consent === null ? {} : { purpose: consent }) },
        });
      }); // whatever becomes of the files, that somebody took them is known
      await mkdir(directory, { recursive: true });
      await numberPeople(client, studyId, key, consent);
      await gatherOverrides(client, studyId);
      const { datasets, ...missing } = studyDatasets(source);
      const written: ExportedFile[] = [];
      const digests: string[] = [];
      for (const dataset of datasets) {
        const { rows, digest } = await writeCsv(client, dataset, join(directory, dataset.file));
        digests.push(digest);
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
      await this.noteExported(studyId, actor, run, written, digests);
      return written;
    } finally {
      await client.end();
    }
  }

  private noteExported(
    studyId: string,
    actor: Actor,
    run: string,
    files: readonly ExportedFile[],
    digests: readonly string[],
  ): Promise<void> {
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    // Of the lines that `sha256sum *.csv` prints, in the order of the datasets.
    const lines = files.map(({ file }, index) => `${digests[index] ?? ''}  ${file}\n`).join('');
    const detail = { run, files: files.length, rows, digest: digestOf(lines) };
    return this.db.transaction((tx) =>
      this.audit.append(tx, { act: 'data.exported', actor, studyId, detail }),
    );
  }
}

async function writeCsv(
  client: pg.Client,
  dataset: Dataset,
  file: string,
): Promise<{ rows: number; digest: string }> {
  const part = await partOf(file);
  const writing = await newFileStream(part);
  const copy = client.query(copyTo(copyStatement(dataset)));
  try {
    const hash = createHash('sha256');
    const hashed = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
    };
    await pipeline(copy, recordsWithCrlf(), hashed, writing);
    await rename(part, file);
    return { rows: copy.rowCount, digest: hash.digest('hex') };
  } catch (cause) {
    await rm(part, { force: true });
    throw cause;
  }
}

async function writeWhole(file: string, content: string): Promise<void> {
  const part = await partOf(file);
  await writeFile(part, content, NEW_FILE);
  await rename(part, file);
}

/** Where a file is written until it is whole. What an earlier export left half done goes. */
async function partOf(file: string): Promise<string> {
  const part = `${file}.part`;
  await rm(part, { force: true });
  return part;
}
