import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { LinkUnknown } from '../../access/access.problems.js';
import { tokenIn } from '../../access/token.js';
import { monthOfPause, remindChoice } from '../../contact/remind.js';
import { RemindService } from '../../contact/remind.service.js';
import { Clock } from '../../kit/clock.js';
import { studyOf } from './failure-page.js';
import { LATER_PATH, laterNotedPage, laterPage } from './later-page.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { webAssets } from './web-assets.node.js';

/** "Not now, remind me": the token comes by the post of a person's click, as when they begin. It opens no session. */
@ApiExcludeController()
@Controller(LATER_PATH)
export class LaterController {
  constructor(
    @Inject(RemindService) private readonly reminders: RemindService,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  /** Without a choice: the choices. With one: it is noted. */
  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async later(
    @Body() form: Record<'token' | 'link' | 'locale' | 'choice' | 'from', unknown> | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const token = tokenIn(form?.token || form?.link);
    if (!token) throw LinkUnknown({});
    const choice = remindChoice(form?.choice);
    const locale = localeOf(form?.locale);
    const pauseUntil = monthOfPause(this.clock.now()).untilOn;
    void reply.type('text/html; charset=utf-8');
    if (choice) {
      await this.reminders.ask(token, choice);
      const until = choice === 'pause' ? pauseUntil : undefined;
      return seeOther(reply, `${LATER_PATH}/noted`, { lang: locale, choice, until });
    }
    return laterPage({
      locale,
      token,
      study: studyOf(request),
      from: START_PAGE.safeParse(form?.from).data,
      choices: await this.reminders.choices(token),
      pauseUntil,
      assets: webAssets(),
    });
  }

  @Get('noted')
  noted(
    @Query() query: Record<'lang' | 'choice' | 'until', unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const choice = remindChoice(query.choice);
    if (!choice) throw LinkUnknown({});
    void reply.type('text/html; charset=utf-8');
    return laterNotedPage({
      locale: localeOf(query.lang),
      choice,
      // The page may be looked at again on a later day; the pause still ends when it was said to.
      pauseUntil: z.iso.date().safeParse(query.until).data ?? monthOfPause(this.clock.now()).untilOn,
      assets: webAssets(),
    });
  }
}

/** The address of a start page, as that page gives it. It becomes the way back to it. */
const START_PAGE = z.string().regex(/^\/go\/[a-z]{2,8}\/[a-z0-9-]{1,16}\/[a-z]{2}$/);

const localeOf = (asked: unknown): string => (asked === 'en' ? 'en' : 'ru');
