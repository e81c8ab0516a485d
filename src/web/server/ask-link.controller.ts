import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LinkRequestService } from '../../contact/link-request.service.js';
import { StudyService } from '../../study/study.service.js';
import { ASK_LINK_PATH, askLinkPage, linkAskedPage } from './ask-link-page.js';
import { addressIn } from './email-in.js';
import { studyCode, studyOf } from './failure-page.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { webAssets } from './web-assets.node.js';

/**
 * A new link for who lost theirs. The answer is the same for every address and takes as long: who looks it up, and sends, is another
 * process, later.
 */
@ApiExcludeController()
@Controller(ASK_LINK_PATH)
export class AskLinkController {
  constructor(
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(LinkRequestService) private readonly links: LinkRequestService,
  ) {}

  @Get()
  form(@Query('lang') lang: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8');
    return askLinkPage({
      locale: localeOf(lang),
      study: undefined,
      address: '',
      fault: false,
      assets: webAssets(),
    });
  }

  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async ask(
    @Body() form: { address?: unknown; locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const about = { locale: localeOf(form?.locale), study: studyOf(request) };
    const { address, typed } = addressIn(form);
    void reply.type('text/html; charset=utf-8');
    if (address === undefined) {
      void reply.status(422);
      return askLinkPage({ ...about, address: typed, fault: true, assets: webAssets() });
    }
    for (const code of await this.studies.codesAsked(about.study))
      await this.links.ask(code, address, about.locale);
    return seeOther(reply, `${ASK_LINK_PATH}/asked`, { lang: about.locale, study: about.study });
  }

  @Get('asked')
  asked(
    @Query('lang') lang: unknown,
    @Query('study') study: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    return linkAskedPage({ locale: localeOf(lang), study: studyCode(study), assets: webAssets() });
  }
}

const localeOf = (asked: unknown): string => (asked === 'en' ? 'en' : 'ru');
