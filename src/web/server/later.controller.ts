import { Body, Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ForeignRequest, LinkUnknown } from '../../access/access.problems.js';
import { tokenIn } from '../../access/token.js';
import { monthOfPause, remindChoice } from '../../contact/remind.js';
import { RemindService } from '../../contact/remind.service.js';
import { Clock } from '../../kit/clock.js';
import { studyOf } from './failure-page.js';
import { LATER_PATH, laterNotedPage, laterPage } from './later-page.js';
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
  async later(
    @Body() form: { token?: unknown; link?: unknown; locale?: unknown; choice?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const site = request.headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin') throw ForeignRequest({});
    const token = tokenIn(form?.token || form?.link);
    if (!token) throw LinkUnknown({});
    const choice = remindChoice(form?.choice);
    const shared = {
      locale: form?.locale === 'en' ? 'en' : 'ru',
      pauseUntil: monthOfPause(this.clock.now()).untilOn,
      assets: webAssets(),
    };
    void reply.type('text/html; charset=utf-8');
    if (!choice)
      return laterPage({
        ...shared,
        token,
        study: studyOf(request),
        choices: await this.reminders.choices(token),
      });
    await this.reminders.ask(token, choice);
    return laterNotedPage({ ...shared, choice });
  }
}
