import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { staffTokenOf } from '../../access/gate.service.js';
import { SignInService } from '../../access/sign-in.service.js';
import { staffCookie } from '../../access/staff-cookie.js';
import { nextPage } from '../../access/staff-session.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { formFault, proofIn, type StaffForm, staffLocale, textIn } from './staff-form.js';
import { factorPage, type FactorPage, signInPage, STAFF } from './staff-sign-in-page.js';
import { webAssets } from './web-assets.node.js';

/** Signing in and out, and the second factor once more. Works without scripts, but for passkeys. */
@ApiExcludeController()
@Controller('staff')
export class StaffSignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SignInService) private readonly signIns: SignInService,
  ) {}

  @Get('sign-in')
  form(
    @Query() query: { lang?: unknown; next?: unknown },
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    const locale = staffLocale(query.lang, request.headers['accept-language']);
    return signInPage({ locale, assets: webAssets(), next: nextPage(query.next) });
  }

  @Post('sign-in')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async password(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const locale = staffLocale(form?.locale, request.headers['accept-language']);
    const next = nextPage(form?.next);
    void reply.type('text/html; charset=utf-8');
    try {
      const [email, password] = [textIn(form, 'email'), textIn(form, 'password')];
      const token = await this.signIns.password(email, password, request.ip);
      void reply.header('set-cookie', staffCookie(this.config.publicUrl, token));
      return seeOther(reply, STAFF.secondFactor, { lang: locale, next });
    } catch (cause) {
      return signInPage({ locale, assets: webAssets(), next, fault: failed(cause, locale, reply) });
    }
  }

  @Get('second-factor')
  askFactor(
    @Query() query: { lang?: unknown; next?: unknown },
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.factorForm(STAFF.secondFactor, query.lang, query.next, request, reply);
  }

  @Post('second-factor')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  takeFactor(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.factorShown(STAFF.secondFactor, form, request, reply);
  }

  @Get('step-up')
  askAgain(
    @Query() query: { lang?: unknown; next?: unknown },
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.factorForm(STAFF.stepUp, query.lang, query.next, request, reply);
  }

  @Post('step-up')
  @HttpCode(200)
  takeAgain(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.factorShown(STAFF.stepUp, form, request, reply);
  }

  @Post('sign-out')
  @HttpCode(200)
  async signOut(
    @Body() form: StaffForm | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.signIns.signOut(staffTokenOf(request, this.config));
    void reply.header('set-cookie', staffCookie(this.config.publicUrl, null));
    return seeOther(reply, STAFF.signIn, { lang: staffLocale(form?.locale, undefined) });
  }

  private async factorForm(
    path: FactorPage['path'],
    lang: unknown,
    next: unknown,
    request: FastifyRequest,
    reply: FastifyReply,
    fault?: string,
  ): Promise<string> {
    const token = staffTokenOf(request, this.config);
    const stage = path === STAFF.stepUp ? 'signed_in' : 'password';
    const passkey = await this.signIns.passkeyRequest(token, stage);
    void reply.type('text/html; charset=utf-8');
    const locale = staffLocale(lang, request.headers['accept-language']);
    return factorPage({ locale, assets: webAssets(), path, next: nextPage(next), passkey, fault });
  }

  private async factorShown(
    path: FactorPage['path'],
    form: StaffForm | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<string> {
    const token = staffTokenOf(request, this.config);
    try {
      const show = path === STAFF.stepUp ? this.signIns.stepUp : this.signIns.secondFactor;
      const session = await show.call(this.signIns, token, proofIn(form), request.ip);
      void reply.header('set-cookie', staffCookie(this.config.publicUrl, session));
      void reply.status(303).header('location', nextPage(form?.next));
      return '';
    } catch (cause) {
      const locale = staffLocale(form?.locale, request.headers['accept-language']);
      const fault = failed(cause, locale, reply);
      return this.factorForm(path, locale, form?.next, request, reply, fault);
    }
  }
}

/** What to say of a failure, with its status; when to try again stands in the header as well. */
function failed(cause: unknown, locale: string, reply: FastifyReply): string {
  const { status, fault, retryAfterSeconds } = formFault(cause, locale);
  void reply.status(status);
  if (retryAfterSeconds !== undefined) void reply.header('retry-after', String(retryAfterSeconds));
  return fault;
}
