import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiCookieAuth, ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { mayAct } from '../../access/role.js';
import { accessTo } from '../../access/route-matrix.js';
import { SignedIn } from '../../access/staff-actor.guard.js';
import { type StaffSession } from '../../access/staff-session.js';
import { type Fieldwork } from '../../fieldwork/fieldwork.js';
import { FieldworkService } from '../../fieldwork/fieldwork.service.js';
import { StudyService } from '../../study/study.service.js';
import { fieldworkPage } from './fieldwork-page.js';
import { studiesPage } from './staff-account-page.js';
import { staffLocale } from './staff-form.js';
import { shownMoves, type ShownMoves } from './shown-moves.js';
import { webAssets } from './web-assets.node.js';

/** What is happening now, for the study team: pseudonymous counts, no addresses and no answers. */
@ApiTags('fieldwork')
@ApiCookieAuth('staff')
@Controller()
export class FieldworkController {
  constructor(
    @Inject(FieldworkService) private readonly fieldwork: FieldworkService,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  /** Only the studies that the account may look into. */
  @Get('fieldwork')
  @ApiExcludeEndpoint()
  async list(
    @Query('lang') lang: unknown,
    @SignedIn() { grants }: StaffSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const access = accessTo('GET', '/fieldwork/:study');
    const roles = typeof access === 'object' ? access.staff : [];
    const locale = staffLocale(lang, request.headers['accept-language']);
    const studies = (await this.studies.all())
      .filter(({ file }) => mayAct(grants, roles, file.code))
      .map(({ file }) => ({ code: file.code, title: file.researchTitle[locale] ?? file.id }));
    void reply.type('text/html; charset=utf-8');
    return studiesPage({ locale, assets: webAssets(), studies });
  }

  @Get('fieldwork/:study')
  @ApiExcludeEndpoint()
  async page(@Param('study') code: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const study = await this.studies.byCode(code);
    void reply.type('text/html; charset=utf-8');
    return fieldworkPage(await this.fieldwork.now(study.id), study.file, webAssets());
  }

  @Get('api/fieldwork/:study')
  @ApiOperation({ summary: 'Cases by state, host country and wave; messages; the next sends; the moves.' })
  async json(@Param('study') code: string): Promise<Omit<Fieldwork, 'moves'> & { moves: ShownMoves }> {
    const now = await this.fieldwork.now((await this.studies.byCode(code)).id);
    return { ...now, moves: shownMoves(now.moves) };
  }
}
