import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../../kit/config.js';
import { inWorkFolder } from '../../kit/work-folder.node.js';
import { blocksOf } from '../format/copy-binary.js';
import { type ReadRows } from '../format/file-table.js';
import { writeParquet } from '../format/parquet.node.js';
import { Scan } from '../format/scan.js';
import { WRITERS } from '../format/writers.node.js';
import { FrequencyCount } from '../meta/frequencies.js';
import { fileCodebookJson } from '../meta/codebook-json.js';
import { papersOf } from '../meta/papers.js';
import { type DataFormat, type DescribedFile, type ReleaseDescription } from '../meta/release-description.js';
import { type ReleaseDefinition, sourceWords } from './definition.js';
import { fileTable, type ReleasedFile } from './released-file.js';
import { isInLayouts, type Selection } from './release.js';
import { stillSafe } from './release-risk.queries.js';
import { ReleaseWouldDiffer } from './release.problems.js';
import { erasedIn, filesOf, noteDigests, readStatement, type ReleaseRow } from './release.queries.js';

/** Where the files of a release go. What was begun and not ended is of no use, and whoever gave the place takes it away. */
export interface ReleaseSink {
  write(file: string, bytes: AsyncIterable<Buffer>): Promise<void>;
}

export interface WrittenFile {
  file: string;
  bytes: number;
  sha256: Buffer;
  /** Rows and columns, of a file of data. */
  rows?: number;
  columns?: number;
}

export interface WrittenRelease {
  /** How many people were erased since the release was made. */
  erased: number;
  files: WrittenFile[];
}

/** One that is always there, whatever was asked for: it is read by people, not by statistics programs. */
const CSV_ALONE = 'concordance';

/** Writes the files of a release, all of one moment: the same bytes each time, but for people who were erased. */
@Injectable()
export class ReleaseWriter {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** @throws ReleaseWouldDiffer, ReleaseTooRisky, CellUnwritable; whatever the sink throws */
  async write(
    release: ReleaseRow<ReleaseDefinition>,
    selection: Selection,
    sink: ReleaseSink,
  ): Promise<WrittenRelease> {
    return inWorkFolder('onward-release', async (work) => {
      const written = await this.inSnapshot(async (client) => {
        await stillSafe(client, release);
        return new Writing(client, release, selection, sink, work).all();
      });
      await this.compared(release, selection, written);
      return written;
    });
  }

  /** @throws ReleaseTooRisky where a rule fails that held when the release was made */
  check(release: ReleaseRow<ReleaseDefinition>): Promise<void> {
    return this.inSnapshot((client) => stillSafe(client, release));
  }

  private async inSnapshot<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({
      connectionString: this.config.databaseUrl,
      application_name: 'onward-release',
    });
    await client.connect();
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } finally {
      await client.end();
    }
  }

  /** That it is the same release as ever, or nothing. */
  private async compared(
    { id, definition }: ReleaseRow<ReleaseDefinition>,
    { formats, layouts, locales }: Selection,
    { erased, files }: WrittenRelease,
  ): Promise<void> {
    const languages = locales.join(' ');
    const all = [languages, formats.join(' '), layouts.join(' ')].join(', ');
    const digests = files.map(({ file, sha256, rows }) => ({
      file,
      choice: rows === undefined ? all : languages,
      sha256,
    }));
    const [other] = await noteDigests(this.db, id, erased, digests);
    if (other !== undefined) throw ReleaseWouldDiffer({ file: other, software: definition.software });
  }
}

/** What was done against disclosure and what risk was left, for programs. */
const disclosureJson = (
  { risk, treatments }: ReleaseDefinition,
  { name, kind, version, erased, rules }: ReleaseDescription,
): string =>
  `${JSON.stringify({ release: name, kind, version, erasedSince: erased, rules, files: risk, treatments }, null, 1)}\n`;

/** A file after its first reading. */
interface Counted extends DescribedFile {
  read: ReadRows;
}

class Writing {
  private readonly files: WrittenFile[] = [];

  constructor(
    private readonly client: pg.Client,
    private readonly release: ReleaseRow<ReleaseDefinition>,
    private readonly selection: Selection,
    private readonly sink: ReleaseSink,
    private readonly work: string,
  ) {}

  async all(): Promise<WrittenRelease> {
    const { definition, madeAt, kind, version } = this.release;
    const { locales, formats, layouts } = this.selection;
    const erased = await erasedIn(this.client, this.release.id);
    const known = await filesOf(this.client, this.release.id);
    const described: Counted[] = [];
    for (const { nr, definition: file } of known) described.push(await this.counted(nr, file));
    const description: ReleaseDescription = {
      ...definition,
      kind,
      version,
      madeAt,
      locales,
      formats,
      files: described.map(({ table, frequencies }) => ({ table, frequencies })),
      erased,
    };
    for (const file of described) {
      const { name } = file.table;
      if (!isInLayouts(name, layouts)) continue;
      for (const format of name === CSV_ALONE ? (['csv'] as const) : formats)
        await this.data(file, format, description);
    }
    const facts = new Map(
      this.files.map(({ file, bytes, sha256 }) => [file, { bytes, hash: sha256.toString('hex') }]),
    );
    for (const { file, content } of papersOf(description, (file) => facts.get(file)))
      await this.put(file, inBytes(content));
    await this.put('disclosure.json', inBytes([disclosureJson(definition, description)]));
    const sums = this.files.map(({ file, sha256 }) => `${sha256.toString('hex')}  ${file}\n`);
    await this.put('SHA256SUMS', inBytes([sums.sort().join('')]));
    return { erased, files: this.files };
  }

  /** One reading of a file, for what must be known before it is written. */
  private async counted(nr: number, file: ReleasedFile): Promise<Counted> {
    const read: ReadRows = () =>
      blocksOf(
        this.client.query(copyTo(readStatement(this.release.id, nr), { highWaterMark: READ_AHEAD })),
        file.columns.length,
      );
    const scan = new Scan(file.columns);
    const frequencies = new FrequencyCount(file.columns);
    for await (const block of read()) {
      scan.add(block);
      frequencies.add(block);
    }
    const { madeAt, definition, version } = this.release;
    const { locales } = this.selection;
    const table = fileTable(file, scan, { source: sourceWords(definition, version), locales, madeAt });
    return { table, frequencies: frequencies.result(), read };
  }

  private async data(
    { table, read, frequencies }: Counted,
    format: DataFormat,
    description: ReleaseDescription,
  ): Promise<void> {
    const shape = { rows: table.rows, columns: table.columns.length };
    const file = `${table.name}.${format}`;
    if (format !== 'parquet') return this.put(file, WRITERS[format](table, read), shape);
    const path = join(this.work, file);
    const metadata = {
      release: description.directory,
      codebook: fileCodebookJson({ table, frequencies }, description),
    };
    await writeParquet(table, read, path, metadata, this.work);
    await this.put(file, createReadStream(path) as AsyncIterable<Buffer>, shape);
    await rm(path);
  }

  private async put(
    file: string,
    content: AsyncIterable<Buffer>,
    shape: { rows?: number; columns?: number } = {},
  ): Promise<void> {
    const hash = createHash('sha256');
    let bytes = 0;
    await this.sink.write(
      file,
      (async function* () {
        for await (const chunk of content) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      })(),
    );
    this.files.push({ file, bytes, sha256: hash.digest(), ...shape });
  }
}

const CHUNK = 256 * 1024;
/** Bytes of the database's answer that wait to be read. */
const READ_AHEAD = 1024 * 1024;

/** Pieces of a text as chunks of some size. */
async function* inBytes(pieces: Iterable<string>): AsyncGenerator<Buffer> {
  let held = '';
  for (const piece of pieces) {
    held += piece;
    if (held.length < CHUNK) continue;
    yield await Promise.resolve(Buffer.from(held));
    held = '';
  }
  if (held) yield Buffer.from(held);
}
