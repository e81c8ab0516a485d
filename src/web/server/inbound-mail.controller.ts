import { Controller, Headers, HttpCode, Inject, OnModuleInit, Post, Req } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { sameSecret } from '../../access/token.node.js';
import { BounceService } from '../../contact/mail/bounce.service.js';
import { InboundKeyWrong, InboundMailNotTaken } from '../../contact/mail/mail.problems.js';
import { CONFIG, type Config } from '../../kit/config.js';

const RAW_MAIL = 'message/rfc822';

/** Bounces and complaints that a mail server posts, raw, instead of delivering them to a mailbox. Not in the web role: it has no vault. */
@ApiExcludeController()
@Controller('api/inbound/mail')
export class InboundMailController implements OnModuleInit {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(BounceService) private readonly bounces: BounceService,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {}

  /** Raw mail is read as it is, up to the application's limit of 256 KiB. */
  onModuleInit(): void {
    const server = this.http.httpAdapter.getInstance<FastifyInstance>();
    server.addContentTypeParser(RAW_MAIL, { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  }

  /** The answer is the same whatever the message was. A failure is answered as one, so that the server tries again. */
  @Post()
  @HttpCode(204)
  async take(
    @Headers('authorization') authorization: string | undefined,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    const key = this.config.inboundKey;
    if (key === undefined) throw InboundMailNotTaken({});
    if (!sameSecret(authorization ?? '', `Bearer ${key}`)) throw InboundKeyWrong({});
    if (Buffer.isBuffer(request.body)) await this.bounces.take(request.body);
  }
}
