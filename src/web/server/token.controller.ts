import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiCookieAuth,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { AnalystTokenService } from '../../access/analyst-token.service.js';
import { type AnalystToken, LONGEST_DAYS, RELEASE_KINDS, tokenState } from '../../access/analyst-token.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { TokenShown } from '../../access/token-actor.guard.js';
import { Clock } from '../../kit/clock.js';
import { StudyService } from '../../study/study.service.js';
import { bodyOf } from './staff-body.js';

const WISH = z.strictObject({
  kind: z.enum(RELEASE_KINDS, `Say kind: ${RELEASE_KINDS.join(' or ')}.`),
  name: z.string('Say whose it is: the analyst and the institution.'),
  days: z.number('Say after how many days it ends.'),
});

/** Tokens of analysts: what an owner makes and revokes, and what a token may do. */
@ApiTags('access')
@Controller('api')
export class TokenController {
  constructor(
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(AnalystTokenService) private readonly tokens: AnalystTokenService,
  ) {}

  @Get('tokens/self')
  @ApiBearerAuth('token')
  @ApiOperation({ summary: 'What the token that is sent along may do.' })
  @ApiOkResponse({ description: 'study, by its code; kind: SUF or PUF; expiresAt' })
  @ApiResponse({ status: 401, description: 'access.token_refused' })
  self(@TokenShown() { study, kind, expiresAt }: AnalystToken) {
    return { study, kind, expiresAt }; // and not whose it is: who found it need not know
  }

  @Get('access/:study/tokens')
  @ApiCookieAuth('staff')
  @ApiOperation({ summary: 'The tokens of a study, those that have ended too. None is shown itself.' })
  async list(@Param('study') code: string) {
    const { id } = await this.studies.byCode(code);
    const now = this.clock.now();
    return (await this.tokens.list(id)).map((token) => ({ ...token, state: tokenState(token, now) }));
  }

  @Post('access/:study/tokens')
  @ApiCookieAuth('staff')
  @ApiOperation({ summary: 'Makes a token that reads one kind of release of the study. It is told once.' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['kind', 'name', 'days'],
      properties: {
        kind: { enum: [...RELEASE_KINDS] },
        name: { type: 'string', description: 'Whose it is: the analyst and the institution' },
        days: { type: 'integer', minimum: 1, maximum: LONGEST_DAYS, description: 'Until it ends' },
      },
    },
  })
  @ApiCreatedResponse({ description: 'token, id and expiresAt' })
  @ApiResponse({ status: 403, description: 'access.step_up_needed' })
  @ApiResponse({ status: 422, description: 'access.invalid_token_wish, contact.invalid_request' })
  async create(@Param('study') code: string, @Body() body: unknown, @StaffActor() actor: Actor) {
    const { id } = await this.studies.byCode(code);
    return this.tokens.create(actor, id, bodyOf(WISH, body));
  }

  @Post('access/:study/tokens/:id/revocation')
  @HttpCode(200)
  @ApiCookieAuth('staff')
  @ApiOperation({ summary: 'Ends a token, at once. One that was revoked stays so.' })
  @ApiResponse({ status: 404, description: 'access.unknown_token in this study' })
  async revoke(@Param('study') code: string, @Param('id') id: string, @StaffActor() actor: Actor) {
    const study = await this.studies.byCode(code);
    await this.tokens.revoke(actor, id, study.id);
    return { id, state: 'revoked' };
  }
}
