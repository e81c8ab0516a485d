import { Inject, Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { DataSource, type EntityManager } from 'typeorm';
import { type Actor } from '../../access/actor.js';
import { AuditService } from '../../access/audit.service.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { faultOf, log } from '../../kit/log.node.js';
import { Problem } from '../../kit/problem.js';
import { type ByteRange } from './byte-range.js';
import { type ReleaseDefinition } from './definition.js';
import {
  type DownloadFile,
  insertPart,
  makeReady,
  mayPrepare,
  PART_BYTES,
  partOf,
  readyFiles,
  releasesToPrepare,
} from './download.queries.js';
import { ReleaseWriter } from './release-writer.service.js';
import { FORMATS, LAYOUTS } from './release.js';
import { DownloadGone, ReleaseBeingPrepared, ReleaseTooRisky, UnknownFile } from './release.problems.js';
import { findRelease, type ReleaseRow } from './release.queries.js';

const EVERY_SECONDS = 10;

/** Keeps the files of every release ready, so that a download can be broken off and gone on with; without whoever is erased. */
@Injectable()
export class ReleaseDownloads {
  private isBusy = false;
  /** Public releases that lost too many people, with how many: only another erasure is a reason to look again. */
  private readonly tooRisky = new Map<string, number>();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(ReleaseWriter) private readonly writer: ReleaseWriter,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  @Interval(EVERY_SECONDS * 1000)
  async sweep(): Promise<void> {
    if (this.config.role === 'web' || this.isBusy) return;
    this.isBusy = true;
    try {
      await this.prepareAll();
    } catch (cause) {
      log.error(
        { error: faultOf(cause) },
        'a release could not be made ready to be downloaded; the next look will',
      );
    } finally {
      this.isBusy = false;
    }
  }

  /** Makes ready what is not. @returns how many releases */
  async prepareAll(): Promise<number> {
    let prepared = 0;
    for (const { id, erased } of await releasesToPrepare(this.db))
      if (this.tooRisky.get(id) !== erased && (await this.prepare(id, erased))) prepared += 1;
    return prepared;
  }

  /** The files of a release. @throws ReleaseBeingPrepared, ReleaseTooRisky */
  async files(release: ReleaseRow<ReleaseDefinition>): Promise<DownloadFile[]> {
    const files = await readyFiles(this.db, release.id);
    if (files.length > 0) return files;
    await this.writer.check(release);
    throw ReleaseBeingPrepared({ retryAfterSeconds: EVERY_SECONDS });
  }

  /** @throws ReleaseBeingPrepared, UnknownFile */
  async file(release: ReleaseRow<ReleaseDefinition>, name: string): Promise<DownloadFile> {
    const files = await this.files(release);
    const found = files.find(({ file }) => file === name);
    if (!found) throw UnknownFile({ known: files.map(({ file }) => file) });
    return found;
  }

  /** Notes that bytes of a file are about to be sent: before the first is. */
  async note(
    release: ReleaseRow<ReleaseDefinition>,
    file: string,
    from: number,
    actor: Actor,
  ): Promise<void> {
    const { studyId, kind, version } = release;
    await this.db.transaction((tx) =>
      this.audit.append(tx, {
        act: 'release.downloaded',
        actor,
        studyId,
        detail: { kind, version, file, from },
      }),
    );
  }

  /**
   * The bytes of a file, read part by part.
   * @throws DownloadGone where the file is there no more, as somebody was erased: what was sent is half a file
   */
  async *bytes(
    { id }: ReleaseRow<ReleaseDefinition>,
    file: string,
    { from, to }: ByteRange,
  ): AsyncGenerator<Buffer> {
    for (let nr = Math.floor(from / PART_BYTES); nr * PART_BYTES <= to; nr += 1) {
      const part = await partOf(this.db, id, file, nr);
      if (!part) throw DownloadGone({});
      const begin = nr * PART_BYTES;
      yield part.subarray(Math.max(0, from - begin), Math.min(part.length, to + 1 - begin));
    }
  }

  /** False where another process does it, and for a public one that lost too many people: whoever asks for it is told. */
  private async prepare(id: string, erased: number): Promise<boolean> {
    try {
      return await this.db.transaction((tx) => this.prepareIn(tx, id));
    } catch (cause) {
      if (!(cause instanceof Problem && cause.code === ReleaseTooRisky.code)) throw cause;
      this.tooRisky.set(id, erased);
      return false;
    }
  }

  private async prepareIn(tx: EntityManager, id: string): Promise<boolean> {
    await tx.query('SET LOCAL idle_in_transaction_session_timeout = 0'); // a long file is read in between
    if (!(await mayPrepare(tx, id))) return false;
    const release = await findRelease<ReleaseDefinition>(tx, id);
    if (!release) return false;
    const { languages: locales } = release.definition;
    const { erased, files } = await this.writer.write(
      release,
      { formats: FORMATS, layouts: LAYOUTS, locales },
      { write: (file, bytes) => inParts(tx, id, file, bytes) },
    );
    if (await makeReady(tx, id, erased, files)) return true;
    throw new Error('Somebody was erased while the files were written'); // nothing of them stays; the next look writes them anew
  }
}

/** Stores a file in parts of one length, but for the last. */
async function inParts(
  tx: EntityManager,
  releaseId: string,
  file: string,
  bytes: AsyncIterable<Buffer>,
): Promise<void> {
  const part = Buffer.allocUnsafe(PART_BYTES);
  let held = 0;
  let nr = 0;
  const store = async () => {
    await insertPart(tx, { releaseId, file, nr, bytes: part.subarray(0, held) });
    nr += 1;
    held = 0;
  };
  for await (const chunk of bytes)
    for (let at = 0; at < chunk.length;) {
      const taken = chunk.copy(part, held, at);
      at += taken;
      held += taken;
      if (held === PART_BYTES) await store();
    }
  if (held > 0) await store();
}
