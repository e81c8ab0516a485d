import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AcceptanceService } from '../../access/acceptance.service.js';
import { staffTokenOf } from '../../access/gate.service.js';
import { LocalDoorService } from '../../access/local-door.service.js';
import { staffCookie } from '../../access/staff-cookie.js';
import { tokenIn } from '../../access/token.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { type LinkKind, linkPage, newFactorPage, recoveryPage } from './staff-account-page.js';
import { formFault, proofIn, type StaffForm, staffLocale, textIn } from './staff-form.js';
import { STAFF } from './staff-sign-in-page.js';
import { webAssets } from './web-assets.node.js';

/** One-time links of the staff, and setting up a second factor. A GET discloses and consumes nothing. */
@ApiExcludeController()
@Controller('staff')
export class StaffAcceptController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AcceptanceService) private readonly acceptance: AcceptanceService,
    @Inject(LocalDoorService) private readonly door: LocalDoorService,
  ) {}

  @Get('accept')
  invited(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return linkForm('accept', lang, request, reply);
  }

  @Get('renew')
  renewed(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return linkForm('renew', lang, request, reply);
  }

  @Get('demo')
  demonstrated(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    return linkForm('demo', lang, request, reply);
  }

  @Post('accept')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  accept(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const open = (token: string) => this.acceptance.open('invitation', token, textIn(form, 'password'));
    return this.opened('accept', STAFF.newFactor, form, request, reply, open);
  }

  @Post('renew')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  renew(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const open = (token: string) => this.acceptance.open('second_factor', token, textIn(form, 'password'));
    return this.opened('renew', STAFF.newFactor, form, request, reply, open);
  }

  @Post('demo')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  demo(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.opened('demo', STAFF.studies, form, request, reply, (token) => this.door.enter(token));
  }

  @Get('new-factor')
  async offer(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const offer = await this.acceptance.offer(staffTokenOf(request, this.config));
    void reply.type('text/html; charset=utf-8');
    return newFactorPage({ locale: localeOf(lang, request), assets: webAssets(), offer });
  }

  /** The first code or the new passkey. The recovery codes come with the answer itself, so that no address shows them again. */
  @Post('new-factor')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async take(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const token = staffTokenOf(request, this.config);
    const about = { locale: localeOf(form?.locale, request), assets: webAssets() };
    void reply.type('text/html; charset=utf-8');
    try {
      const { session, recoveryCodes } = await this.acceptance.accept(token, proofIn(form));
      void reply.header('set-cookie', staffCookie(this.config.publicUrl, session));
      return recoveryPage({ ...about, codes: recoveryCodes });
    } catch (cause) {
      const words = { 'access.factor_refused': 'newFactor.refused' } as const;
      const { status, fault } = formFault(cause, about.locale, words);
      void reply.status(status);
      return newFactorPage({ ...about, fault, offer: await this.acceptance.offer(token) });
    }
  }

  private async opened(
    kind: LinkKind,
    next: string,
    form: StaffForm | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
    open: (token: string) => Promise<string>,
  ): Promise<string> {
    const token = tokenIn(form?.token || form?.link) ?? '';
    const locale = localeOf(form?.locale, request);
    void reply.type('text/html; charset=utf-8');
    try {
      void reply.header('set-cookie', staffCookie(this.config.publicUrl, await open(token)));
      return seeOther(reply, next, { lang: locale });
    } catch (cause) {
      const words = { 'access.sign_in_refused': 'password.wrong' } as const;
      const { status, fault, retryAfterSeconds } = formFault(cause, locale, words);
      void reply.status(status);
      if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
      return linkPage({ locale, assets: webAssets(), fault, kind, token: status === 404 ? '' : token });
    }
  }
}

const localeOf = (asked: unknown, request: FastifyRequest) =>
  staffLocale(asked, request.headers['accept-language']);

function linkForm(kind: LinkKind, lang: unknown, request: FastifyRequest, reply: FastifyReply): string {
  void reply.type('text/html; charset=utf-8');
  return linkPage({ locale: localeOf(lang, request), assets: webAssets(), kind, token: '' });
}
