import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { StartService } from '../../contact/telegram/start.service.js';
import { HasLeft } from '../../rights/rights.problems.js';
import { type OwnVisit, OwnVisitService } from './own-visit.service.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { noTelegramPage, TELEGRAM_PATH, telegramJoinPage, telegramLinkPage } from './telegram-join-page.js';
import { webAssets } from './web-assets.node.js';

/**
 * Where a member asks to be written to on Telegram. It needs the session of their own page: whoever holds a personal link must not get
 * their messages. A GET changes nothing.
 */
@ApiExcludeController()
@Controller(TELEGRAM_PATH)
export class TelegramJoinController {
  constructor(
    @Inject(OwnVisitService) private readonly visits: OwnVisitService,
    @Inject(StartService) private readonly starts: StartService,
  ) {}

  @Get()
  async ask(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visit(request, lang);
    const { locale, locales = [] } = frame;
    const { bot } = this.starts;
    void reply.type('text/html; charset=utf-8');
    if (!bot) return this.notOffered(locale, reply);
    const consent = (await this.starts.wordsFor(member.id))?.[locale];
    return telegramJoinPage({ locale, locales, bot, consent, assets: webAssets() });
  }

  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async join(
    @Body() form: { locale?: unknown } | null | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visit(request, form?.locale);
    const { bot } = this.starts;
    void reply.type('text/html; charset=utf-8');
    if (!bot) return this.notOffered(frame.locale, reply);
    const { code, link } = await this.starts.newCode(member.id, frame.locale);
    return telegramLinkPage({ locale: frame.locale, bot, code, link, assets: webAssets() });
  }

  private notOffered(locale: string, reply: FastifyReply): string {
    void reply.status(404);
    return noTelegramPage({ locale, assets: webAssets() });
  }

  /** @throws OwnPageClosed, HasLeft */
  private async visit(request: FastifyRequest, lang: unknown): Promise<OwnVisit> {
    const visit = await this.visits.visit(request, lang, TELEGRAM_PATH);
    if (visit.member.status !== 'active') throw HasLeft({});
    return visit;
  }
}
