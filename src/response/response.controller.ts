import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiCookieAuth, ApiCreatedResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { cookieValue, sessionCookie, sessionCookieName } from '../access/cookie.js';
import { RespondentGuard, SessionHash } from '../access/respondent.guard.js';
import { hashOf } from '../access/token.node.js';
import { dateOf, lastDayBefore } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { StudyService } from '../study/study.service.js';
import { EntryService } from './entry.service.js';
import { InterviewService } from './interview.service.js';
import { InvalidBody } from './response.problems.js';
import { ResponseService } from './response.service.js';

const answers = z.record(z.string().max(200), z.unknown());
const locale = z.string().regex(/^[a-z]{2}$/);
const name = z.string().max(200);
const base = z.int().min(0);

const saveBody = z.strictObject({ saveId: z.uuid(), base, answers, page: name, reached: name, locale });
const submitBody = z.strictObject({ submissionId: z.uuid(), base, answers, locale });

/** What a respondent's browser talks to. Every route needs the session that their link opened. */
@ApiTags('respondent')
@ApiCookieAuth()
@UseGuards(RespondentGuard)
@Controller('api/respond')
export class ResponseController {
  constructor(
    @Inject(InterviewService) private readonly interviews: InterviewService,
    @Inject(ResponseService) private readonly responses: ResponseService,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(EntryService) private readonly entry: EntryService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('interview')
  @ApiOperation({
    summary: 'The questionnaire and this session’s own answers; answers of other sessions are never shown.',
  })
  async interview(@SessionHash() session: Buffer) {
    const view = await this.interviews.view(session);
    const { file } = await this.studies.get(view.case.study_id);
    const wave = file.waves.find(({ id }) => id === view.case.letter);
    const at = view.case;
    return {
      case: hashOf(`${at.member_id}/${at.wave_id}`).toString('base64url'),
      study: { title: inLocale(file.title, at.locale, file.locales) },
      wave: {
        id: at.letter,
        title: inLocale(wave?.title ?? {}, at.locale, file.locales),
        minutes: wave?.minutes ?? [0, 0],
        closesOn: at.closes_at ? dateOf(lastDayBefore(at.closes_at)) : '',
      },
      locale: at.locale,
      locales: file.locales,
      questionnaire: view.questionnaire,
      answers: view.answers,
      revision: at.revision,
      page: at.page,
      submitted: false,
      fresh: at.revision === 0,
      resumedElsewhere: view.resumedElsewhere,
      earlier: view.earlier,
    };
  }

  @Post('revisions')
  @ApiOperation({
    summary: 'Saves the answers so far as the next revision. The same save may be repeated safely.',
  })
  @ApiCreatedResponse({ description: 'Stored: the revision’s number.' })
  @ApiResponse({
    status: 409,
    description: 'response.stale_revision, response.save_id_reused or response.already_submitted',
  })
  @ApiResponse({ status: 410, description: 'wave.closed or response.case_withdrawn' })
  @ApiResponse({
    status: 422,
    description: 'response.refused, with a finding for each answer that cannot be taken',
  })
  save(@SessionHash() session: Buffer, @Body() body: unknown) {
    return this.responses.save(session, parsed(saveBody, body));
  }

  @Post('submission')
  @HttpCode(201)
  @ApiOperation({ summary: 'Sends the finished questionnaire; answered with a receipt once it is stored.' })
  @ApiCreatedResponse({ description: 'Stored: the receipt.' })
  @ApiResponse({
    status: 409,
    description: 'response.stale_revision, response.submission_id_reused or response.already_submitted',
  })
  @ApiResponse({ status: 410, description: 'wave.closed or response.case_withdrawn' })
  @ApiResponse({
    status: 422,
    description: 'response.refused, with a finding for each answer that cannot be taken',
  })
  submit(@SessionHash() session: Buffer, @Body() body: unknown) {
    return this.responses.submit(session, parsed(submitBody, body));
  }

  @Post('away')
  @HttpCode(204)
  @ApiOperation({ summary: 'The quick exit: ends the session, so that this device sees nothing any more.' })
  async away(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<void> {
    await this.entry.leave(cookieValue(request.headers.cookie, sessionCookieName(this.config.publicUrl)));
    void reply.header('set-cookie', sessionCookie(this.config.publicUrl, '', 0));
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw InvalidBody({
    findings: result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.code}`),
  });
}

const inLocale = (
  texts: Readonly<Record<string, string>>,
  locale: string,
  locales: readonly string[],
): string => texts[locale] ?? texts[locales[0] ?? ''] ?? '';
