import { Body, Controller, Delete, Get, Inject, Param, Put } from '@nestjs/common';
import { ApiCookieAuth, ApiBody, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { knownMember } from '../../contact/known-member.queries.js';
import { Clock, dateOf } from '../../kit/clock.js';
import { PauseService } from '../../panel/pause.service.js';
import { StudyService } from '../../study/study.service.js';
import { bodyOf } from './staff-body.js';

const PAUSE = z.strictObject({
  fromOn: z.iso.date('Give a day as YYYY-MM-DD.').optional(),
  untilOn: z.iso.date('Give a day as YYYY-MM-DD.').nullable().optional(),
});
const DAY = { type: 'string', format: 'date' };

/** Days on which a member wants no messages, as they told staff. */
@ApiTags('panel')
@ApiCookieAuth('staff')
@ApiResponse({ status: 404, description: 'study.unknown, panel.unknown_member' })
@Controller('api/panel/:study/members/:member/pause')
export class PauseController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(PauseService) private readonly pauses: PauseService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'The pauses of a member, those that are over too.' })
  async list(@Param('study') code: string, @Param('member') member: string) {
    return this.pauses.of(await this.known(code, member));
  }

  @Put()
  @ApiOperation({ summary: 'Writes nothing to a member for a while. It ends no membership.' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: {
        fromOn: { ...DAY, description: 'The first day of it; today where it is left out' },
        untilOn: { ...DAY, nullable: true, description: 'The first day on which messages go out again' },
      },
    },
  })
  @ApiOkResponse({ description: 'The pauses of the member.' })
  @ApiResponse({ status: 422, description: 'panel.invalid_pause, contact.invalid_request' })
  async pause(
    @Param('study') code: string,
    @Param('member') member: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    const { fromOn = dateOf(this.clock.now()), untilOn = null } = bodyOf(PAUSE, body ?? {});
    const id = await this.known(code, member);
    await this.pauses.pause(id, { fromOn, untilOn }, actor);
    return this.pauses.of(id);
  }

  @Delete()
  @ApiOperation({ summary: 'Writes to a member again: every pause of theirs ends today.' })
  @ApiOkResponse({ description: 'The pauses of the member.' })
  async resume(@Param('study') code: string, @Param('member') member: string, @StaffActor() actor: Actor) {
    const id = await this.known(code, member);
    await this.pauses.resume(id, actor);
    return this.pauses.of(id);
  }

  private async known(code: string, member: string): Promise<string> {
    return knownMember(this.db, (await this.studies.byCode(code)).id, member);
  }
}
