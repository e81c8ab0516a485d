import { Controller, Get, Inject, Param, Res, UseGuards } from '@nestjs/common';
import { ApiBasicAuth, ApiExcludeEndpoint, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { StaffGuard } from '../../access/staff.guard.js';
import { type Fieldwork } from '../../fieldwork/fieldwork.js';
import { FieldworkService } from '../../fieldwork/fieldwork.service.js';
import { StudyService } from '../../study/study.service.js';
import { fieldworkPage } from './fieldwork-page.js';
import { webAssets } from './web-assets.node.js';

/** What is happening now, for the study team: pseudonymous counts, no addresses and no answers. */
@ApiTags('fieldwork')
@ApiBasicAuth()
@UseGuards(StaffGuard)
@Controller()
export class FieldworkController {
  constructor(
    @Inject(FieldworkService) private readonly fieldwork: FieldworkService,
    @Inject(StudyService) private readonly studies: StudyService,
  ) {}

  @Get('fieldwork/:study')
  @ApiExcludeEndpoint()
  async page(@Param('study') code: string, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const study = await this.studies.byCode(code);
    void reply.type('text/html; charset=utf-8');
    return fieldworkPage(await this.fieldwork.now(study.id), study.file, webAssets());
  }

  @Get('api/fieldwork/:study')
  @ApiOperation({ summary: 'Cases by state, host country and wave; messages; the next sends; the moves.' })
  async json(@Param('study') code: string): Promise<Fieldwork> {
    return this.fieldwork.now((await this.studies.byCode(code)).id);
  }
}
