import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AddressChangeService } from '../../rights/address-change.service.js';
import { type Receipt } from '../../rights/receipt.js';
import { pauseChoice, stopPlace } from '../../rights/rights.js';
import { RightsService } from '../../rights/rights.service.js';
import { addressIn } from './email-in.js';
import { emptyPage } from './empty-page.js';
import { mineContactPage, mineEraseSurePage, mineSaidPage } from './mine-acts-page.js';
import { MINE_PATH } from './mine-page.js';
import { OwnVisitService } from './own-visit.service.js';
import { mineDonePage } from './receipt-page.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { webAssets } from './web-assets.node.js';

type Form = Readonly<Record<string, unknown>> | null | undefined;

/**
 * What a person does on their own page. Each act is a form that needs no script, and ends on a page that can be reloaded, with the code of
 * the receipt.
 */
@ApiExcludeController()
@Controller(MINE_PATH)
export class MineActsController {
  constructor(
    @Inject(OwnVisitService) private readonly visits: OwnVisitService,
    @Inject(RightsService) private readonly rights: RightsService,
    @Inject(AddressChangeService) private readonly addresses: AddressChangeService,
  ) {}

  @Post('pause')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async pause(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    const choice = pauseChoice(form?.['choice']);
    if (!choice) return seeOther(reply, `${MINE_PATH}/messages`, { lang: frame.locale });
    return this.done(reply, frame.locale, await this.rights.pause(member.id, choice));
  }

  @Post('resume')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async resume(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    return this.done(reply, frame.locale, await this.rights.resume(member.id));
  }

  @Post('stop')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async stop(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    const place = stopPlace(form?.['place']) ?? 'all'; // who asks to stop is never sent more than they meant
    return this.done(reply, frame.locale, await this.rights.stopMessages(member.id, place));
  }

  @Post('restart')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async restart(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    return this.done(reply, frame.locale, await this.rights.restartMessages(member.id, 'all'));
  }

  /** A consent that is not answered stays as it is. */
  @Post('consents')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async consents(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], `${MINE_PATH}/consents`);
    const wanted = new Map(
      Object.entries(form ?? {}).flatMap(([purpose, answer]) =>
        answer === 'yes' || answer === 'no' ? [[purpose, answer === 'yes'] as const] : [],
      ),
    );
    const receipt = await this.rights.decide(member.id, wanted, frame.locale);
    if (receipt) return this.done(reply, frame.locale, receipt);
    void reply.type('text/html; charset=utf-8');
    return mineSaidPage(frame, 'consents.sameTitle', 'consents.same');
  }

  @Post('language')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async language(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, study, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    const chosen = study.locales.find((locale) => locale === form?.['language']);
    if (!chosen) return seeOther(reply, `${MINE_PATH}/contact`, { lang: frame.locale });
    return this.done(reply, chosen, await this.rights.chooseLanguage(member.id, chosen));
  }

  /** The same answer for every address: it may be somebody else's. */
  @Post('address')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async address(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], `${MINE_PATH}/contact`);
    const { address, typed } = addressIn(form);
    if (address === undefined) {
      void reply.status(422).type('text/html; charset=utf-8');
      return mineContactPage(frame, { chosen: member.locale, address: typed, fault: true });
    }
    await this.addresses.ask(member.id, address, frame.locale);
    return seeOther(reply, `${MINE_PATH}/address/asked`, { lang: frame.locale });
  }

  @Get('address/asked')
  async addressAsked(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { frame } = await this.visits.visit(request, lang, `${MINE_PATH}/address/asked`);
    void reply.type('text/html; charset=utf-8');
    return mineSaidPage(frame, 'contact.askedTitle', 'contact.asked');
  }

  @Post('leave')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async leave(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], MINE_PATH);
    return this.done(reply, frame.locale, await this.rights.leave(member.id));
  }

  /** The first post asks again; only the second click, from the page that it gets, erases. */
  @Post('erase')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async erase(
    @Body() form: Form,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, form?.['locale'], `${MINE_PATH}/erase`);
    if (form?.['sure'] === 'yes') return this.done(reply, frame.locale, await this.rights.erase(member.id));
    void reply.type('text/html; charset=utf-8');
    return mineEraseSurePage(frame);
  }

  /** The page after any act; also for who has no session any more. */
  @Get('done')
  doneWith(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): string {
    const receipt = this.visits.receiptIn(request);
    const frame = { locale: lang === 'en' ? 'en' : 'ru', path: `${MINE_PATH}/done`, assets: webAssets() };
    const goesOn = receipt !== undefined && !['leave', 'erase', 'address'].includes(receipt.act);
    void reply.type('text/html; charset=utf-8');
    return mineDonePage(frame, receipt, goesOn && this.visits.sessionIn(request) !== undefined);
  }

  /** The quick exit: the session ends, and the page that is left shows nothing and names nothing. */
  @Post('away')
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async away(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.visits.end(request, reply);
    void reply.type('text/html; charset=utf-8');
    return emptyPage();
  }

  private done(reply: FastifyReply, locale: string, receipt: Receipt): string {
    this.visits.keepReceipt(reply, receipt);
    return seeOther(reply, `${MINE_PATH}/done`, { lang: locale });
  }
}
