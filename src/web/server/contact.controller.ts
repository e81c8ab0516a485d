import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiCookieAuth, ApiBody, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { ContactService } from '../../contact/contact.service.js';
import { DecideUnknownService, DECISIONS } from '../../contact/decide-unknown.service.js';
import { knownMember } from '../../contact/known-member.queries.js';
import { PlanEditService } from '../../contact/plan-edit.service.js';
import { StudyService } from '../../study/study.service.js';
import { WaveService } from '../../wave/wave.service.js';
import { bodyOf } from './staff-body.js';

const DECISION = z.strictObject({
  as: z.enum(DECISIONS, `Say as: ${DECISIONS.join(' or ')}.`),
});

/** Contact plans, letters, and what became of messages. No addresses and no answers. */
@ApiTags('contacts')
@ApiCookieAuth('staff')
@Controller('api/contact/:study')
export class ContactController {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(PlanEditService) private readonly plans: PlanEditService,
    @Inject(ContactService) private readonly contacts: ContactService,
    @Inject(DecideUnknownService) private readonly unknown: DecideUnknownService,
  ) {}

  @Get('waves/:wave/plan')
  @ApiOperation({ summary: 'The contact plan in force, and whether staff edited it here.' })
  async plan(@Param('study') code: string, @Param('wave') wave: string) {
    return this.plans.plan(await this.studyId(code), wave);
  }

  @Put('waves/:wave/plan')
  @ApiOperation({
    summary: 'Puts another contact plan in place of a wave’s. All that is not sent yet follows it.',
  })
  @ApiBody({
    description: 'The steps, as contactPlan in study.json',
    schema: { type: 'array', items: { type: 'object' } },
  })
  @ApiOkResponse({ description: 'The plan in force; `replanned` is how many messages were planned anew.' })
  @ApiResponse({ status: 409, description: 'wave.already_closed' })
  @ApiResponse({ status: 422, description: 'contact.invalid_plan, with every fault' })
  async setPlan(
    @Param('study') code: string,
    @Param('wave') wave: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    return this.plans.setPlan(await this.studyId(code), wave, body, actor);
  }

  @Get('letters/:name/:locale')
  @ApiOperation({ summary: 'A letter as it stands now, and whether staff edited it here.' })
  @ApiResponse({ status: 422, description: 'study.letter_missing' })
  async letter(@Param('study') code: string, @Param('name') name: string, @Param('locale') locale: string) {
    return this.plans.letter(await this.studyId(code), name, locale);
  }

  @Put('letters/:name/:locale')
  @ApiOperation({
    summary: 'Puts another text in place of a letter’s. All that is not sent yet is sent with it.',
  })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['subject', 'body'],
      properties: { subject: { type: 'string' }, body: { type: 'string', description: 'Markdown' } },
    },
  })
  @ApiOkResponse({ description: 'The letter as it stands now.' })
  @ApiResponse({ status: 422, description: 'contact.invalid_letter, with every fault' })
  async setLetter(
    @Param('study') code: string,
    @Param('name') name: string,
    @Param('locale') locale: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    return this.plans.setLetter(await this.studyId(code), name, locale, body, actor);
  }

  @Get('waves/:wave/unknown')
  @ApiOperation({ summary: 'Messages that may or may not have left, until somebody decides.' })
  async listUnknown(@Param('study') code: string, @Param('wave') wave: string) {
    const { id } = await this.waves.byLetter(await this.studyId(code), wave);
    return this.unknown.list(id);
  }

  @Post('messages/:member/:wave/:step/decision')
  @HttpCode(200)
  @ApiOperation({ summary: 'Says that an unknown message has left, or plans it anew.' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['as'],
      properties: { as: { enum: [...DECISIONS] } },
    },
  })
  @ApiResponse({ status: 404, description: 'contact.unknown_message' })
  @ApiResponse({ status: 409, description: 'contact.nothing_to_decide: the message is not unknown' })
  @ApiResponse({ status: 422, description: 'contact.invalid_request' })
  async decide(
    @Param('study') code: string,
    @Param('member') memberId: string,
    @Param('wave') wave: string,
    @Param('step') step: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    const { as } = bodyOf(DECISION, body);
    const { id } = await this.waves.byLetter(await this.studyId(code), wave);
    await this.unknown.decide({ waveId: id, memberId, step }, as, actor);
    return { member: memberId, wave, step, as };
  }

  @Get('members/:member/messages')
  @ApiOperation({ summary: 'Why a member did or did not get each of their messages.' })
  @ApiResponse({ status: 404, description: 'panel.unknown_member' })
  async messages(@Param('study') code: string, @Param('member') member: string) {
    return this.contacts.messagesOf(await knownMember(this.db, await this.studyId(code), member));
  }

  private async studyId(code: string): Promise<string> {
    return (await this.studies.byCode(code)).id;
  }
}
