import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { StartService } from '../../contact/telegram/start.service.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { type SessionCase } from '../../response/session-case.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { localeOfVisit, sessionIn, visitOf } from './session-visit.queries.js';
import { noTelegramPage, TELEGRAM_PATH, telegramJoinPage, telegramLinkPage } from './telegram-join-page.js';
import { webAssets } from './web-assets.node.js';

/** Where a respondent asks to be written to on Telegram. The session of any of their links is enough. A GET changes nothing. */
@ApiExcludeController()
@Controller(TELEGRAM_PATH)
export class TelegramJoinController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StartService) private readonly starts: StartService,
  ) {}

  @Get()
  async ask(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { session, at } = await this.visit(request);
    const locale = localeOfVisit(at, lang);
    const { bot } = this.starts;
    void reply.type('text/html; charset=utf-8');
    if (!bot) return this.notOffered(locale, reply);
    const consent = (await this.starts.wordsFor(session))?.[locale];
    return telegramJoinPage({ locale, locales: at.locales, bot, consent, assets: webAssets() });
  }

  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async join(
    @Body() form: { locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { session, at } = await this.visit(request);
    const locale = localeOfVisit(at, form?.locale);
    const { bot } = this.starts;
    void reply.type('text/html; charset=utf-8');
    if (!bot) return this.notOffered(locale, reply);
    const { code, link } = await this.starts.newCode(session, locale);
    return telegramLinkPage({ locale, bot, code, link, assets: webAssets() });
  }

  private notOffered(locale: string, reply: FastifyReply): string {
    void reply.status(404);
    return noTelegramPage({ locale, assets: webAssets() });
  }

  /** @throws NoSession, CaseWithdrawn */
  private async visit(request: FastifyRequest): Promise<{ session: Buffer; at: SessionCase }> {
    const session = sessionIn(request, this.config.publicUrl);
    return { session, at: await visitOf(this.db, session, dateOf(this.clock.now())) };
  }
}
