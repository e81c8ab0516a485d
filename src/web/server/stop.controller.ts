import { Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { StopService } from '../../contact/stop.service.js';
import { stopPage } from './stop-page.js';
import { webAssets } from './web-assets.node.js';

/** Unsubscribing. A GET only asks; the POST acts, whether a person's click or the mail program's one-click (RFC 8058). */
@ApiExcludeController()
@Controller('stop/:locale/:token')
export class StopController {
  constructor(@Inject(StopService) private readonly stops: StopService) {}

  @Get()
  ask(
    @Param('locale') locale: string,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    return stopPage({
      locale: known(locale),
      done: false,
      action: `/stop/${known(locale)}/${encodeURIComponent(token)}`,
      assets: webAssets(),
    });
  }

  @Post()
  async stop(
    @Param('locale') locale: string,
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.stops.stop(token);
    void reply.status(200).type('text/html; charset=utf-8');
    return stopPage({ locale: known(locale), done: true, action: '', assets: webAssets() });
  }
}

const known = (locale: string): string => (locale === 'en' ? 'en' : 'ru');
