import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { stopChoice } from '../../contact/stop.js';
import { StopService } from '../../contact/stop.service.js';
import { seeOther } from './see-other.js';
import { type StopPage, stoppedPage, stopPage, undonePage } from './stop-page.js';
import { webAssets } from './web-assets.node.js';

interface Where {
  locale: string;
  token: string;
}

/**
 * Unsubscribing, without scripts and without a session. A GET only asks; a POST acts, whether a person's choice or a mail program's one
 * click, which names no choice and stops everything (RFC 8058, section 3.1). A person is led on to a page that can be reloaded; a mail
 * program is not, since many lose their way at a redirect.
 */
@ApiExcludeController()
@Controller('stop/:locale/:token')
export class StopController {
  constructor(@Inject(StopService) private readonly stops: StopService) {}

  @Get()
  ask(@Param() where: Where, @Res({ passthrough: true }) reply: FastifyReply): string {
    return stopPage(begun(where, reply));
  }

  @Post()
  @HttpCode(200)
  async stop(
    @Param() where: Where,
    @Body() form: { choice?: unknown } | null | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const choice = stopChoice(form?.choice);
    await this.stops.stop(where.token, choice);
    const page = begun(where, reply);
    return form?.choice === undefined
      ? stoppedPage({ ...page, choice })
      : seeOther(reply, `${page.path}/done`, { choice });
  }

  @Get('done')
  done(
    @Param() where: Where,
    @Query('choice') choice: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return stoppedPage({ ...begun(where, reply), choice: stopChoice(choice) });
  }

  @Post('undo')
  @HttpCode(200)
  async undo(
    @Param() where: Where,
    @Body() form: { choice?: unknown } | null | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.stops.undo(where.token, stopChoice(form?.choice));
    return seeOther(reply, `${begun(where, reply).path}/undone`, {});
  }

  @Get('undone')
  undone(@Param() where: Where, @Res({ passthrough: true }) reply: FastifyReply): string {
    return undonePage(begun(where, reply));
  }
}

function begun({ locale, token }: Where, reply: FastifyReply): StopPage {
  void reply.type('text/html; charset=utf-8');
  const known = locale === 'en' ? 'en' : 'ru';
  return { locale: known, path: `/stop/${known}/${encodeURIComponent(token)}`, assets: webAssets() };
}
