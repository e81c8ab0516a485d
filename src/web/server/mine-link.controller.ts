import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { NoSession } from '../../access/access.problems.js';
import { LinkRequestService } from '../../contact/link-request.service.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { Problem } from '../../kit/problem.js';
import { AddressChangeService } from '../../rights/address-change.service.js';
import { OwnPageService } from '../../rights/own-page.service.js';
import { StudyService } from '../../study/study.service.js';
import { addressIn } from './email-in.js';
import { studyOf } from './failure-page.js';
import { mineAskedPage, mineLinkPage, mineOpenPage } from './mine-link-page.js';
import { MINE_ADDRESS_PATH, MINE_LINK_PATH, MINE_OPEN_PATH, MINE_PATH } from './mine-page.js';
import { OwnVisitService } from './own-visit.service.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { localeOfVisit, sessionIn, visitOf } from './session-visit.queries.js';
import { webAssets } from './web-assets.node.js';

const LOCALES = ['ru', 'en'];

/**
 * The way to a person's own page: a fresh proof of their mailbox. Asking is answered alike for every address and takes as long; the link
 * in the letter does nothing until a person presses a button.
 */
@ApiExcludeController()
@Controller()
export class MineLinkController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(LinkRequestService) private readonly links: LinkRequestService,
    @Inject(OwnPageService) private readonly pages: OwnPageService,
    @Inject(AddressChangeService) private readonly addresses: AddressChangeService,
    @Inject(OwnVisitService) private readonly visits: OwnVisitService,
  ) {}

  @Get(MINE_LINK_PATH)
  async form(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const own = (await this.inQuestionnaire(request)) !== undefined;
    void reply.type('text/html; charset=utf-8');
    return mineLinkPage({ locale: localeOf(lang), locales: LOCALES, own, assets: webAssets() });
  }

  @Post(MINE_LINK_PATH)
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async ask(
    @Body() form: { address?: unknown; locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const locale = localeOf(form?.locale);
    const { address, typed } = addressIn(form);
    const study = studyOf(request);
    void reply.type('text/html; charset=utf-8');
    if (address === undefined) {
      void reply.status(422);
      return mineLinkPage({ locale, study, address: typed, fault: true, assets: webAssets() });
    }
    for (const code of await this.studies.codesAsked(study))
      await this.links.ask(code, address, locale, 'own_page');
    return seeOther(reply, `${MINE_LINK_PATH}/asked`, { lang: locale });
  }

  /** Who is in the questionnaire, or on a page after it, need not type the address: the link goes to the one that we have. */
  @Post(`${MINE_LINK_PATH}/own`)
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async askOwn(
    @Body() form: { locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const at = await this.inQuestionnaire(request);
    if (!at) throw NoSession({});
    const locale = localeOfVisit(at, form?.locale);
    await this.links.askOwn({ memberId: at.member_id, studyId: at.study_id, locale });
    return seeOther(reply, `${MINE_LINK_PATH}/asked`, { lang: locale, own: 'yes' });
  }

  @Get(`${MINE_LINK_PATH}/asked`)
  asked(
    @Query('lang') lang: unknown,
    @Query('own') own: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    return mineAskedPage({ locale: localeOf(lang), own: own === 'yes', assets: webAssets() });
  }

  @Get(`${MINE_OPEN_PATH}/:locale`)
  open(@Param('locale') locale: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8');
    return mineOpenPage({ locale: localeOf(locale), assets: webAssets(), what: 'open' });
  }

  /** A person's click: the proof is used up, and a session of the page's own begins. */
  @Post(MINE_OPEN_PATH)
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async begin(
    @Body() form: { token?: unknown; link?: unknown; locale?: unknown } | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    this.visits.begin(reply, await this.pages.open(form?.token || form?.link));
    return seeOther(reply, MINE_PATH, { lang: localeOf(form?.locale) });
  }

  @Get(`${MINE_ADDRESS_PATH}/:locale`)
  proof(@Param('locale') locale: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8');
    return mineOpenPage({ locale: localeOf(locale), assets: webAssets(), what: 'proof' });
  }

  /** The click at the new address. It opens no page: who reads that mailbox has proved nothing but that. */
  @Post(`${MINE_ADDRESS_PATH}/proof`)
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async prove(
    @Body() form: { token?: unknown; link?: unknown; locale?: unknown } | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    this.visits.keepReceipt(reply, await this.addresses.prove(form?.token || form?.link));
    return seeOther(reply, `${MINE_PATH}/done`, { lang: localeOf(form?.locale) });
  }

  private async inQuestionnaire(request: FastifyRequest) {
    try {
      const session = sessionIn(request, this.config.publicUrl);
      return await visitOf(this.db, session, dateOf(this.clock.now()));
    } catch (cause) {
      if (cause instanceof Problem && cause.status < 500) return undefined; // no session, or that of one who has left
      throw cause;
    }
  }
}

const localeOf = (asked: unknown): string => (asked === 'en' ? 'en' : 'ru');
