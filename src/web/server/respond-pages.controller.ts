import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { LinkUnknown } from '../../access/access.problems.js';
import { cookieValue, sessionCookie, sessionCookieName } from '../../access/cookie.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { EntryService, SESSION_DAYS } from '../../response/entry.service.js';
import { StudyService } from '../../study/study.service.js';
import { interviewPage } from './interview-page.js';
import { LATER_PATH } from './later-page.js';
import { MINE_LINK_PATH } from './mine-page.js';
import { SESSION_PATH } from './failure-page.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { startPage } from './start-page.js';
import { webAssets } from './web-assets.node.js';

/** The pages that a personal link leads to. */
@ApiExcludeController()
@Controller()
export class RespondPagesController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(EntryService) private readonly entry: EntryService,
  ) {}

  /** The start page: the same for everyone, since the token in the fragment stays in the browser. */
  @Get('go/:study/:wave/:locale')
  async start(
    @Param() { study: code, wave: letter, locale }: { study: string; wave: string; locale: string },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { file } = await this.studies.byCode(code);
    const wave = file.waves.find(({ id }) => id === letter);
    if (!wave || !file.locales.includes(locale)) throw LinkUnknown({});
    void reply.type('text/html; charset=utf-8');
    return startPage({
      study: {
        title: file.title[locale] ?? '',
        who: file.asks[locale] ?? '',
        promises: file.promises.map((promise) => ({
          title: promise.title[locale] ?? '',
          text: promise.text[locale] ?? '',
        })),
      },
      code,
      minutes: wave.minutes,
      locale,
      locales: file.locales,
      paths: {
        session: SESSION_PATH,
        later: LATER_PATH,
        mine: `${MINE_LINK_PATH}?lang=${locale}`,
        locales: Object.fromEntries(file.locales.map((other) => [other, `/go/${code}/${letter}/${other}`])),
      },
      assets: webAssets(),
    });
  }

  /** A person's click: the token becomes a session. */
  @Post(SESSION_PATH)
  @UseGuards(SameOriginGuard)
  async open(
    @Body() form: { token?: unknown; link?: unknown; locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const present = cookieValue(request.headers.cookie, sessionCookieName(this.config.publicUrl));
    const locale =
      typeof form?.locale === 'string' && /^[a-z]{2}$/.test(form.locale) ? form.locale : undefined;
    const session = await this.entry.enter(form?.token || form?.link, present, locale);
    if (session !== undefined)
      void reply.header('set-cookie', sessionCookie(this.config.publicUrl, session, SESSION_DAYS * 86_400));
    await reply.redirect(locale === undefined ? '/respond/' : `/respond/?lang=${locale}`, 303);
  }

  @Get('respond')
  respond(@Query('lang') lang: unknown, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.type('text/html; charset=utf-8');
    return interviewPage({
      locale: lang === 'en' ? 'en' : 'ru',
      assets: webAssets(),
    });
  }
}
