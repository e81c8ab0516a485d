import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiCookieAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Actor } from '../../access/actor.js';
import { StaffActor } from '../../access/staff-actor.guard.js';
import { SendingService, type SendingStatus } from '../../contact/sending.service.js';
import { StudyService } from '../../study/study.service.js';

/**
 * Whether a study's messages go out. The fence after a restore is lifted by the command line alone: the pages' process has no access to
 * the vault, which tells how old this database is.
 */
@ApiTags('contacts')
@ApiCookieAuth('staff')
@Controller('api/sending/:study')
export class SendingController {
  constructor(
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(SendingService) private readonly sending: SendingService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Whether messages go out, what holds them back, and how many wait.' })
  async status(@Param('study') code: string): Promise<SendingStatus> {
    return this.sending.status(await this.studyId(code));
  }

  @Post('pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Holds back all messages of the study, from now on.' })
  @ApiOkResponse({ description: 'How it stands now. A message that is leaving at this moment leaves.' })
  async pause(@Param('study') code: string, @StaffActor() actor: Actor): Promise<SendingStatus> {
    return this.sending.pause(await this.studyId(code), actor);
  }

  @Post('resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Lets the messages of the study go on. It lifts no fence.' })
  @ApiOkResponse({ description: 'How it stands now.' })
  async resume(@Param('study') code: string, @StaffActor() actor: Actor): Promise<SendingStatus> {
    return this.sending.resume(await this.studyId(code), actor);
  }

  private async studyId(code: string): Promise<string> {
    return (await this.studies.byCode(code)).id;
  }
}
