import { Body, Controller, Inject, Param, Post } from '@nestjs/common';
import {
  ApiCookieAuth,
  ApiBody,
  ApiCreatedResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { membersAmong } from '../../panel/panel.queries.js';
import { UnknownMember } from '../../panel/panel.problems.js';
import { ResidenceService } from '../../residence/residence.service.js';
import { StudyService } from '../../study/study.service.js';
import { PLACE_PROPERTIES, placeIn } from './place-body.js';

/** Where staff note what a member told them of a move between the surveys. */
@ApiTags('fieldwork')
@ApiCookieAuth('staff')
@Controller('api/fieldwork/:study/residence')
export class StaffResidenceController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(ResidenceService) private readonly residence: ResidenceService,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Takes the place where a member of the study lives now. It closes no case.' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['member', 'country'],
      properties: { member: { type: 'string', format: 'uuid' }, ...PLACE_PROPERTIES },
    },
  })
  @ApiCreatedResponse({ description: 'Stored: the place as it was understood.' })
  @ApiResponse({ status: 404, description: 'study.unknown, or panel.unknown_member in this study' })
  @ApiResponse({ status: 422, description: 'residence.invalid_place, with a finding for each field' })
  async report(@Param('study') code: string, @Body() body: unknown, @StaffActor() actor: Actor) {
    const study = await this.studies.byCode(code);
    const { member, ...rest } = (typeof body === 'object' && body !== null ? body : {}) as {
      member?: unknown;
    };
    const place = placeIn(rest);
    const known = z.guid().safeParse(member).data;
    if (known === undefined || !(await membersAmong(this.db, study.id, [known])).has(known))
      throw UnknownMember({ member: String(member) });
    await this.residence.report(known, actor, place);
    return { member: known, place };
  }
}
