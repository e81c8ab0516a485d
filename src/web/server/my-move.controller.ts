import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { Clock, dateOf } from '../../kit/clock.js';
import { QuestionnaireService } from '../../questionnaire/questionnaire.service.js';
import { RightsService } from '../../rights/rights.service.js';
import { type Texts } from '../../study/study.js';
import { MINE_PATH } from './mine-page.js';
import { countriesCoded, type MoveOffer, moveSaid, offerOf, readMove } from './moved-form.js';
import { movedPage } from './moved-page.js';
import { questionnairesOf } from './my-move.queries.js';
import { type OwnVisit, OwnVisitService } from './own-visit.service.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { seeOther } from './see-other.js';
import { webAssets } from './web-assets.node.js';

const PATH = `${MINE_PATH}/moved`;

/** Telling of a move on a person's own page: the form is that of the questionnaire's pages, and it ends on a receipt. */
@ApiExcludeController()
@Controller(PATH)
export class MyMoveController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(RightsService) private readonly rights: RightsService,
    @Inject(OwnVisitService) private readonly visits: OwnVisitService,
  ) {}

  @Get()
  async form(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = await this.visits.visit(request, lang, PATH);
    void reply.type('text/html; charset=utf-8');
    return this.page(visit, await this.countries(visit), undefined);
  }

  @Post()
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  async take(
    @Body() form: { locale?: unknown } | null | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = await this.visits.visit(request, form?.locale, PATH);
    const countries = await this.countries(visit);
    const read = readMove(moveSaid(form), this.offer(visit, countries), this.today());
    if ('faults' in read) {
      void reply.status(422).type('text/html; charset=utf-8');
      return this.page(visit, countries, form);
    }
    this.visits.keepReceipt(reply, await this.rights.move(visit.member.id, read.place));
    return seeOther(reply, `${MINE_PATH}/done`, { lang: visit.frame.locale });
  }

  private page(visit: OwnVisit, countries: ReadonlyMap<string, Texts>, posted: unknown): string {
    const { locale, locales = [] } = visit.frame;
    const offer = this.offer(visit, countries);
    const said = moveSaid(posted);
    const read = posted === undefined ? undefined : readMove(said, offer, this.today());
    return movedPage({
      ...{ path: PATH, locale, locales, offer, said, assets: webAssets() },
      nameOf: (country) => countries.get(country)?.[locale] ?? country,
      faults: read && 'faults' in read ? read.faults : [],
    });
  }

  /** The countries that the study's newest questionnaire with places knows. */
  private async countries({ member }: OwnVisit): Promise<ReadonlyMap<string, Texts>> {
    for (const id of await questionnairesOf(this.db, member.studyId)) {
      const countries = countriesCoded((await this.questionnaires.get(id)).variables);
      if (countries.size > 0) return countries;
    }
    return new Map();
  }

  private offer({ study }: OwnVisit, countries: ReadonlyMap<string, Texts>): MoveOffer {
    return offerOf(study, [...countries.keys()], this.today());
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}
