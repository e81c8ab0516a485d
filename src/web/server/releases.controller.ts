import { Readable } from 'node:stream';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiCookieAuth,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type Actor } from '../../access/actor.js';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { ReadableKinds } from '../../access/token-actor.guard.js';
import { byteRange } from '../../export/release/byte-range.js';
import { type ReleaseDefinition } from '../../export/release/definition.js';
import { type DownloadFile } from '../../export/release/download.queries.js';
import { ReleaseDownloads } from '../../export/release/release-downloads.service.js';
import { releaseName } from '../../export/release/release.js';
import { UnknownRelease } from '../../export/release/release.problems.js';
import { type ReleaseRow } from '../../export/release/release.queries.js';
import { ReleaseService } from '../../export/release/release.service.js';
import { StudyService } from '../../study/study.service.js';

type Release = ReleaseRow<ReleaseDefinition>;

/** Releases for analysts' programs and for analysts of the staff: what there is, and its files, which may be gone on with. */
@ApiTags('releases')
@ApiBearerAuth('token')
@ApiCookieAuth('staff')
@ApiResponse({ status: 401, description: 'access.token_refused' })
@ApiResponse({ status: 404, description: 'export.unknown_release, export.unknown_file' })
@Controller('api/releases/:study')
export class ReleasesController {
  constructor(
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(ReleaseService) private readonly releases: ReleaseService,
    @Inject(ReleaseDownloads) private readonly downloads: ReleaseDownloads,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The releases of the study that the token reads, the oldest first.' })
  @ApiOkResponse({ description: 'A list of release, kind, version, madeAt, people and erased' })
  async list(@Param('study') code: string, @ReadableKinds() kinds: readonly ReleaseKind[]) {
    const { id } = await this.studies.byCode(code);
    return (await this.releases.list(id)).filter(({ kind }) => kinds.includes(kind)).map(shown);
  }

  @Get(':kind/:version')
  @ApiOperation({ summary: 'A release with its files: their sizes and SHA-256.' })
  @ApiParam({ name: 'kind', enum: ['SUF', 'PUF'] })
  @ApiOkResponse({
    description: 'release, kind, version, madeAt, people, erased, directory, files: file, bytes, sha256, url',
  })
  @ApiResponse({
    status: 503,
    description: 'export.release_being_prepared: ask again after Retry-After seconds',
  })
  async manifest(
    @Param('study') code: string,
    @Param('kind') kind: string,
    @Param('version') version: string,
    @ReadableKinds() kinds: readonly ReleaseKind[],
  ) {
    const release = await this.found(code, kind, version, kinds);
    const files = await this.downloads.files(release);
    return {
      ...shown(release),
      directory: release.definition.directory,
      files: files.map(({ file, bytes, sha256 }) => ({
        file,
        bytes,
        sha256: sha256.toString('hex'),
        url: `/api/releases/${code}/${release.kind}/${release.version}/files/${file}`,
      })),
    };
  }

  @Get(':kind/:version/files/:file')
  @ApiOperation({
    summary: 'A file of a release, whole or from where a download was broken off (Range, If-Range).',
  })
  @ApiParam({ name: 'kind', enum: ['SUF', 'PUF'] })
  @ApiOkResponse({ description: 'The file. ETag is its SHA-256' })
  @ApiResponse({ status: 206, description: 'The bytes that Range asked for' })
  @ApiResponse({ status: 416, description: 'The file has no such bytes' })
  @ApiResponse({ status: 503, description: 'export.release_being_prepared' })
  async file(
    @Param('study') code: string,
    @Param('kind') kind: string,
    @Param('version') version: string,
    @Param('file') name: string,
    @ReadableKinds() kinds: readonly ReleaseKind[],
    @StaffActor() actor: Actor,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const release = await this.found(code, kind, version, kinds);
    const file = await this.downloads.file(release, name);
    const range = rangeOf(request, file);
    void reply
      .header('accept-ranges', 'bytes')
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${file.file}"`)
      .header('etag', etagOf(file))
      .type('application/octet-stream');
    if (range === 'none')
      return void (await reply.status(416).header('content-range', `bytes */${file.bytes}`).send());
    const { from, to } = range === 'all' ? { from: 0, to: file.bytes - 1 } : range;
    if (range !== 'all') void reply.status(206).header('content-range', `bytes ${from}-${to}/${file.bytes}`);
    void reply.header('content-length', to - from + 1);
    // A stream, so that the length stays what it would be.
    if (request.method === 'HEAD') return void (await reply.send(Readable.from([])));
    await this.downloads.note(release, file.file, from, actor);
    await reply.send(
      Readable.from(this.downloads.bytes(release, file.file, { from, to }), { objectMode: false }),
    );
  }

  /** @throws UnknownStudy, UnknownRelease: one of a kind that is not for whoever asks is not there for them */
  private async found(
    code: string,
    kind: string,
    version: string,
    kinds: readonly ReleaseKind[],
  ): Promise<Release> {
    const { id } = await this.studies.byCode(code);
    const found = (await this.releases.find(id, version)).find((release) => release.kind === kind);
    if (found && kinds.includes(found.kind)) return found;
    const known = (await this.releases.list(id)).filter((release) => kinds.includes(release.kind));
    throw UnknownRelease({
      release: `of ${code} of this kind and version`,
      known: known.map((release) => `${releaseName(code, release.version)} (${release.kind})`),
    });
  }
}

const shown = ({ kind, version, madeAt, people, erased, definition: { name } }: Release) => ({
  release: name,
  kind,
  version,
  madeAt,
  people,
  erased,
});

const etagOf = ({ sha256 }: DownloadFile): string => `"${sha256.toString('hex')}"`;

/** The bytes that are asked for. A range of another state of the file is none: the whole file is sent. */
function rangeOf({ headers }: FastifyRequest, file: DownloadFile) {
  const condition = headers['if-range'];
  return condition !== undefined && condition !== etagOf(file) ? 'all' : byteRange(headers.range, file.bytes);
}
