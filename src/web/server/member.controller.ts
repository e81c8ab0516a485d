import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBody, ApiCookieAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { knownMember } from '../../contact/known-member.queries.js';
import { ErasureService } from '../../rights/erasure.service.js';
import { StudyService } from '../../study/study.service.js';
import { RevealService } from '../../vault/reveal.service.js';
import { bodyOf } from './staff-body.js';

/** The member's id once more, so that nobody is erased by a slip. */
const ERASURE = z.strictObject({ member: z.uuid('Type the id of the member again.') });

/** What is done to one member and needs the second factor once more. */
@ApiTags('panel')
@ApiCookieAuth('staff')
@ApiResponse({ status: 403, description: 'access.step_up_needed' })
@ApiResponse({ status: 404, description: 'study.unknown, panel.unknown_member' })
@Controller('api/panel/:study/members/:member')
export class MemberController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(RevealService) private readonly reveals: RevealService,
    @Inject(ErasureService) private readonly erasures: ErasureService,
  ) {}

  @Post('contacts')
  @HttpCode(200)
  @ApiOperation({ summary: 'Shows the addresses of a member. It stands in the audit log.' })
  @ApiOkResponse({ description: 'email, telegram and letter; null where there is none' })
  @ApiResponse({ status: 409, description: 'vault.no_addresses_here' })
  async contacts(@Param('study') code: string, @Param('member') member: string, @StaffActor() actor: Actor) {
    const study = await this.studies.byCode(code);
    return this.reveals.reveal(study.id, await knownMember(this.db, study.id, member), actor);
  }

  @Post('erasure')
  @ApiOperation({ summary: 'Erases a member with all that the study holds of them. It cannot be undone.' })
  @ApiBody({
    schema: {
      type: 'object',
      properties: { member: { type: 'string', format: 'uuid', description: 'The id once more' } },
      required: ['member'],
    },
  })
  @ApiResponse({ status: 201, description: 'The receipt for the member: code, act, on' })
  @ApiResponse({ status: 422, description: 'contact.invalid_request' })
  async erase(
    @Param('study') code: string,
    @Param('member') member: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    const { id: studyId } = await this.studies.byCode(code);
    const id = await knownMember(this.db, studyId, member);
    const again = bodyOf(
      ERASURE.refine((typed) => typed.member.toLowerCase() === id, {
        path: ['member'],
        message: 'This is the id of another member.',
      }),
      body ?? {},
    );
    return this.erasures.erase(again.member.toLowerCase(), actor);
  }
}
