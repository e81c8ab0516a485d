import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { StudyService } from '../study/study.service.js';
import { FenceService } from './fence.service.js';
import { lookNow } from './fence.queries.js';
import {
  type ChannelAway,
  channelsAway,
  type MessageCounts,
  messageCounts,
  progressOf,
} from './sending.queries.js';

/** Whether and how a study's messages go out. */
export interface SendingStatus extends MessageCounts {
  study: string;
  pausedAt: Date | null;
  /** Since when all studies' messages are held back after a restore. */
  fencedAt: Date | null;
  fenceReason: string | null;
  channels: ChannelAway[];
}

/** Pausing and resuming all messages of a study. Whatever is not leaving already when this is done stays. */
@Injectable()
export class SendingService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(StudyService) private readonly studies: StudyService,
    @Inject(FenceService) private readonly fence: FenceService,
    @Inject(AuditService) private readonly audit: AuditService,
  ) {}

  /** Safe to repeat: the first pause stands. @throws UnknownStudy */
  async pause(studyId: string, actor: Actor): Promise<SendingStatus> {
    await this.db.transaction(async (tx) => {
      await this.studies.holdSending(tx, studyId, true);
      await this.audit.append(tx, { act: 'sending.paused', actor, studyId });
    });
    return this.status(studyId);
  }

  /** What waited for it is looked at within seconds. It lifts no fence. @throws UnknownStudy */
  async resume(studyId: string, actor: Actor): Promise<SendingStatus> {
    await this.db.transaction(async (tx) => {
      await this.studies.holdSending(tx, studyId, false);
      await this.audit.append(tx, { act: 'sending.resumed', actor, studyId });
    });
    await lookNow(this.db.manager, 'study_paused', studyId, this.clock.now());
    return this.status(studyId);
  }

  /** @throws UnknownStudy */
  async status(studyId: string): Promise<SendingStatus> {
    const { sendingPausedAt } = await this.studies.get(studyId);
    const fence = await this.fence.now();
    return {
      study: studyId,
      pausedAt: sendingPausedAt,
      fencedAt: fence?.fencedAt ?? null,
      fenceReason: fence?.reason ?? null,
      channels: await channelsAway(this.db),
      ...(await messageCounts(this.db, studyId, this.clock.now())),
    };
  }

  /** How far the opening of a wave has come. */
  progress(waveId: string): Promise<{ issued: number; planned: number }> {
    return progressOf(this.db, waveId);
  }
}
