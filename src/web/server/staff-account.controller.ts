import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { SignInService } from '../../access/sign-in.service.js';
import { SignedIn } from '../../access/staff-actor.guard.js';
import { staffCookie } from '../../access/staff-cookie.js';
import { type StaffSession } from '../../access/staff-session.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { seeOther } from './see-other.js';
import { homePage, passwordPage } from './staff-account-page.js';
import { formFault, type StaffForm, staffLocale, textIn } from './staff-form.js';
import { STAFF } from './staff-sign-in-page.js';
import { webAssets } from './web-assets.node.js';

/** What an account of the staff sees of itself. */
@ApiExcludeController()
@Controller('staff')
export class StaffAccountController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(SignInService) private readonly signIns: SignInService,
  ) {}

  @Get()
  home(
    @Query('lang') lang: unknown,
    @SignedIn() { grants }: StaffSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    const locale = staffLocale(lang, request.headers['accept-language']);
    return homePage({ locale, assets: webAssets(), grants });
  }

  @Get('password')
  askPassword(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    void reply.type('text/html; charset=utf-8');
    return passwordPage({
      locale: staffLocale(lang, request.headers['accept-language']),
      assets: webAssets(),
    });
  }

  @Post('password')
  @HttpCode(200)
  async changePassword(
    @Body() form: StaffForm | undefined,
    @SignedIn() { accountId }: StaffSession,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const locale = staffLocale(form?.locale, request.headers['accept-language']);
    void reply.type('text/html; charset=utf-8');
    try {
      await this.signIns.changePassword(accountId, textIn(form, 'present'), textIn(form, 'password'));
      void reply.header('set-cookie', staffCookie(this.config.publicUrl, null));
      return seeOther(reply, STAFF.signIn, { lang: locale });
    } catch (cause) {
      const { status, fault } = formFault(cause, locale, { 'access.sign_in_refused': 'password.wrong' });
      void reply.status(status);
      return passwordPage({ locale, assets: webAssets(), fault });
    }
  }
}
