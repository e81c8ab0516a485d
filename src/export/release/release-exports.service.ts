import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor } from '../../access/actor.js';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { digestOf } from '../../access/audit-hash.node.js';
import { AuditService } from '../../access/audit.service.js';
import { intoFolder } from './release-folder.node.js';
import { type WrittenRelease, ReleaseWriter } from './release-writer.service.js';
import { FORMATS, LAYOUTS } from './release.js';
import { UnknownChoice } from './release.problems.js';
import { ReleaseService } from './release.service.js';

/** What is to be written, as somebody said it: lists with commas. */
export interface ExportWish {
  kind?: ReleaseKind;
  format: string;
  layout: string;
  locale?: string;
  out: string;
  replace: boolean;
}

/** Writes releases into folders. */
@Injectable()
export class ReleaseExports {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(ReleaseService) private readonly releases: ReleaseService,
    @Inject(ReleaseWriter) private readonly writer: ReleaseWriter,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /**
   * The folder appears whole or not at all.
   * @throws UnknownRelease, ReleaseOfTwoKinds, UnknownChoice; as `ReleaseWriter.write` and `intoFolder`
   */
  async export(name: string, wish: ExportWish, actor: Actor): Promise<WrittenRelease & { folder: string }> {
    const release = await this.releases.get(name, wish.kind);
    const { definition, kind, version, studyId } = release;
    const selection = {
      formats: chosen('format', wish.format, FORMATS),
      layouts: chosen('layout', wish.layout, LAYOUTS),
      locales: inOrderOf(wish.locale, definition.languages),
    };
    const { out, replace } = wish;
    const { result, folder } = await intoFolder({ out, name: definition.directory, replace }, (sink) =>
      this.writer.write(release, selection, sink),
    );
    const { erased, files } = result;
    const digest = digestOf(files.map(({ file, sha256 }) => `${sha256.toString('hex')}  ${file}\n`).join(''));
    await this.db.transaction((tx) =>
      this.audit.append(tx, {
        act: 'release.exported',
        actor,
        studyId,
        detail: { kind, version, files: files.length, erased, digest },
      }),
    );
    return { ...result, folder };
  }
}

/** Some of those that there are, in their order. @throws UnknownChoice */
function chosen<One extends string>(what: string, said: string, known: readonly One[]): One[] {
  const asked = said.split(',').map((one) => one.trim());
  for (const given of asked)
    if (!known.includes(given as One)) throw UnknownChoice({ what, given, known: [...known] });
  return known.filter((one) => asked.includes(one));
}

/** The languages that were asked for, in the order in which they were; the others do not follow. @throws UnknownChoice */
function inOrderOf(said: string | undefined, known: readonly string[]): string[] {
  if (said === undefined) return [...known];
  const asked = [...new Set(said.split(',').map((one) => one.trim()))];
  for (const given of asked)
    if (!known.includes(given)) throw UnknownChoice({ what: 'language', given, known: [...known] });
  return asked;
}
