import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../kit/clock.js';
import { keyOwner } from '../questionnaire/resume/resume-json.js';
import { resumeView } from '../questionnaire/resume/resume-view.js';
import { admit } from './admission.js';
import { type Answers, replay } from './changes.js';
import { itemsFrom } from './coding.js';
import { contextOf, variablesFor } from './feed.service.js';
import { admissionOf } from './requests.js';
import { keepOpenItems, revisionsOf } from './response.queries.js';
import { type SessionCase } from './session-case.js';
import { SessionService } from './session.service.js';

export interface InterviewView {
  case: SessionCase;
  questionnaire: object;
  answers: Answers;
  resumedElsewhere: boolean;
  /** What its texts and routing read of earlier answers, by language; nothing sensitive. */
  earlier: Record<string, object>;
}

/** The questionnaire as a session may see it. */
@Injectable()
export class InterviewService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(SessionService) private readonly sessions: SessionService,
  ) {}

  /**
   * What a session may see: its own answers. Once there are answers of other sessions, the questionnaire is what is still
   * open: items answered before are left out, routing on them resolved. What a session answered itself it may always
   * write again, since another of its tabs may show it still.
   */
  async view(sessionHash: Buffer): Promise<InterviewView> {
    const at = await this.sessions.caseOf(sessionHash);
    admit(admissionOf(at), this.clock.now());
    const { questionnaire, fed } = await this.sessions.opened(at);
    const { answers, writer } = replay(await revisionsOf(this.db, at.member_id, at.wave_id));
    const own = pick(answers, (item) => writer.get(item) === at.session_id);
    const resumedElsewhere = Object.keys(answers).some((item) => !(item in own));
    const here = itemsFrom(questionnaire.json, at.reached);
    const view = resumedElsewhere
      ? resumeView(
          questionnaire.json,
          pick(answers, (item) => !(item in own && here.has(keyOwner(item, questionnaire.check)))),
          at.reached ?? undefined,
          contextOf(fed, at.locale, this.clock.now()),
          questionnaire.check,
        )
      : { questionnaire: questionnaire.json, openItems: null };
    await keepOpenItems(
      this.db,
      sessionHash,
      view.openItems === null ? null : [...view.openItems, ...Object.keys(own)],
    );
    return {
      case: at,
      questionnaire: view.questionnaire,
      answers: own,
      resumedElsewhere,
      earlier: fed ? variablesFor(fed, questionnaire, at.locales) : {},
    };
  }
}

const pick = (answers: Answers, wanted: (item: string) => boolean): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([item]) => wanted(item)));
