import { Controller, Get, Inject, NotFoundException, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { StartService } from '../../contact/telegram/start.service.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { PauseService } from '../../panel/pause.service.js';
import { answersAsCsv } from '../../rights/held.js';
import { HeldService } from '../../rights/held.service.js';
import { RightsService } from '../../rights/rights.service.js';
import { dateInWords } from '../shared/locale.js';
import { sayMine } from '../shared/mine-texts.js';
import {
  mineConsentsPage,
  mineContactPage,
  mineErasePage,
  mineLeavePage,
  mineMessagesPage,
} from './mine-acts-page.js';
import { mineHeldPage } from './mine-held-page.js';
import { MINE_PATH, mineHome } from './mine-page.js';
import { OwnVisitService } from './own-visit.service.js';

/** The pages of a person's own page. None of them changes anything; each look keeps the session. */
@ApiExcludeController()
@Controller(MINE_PATH)
export class MineController {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(OwnVisitService) private readonly visits: OwnVisitService,
    @Inject(RightsService) private readonly rights: RightsService,
    @Inject(HeldService) private readonly held: HeldService,
    @Inject(PauseService) private readonly pauses: PauseService,
    @Inject(StartService) private readonly starts: StartService,
  ) {}

  @Get()
  async home(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, lang, MINE_PATH);
    const paused = await this.pausedNow(member.id);
    void reply.type('text/html; charset=utf-8');
    return mineHome({
      ...frame,
      left: member.status !== 'active',
      paused: paused && {
        until: paused.untilOn === null ? null : dateInWords(paused.untilOn, frame.locale),
      },
      stopped: (await this.rights.stoppedChannels(member.id)).length > 0,
      telegram: this.starts.bot !== undefined,
    });
  }

  @Get('held')
  async see(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, lang, `${MINE_PATH}/held`);
    const held = await this.held.of(member.id, frame.locale);
    void reply.type('text/html; charset=utf-8');
    return mineHeldPage(frame, held);
  }

  /** The name of the file says as little as the title of the pages. */
  @Get('copy/:format')
  async copy(
    @Param('format') format: string,
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    if (format !== 'json' && format !== 'csv') throw new NotFoundException();
    const { member, frame } = await this.visits.visit(request, lang, MINE_PATH);
    const { locale } = frame;
    const held = await this.held.copyOf(member.id, locale, format);
    void reply.header('content-disposition', `attachment; filename="copy.${format}"`);
    void reply.type(format === 'json' ? 'application/json; charset=utf-8' : 'text/csv; charset=utf-8');
    if (format === 'json') return JSON.stringify(held, null, 2) + '\n';
    return answersAsCsv(held, {
      header: [
        sayMine(locale, 'csv.survey'),
        sayMine(locale, 'csv.on'),
        sayMine(locale, 'csv.section'),
        sayMine(locale, 'csv.question'),
        sayMine(locale, 'csv.answer'),
      ],
      refused: sayMine(locale, 'held.refused'),
      late: sayMine(locale, 'csv.late'),
    });
  }

  @Get('consents')
  async consents(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, lang, `${MINE_PATH}/consents`);
    const consents = await this.rights.consentsOf(member.id);
    void reply.type('text/html; charset=utf-8');
    return mineConsentsPage(frame, consents);
  }

  @Get('messages')
  async messages(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, lang, `${MINE_PATH}/messages`);
    const paused = (await this.pausedNow(member.id)) !== undefined;
    const stopped = await this.rights.stoppedChannels(member.id);
    void reply.type('text/html; charset=utf-8');
    return mineMessagesPage(frame, { paused, stopped, channels: member.channels });
  }

  @Get('contact')
  async contact(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { member, frame } = await this.visits.visit(request, lang, `${MINE_PATH}/contact`);
    void reply.type('text/html; charset=utf-8');
    return mineContactPage(frame, { chosen: member.locale, address: '', fault: false });
  }

  @Get('leave')
  async leave(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { frame } = await this.visits.visit(request, lang, `${MINE_PATH}/leave`);
    void reply.type('text/html; charset=utf-8');
    return mineLeavePage(frame);
  }

  @Get('erase')
  async erase(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const { frame } = await this.visits.visit(request, lang, `${MINE_PATH}/erase`);
    void reply.type('text/html; charset=utf-8');
    return mineErasePage(frame);
  }

  /** The pause that goes on, or begins next, and lasts the longest. */
  private async pausedNow(memberId: string) {
    const today = dateOf(this.clock.now());
    const pauses = (await this.pauses.of(memberId)).filter(
      ({ untilOn }) => untilOn === null || untilOn > today,
    );
    return (
      pauses.find(({ untilOn }) => untilOn === null) ??
      pauses.toSorted((one, other) => (one.untilOn ?? '').localeCompare(other.untilOn ?? '')).at(-1)
    );
  }
}
