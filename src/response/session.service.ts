import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NoSession } from '../access/access.problems.js';
import { Clock, dateOf } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { FeedService } from './feed.service.js';
import { KnownStudies } from './known-studies.service.js';
import { CaseWithdrawn } from './response.problems.js';
import { isOfOneWhoLeft, sessionCase } from './response.queries.js';
import { type SessionCase } from './session-case.js';

/** The case behind a session, with all that its questionnaire needs. */
@Injectable()
export class SessionService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(KnownStudies) private readonly studies: KnownStudies,
    @Inject(FeedService) private readonly feeds: FeedService,
  ) {}

  /** @throws NoSession; CaseWithdrawn for a device of somebody who was erased */
  async caseOf(sessionHash: Buffer): Promise<SessionCase> {
    const at = await sessionCase(this.db, sessionHash, dateOf(this.clock.now()));
    if (!at) throw (await isOfOneWhoLeft(this.db, sessionHash)) ? CaseWithdrawn({}) : NoSession({});
    return at;
  }

  /** The questionnaire of a case, its study, and the earlier answers that it is shown. */
  async opened(at: SessionCase) {
    const questionnaire = await this.questionnaires.get(at.questionnaire_id);
    const study = await this.studies.file(at.study_id, at.study_version);
    return { questionnaire, study, fed: await this.feeds.of(at, questionnaire, study) };
  }
}
