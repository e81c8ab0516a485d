import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCookieAuth,
  ApiBody,
  ApiOkResponse,
  ApiOperation,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import { z } from 'zod';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { PlanEditService } from '../../contact/plan-edit.service.js';
import { SendingService } from '../../contact/sending.service.js';
import { faultOf, log } from '../../kit/log.node.js';
import { QueueService } from '../../kit/queue.service.js';
import { StudyService } from '../../study/study.service.js';
import { WaveService } from '../../wave/wave.service.js';
import { bodyOf } from './staff-body.js';

const CLOSE = z.strictObject({
  closesAt: z.iso.datetime({ offset: true, error: 'Give an instant such as 2026-04-01T08:00:00Z.' }),
});

/** Opening a wave, and when it closes. */
@ApiTags('waves')
@ApiCookieAuth('staff')
@Controller('api/waves/:study/:wave')
export class WaveController {
  constructor(
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(WaveService) private readonly waves: WaveService,
    @Inject(PlanEditService) private readonly plans: PlanEditService,
    @Inject(SendingService) private readonly sending: SendingService,
    @Inject(QueueService) private readonly queue: QueueService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'When a wave opened and closes, and how many cases and messages there are so far.',
  })
  @ApiOkResponse({ description: '`issuing` is true while an opening goes on.' })
  @ApiResponse({ status: 404, description: 'study.unknown, wave.unknown' })
  async state(@Param('study') code: string, @Param('wave') letter: string) {
    const { id, openedAt, closesAt, closedAt, issuing } = await this.waves.byLetter(
      await this.studyId(code),
      letter,
    );
    return {
      wave: letter,
      opensAt: openedAt,
      closesAt,
      closedAt,
      issuing,
      ...(await this.sending.progress(id)),
    };
  }

  @Post('open')
  @HttpCode(202)
  @ApiOperation({ summary: 'Opens a wave, or goes on with an open one: newcomers get their cases.' })
  @ApiAcceptedResponse({
    description: 'Cases are issued and messages planned from now on; ask for the wave to see how far.',
  })
  @ApiResponse({ status: 409, description: 'wave.already_closed, wave.window_has_passed' })
  async open(@Param('study') code: string, @Param('wave') letter: string, @StaffActor() actor: Actor) {
    const { id, openedAt, closesAt } = await this.waves.open(await this.studyId(code), letter, actor);
    // Not waited for: without a queue, the sweep finds what is owed.
    this.queue.nudge({ name: 'wave.issue', ids: { waveId: id } }).catch((cause: unknown) => {
      log.warn({ error: faultOf(cause) }, 'a nudge was lost; the sweep goes on with the opening');
    });
    return { wave: letter, opensAt: openedAt, closesAt, issuing: true };
  }

  @Patch()
  @ApiOperation({ summary: 'Moves the close of an open wave, and the messages that count back from it.' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['closesAt'],
      properties: { closesAt: { type: 'string', format: 'date-time' } },
    },
  })
  @ApiOkResponse({ description: '`replanned` is how many messages were planned anew.' })
  @ApiResponse({ status: 409, description: 'wave.not_open, wave.already_closed' })
  @ApiResponse({ status: 422, description: 'wave.invalid_close, contact.invalid_request' })
  async moveClose(
    @Param('study') code: string,
    @Param('wave') letter: string,
    @Body() body: unknown,
    @StaffActor() actor: Actor,
  ) {
    const closesAt = new Date(bodyOf(CLOSE, body).closesAt);
    const { wave, replanned } = await this.plans.moveClose(await this.studyId(code), letter, closesAt, actor);
    return { wave: letter, opensAt: wave.openedAt, closesAt: wave.closesAt, replanned };
  }

  private async studyId(code: string): Promise<string> {
    return (await this.studies.byCode(code)).id;
  }
}
