import { Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import {
  ApiBody,
  ApiCookieAuth,
  ApiCreatedResponse,
  ApiExcludeEndpoint,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { DataSource } from 'typeorm';
import { RespondentGuard, SessionHash } from '../../access/respondent.guard.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { CONFIG, type Config } from '../../kit/config.js';
import { QuestionnaireService } from '../../questionnaire/questionnaire.service.js';
import { InvalidPlace } from '../../residence/residence.problems.js';
import { ResidenceService } from '../../residence/residence.service.js';
import { waveIsOpen } from '../../response/admission.js';
import { type SessionCase } from '../../response/session-case.js';
import { StudyService } from '../../study/study.service.js';
import { caseIsFinished } from '../../wave/case-state.js';
import { say } from '../shared/texts.js';
import { countriesCoded, type MoveOffer, moveSaid, offerOf, readMove } from './moved-form.js';
import { MOVED_PATH, movedPage, moveNotedPage } from './moved-page.js';
import { PLACE_PROPERTIES, placeIn } from './place-body.js';
import { SameOriginGuard } from './same-origin.guard.js';
import { localeOfVisit, sessionIn, visitOf } from './session-visit.queries.js';
import { webAssets } from './web-assets.node.js';

/** What the form needs to know of whose session it is. */
interface Visit {
  at: SessionCase;
  offer: MoveOffer;
  nameOf: (country: string, locale: string) => string;
}

/**
 * Where a respondent tells of a move between the surveys. The session of any of their links is enough, also after that
 * questionnaire was sent or has closed.
 */
@ApiTags('respondent')
@Controller()
export class MyResidenceController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  @Get(MOVED_PATH)
  @ApiExcludeEndpoint()
  async form(
    @Query('lang') lang: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = await this.visit(sessionIn(request, this.config.publicUrl));
    void reply.type('text/html; charset=utf-8');
    return this.formPage(visit, localeOfVisit(visit.at, lang), undefined);
  }

  @Post(MOVED_PATH)
  @HttpCode(200)
  @UseGuards(SameOriginGuard)
  @ApiExcludeEndpoint()
  async take(
    @Body() form: { locale?: unknown } | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const visit = await this.visit(sessionIn(request, this.config.publicUrl));
    const { at, offer, nameOf } = visit;
    const locale = localeOfVisit(at, form?.locale);
    const read = readMove(moveSaid(form), offer, this.today());
    void reply.type('text/html; charset=utf-8');
    if ('faults' in read) {
      void reply.status(422);
      return this.formPage(visit, locale, form);
    }
    await this.residence.report(at.member_id, { kind: 'member', memberId: at.member_id }, read.place);
    return moveNotedPage({
      locale,
      place: read.place,
      countryName: nameOf(read.place.country, locale),
      canGoOn: this.takesAnswers(at),
      assets: webAssets(),
    });
  }

  @Post('api/respond/residence')
  @UseGuards(RespondentGuard)
  @ApiCookieAuth()
  @ApiOperation({
    summary:
      'Takes the place where the person lives now, as they report it between the surveys. It closes no case.',
  })
  @ApiBody({ schema: { type: 'object', required: ['country'], properties: PLACE_PROPERTIES } })
  @ApiCreatedResponse({ description: 'Stored: the place as it was understood.' })
  @ApiResponse({ status: 401, description: 'access.no_session' })
  @ApiResponse({ status: 410, description: 'response.case_withdrawn' })
  @ApiResponse({ status: 422, description: 'residence.invalid_place, with a finding for each field' })
  async report(@SessionHash() session: Buffer, @Body() body: unknown) {
    const { at, offer } = await this.visit(session);
    const read = readMove(moveSaid(placeIn(body)), offer, this.today());
    if ('faults' in read)
      throw InvalidPlace({
        findings: read.faults.map(({ field, key, parameters }) => `${field}: ${say('en', key, parameters)}`),
      });
    await this.residence.report(at.member_id, { kind: 'member', memberId: at.member_id }, read.place);
    return { place: read.place };
  }

  private formPage({ at, offer, nameOf }: Visit, locale: string, posted: unknown): string {
    const said = moveSaid(posted);
    const read = posted === undefined ? undefined : readMove(said, offer, this.today());
    return movedPage({
      path: MOVED_PATH,
      locale,
      locales: at.locales,
      offer,
      nameOf: (country) => nameOf(country, locale),
      said,
      faults: read && 'faults' in read ? read.faults : [],
      assets: webAssets(),
    });
  }

  /** @throws NoSession, CaseWithdrawn */
  private async visit(session: Buffer): Promise<Visit> {
    const today = this.today();
    const at = await visitOf(this.db, session, today);
    const [{ file }, { variables }] = await Promise.all([
      this.studies.get(at.study_id),
      this.questionnaires.get(at.questionnaire_id),
    ]);
    const countries = countriesCoded(variables);
    return {
      at,
      offer: offerOf(file, [...countries.keys()], today),
      nameOf: (country, locale) => countries.get(country)?.[locale] ?? country,
    };
  }

  private takesAnswers({
    submitted,
    case_state,
    letter,
    opened_at,
    closes_at,
    closed_at,
  }: SessionCase): boolean {
    const wave = { letter, openedAt: opened_at, closesAt: closes_at, closedAt: closed_at };
    return !submitted && !caseIsFinished(case_state) && waveIsOpen(wave, this.clock.now());
  }

  private today(): string {
    return dateOf(this.clock.now());
  }
}
