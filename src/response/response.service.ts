import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock, dateOf, HOUR_MS, hourOf } from '../kit/clock.js';
import { mergeSealed } from '../questionnaire/resume/resume-view.js';
import { type ReadyQuestionnaire } from '../questionnaire/questionnaire.service.js';
import { type CheckContext, type Verdict } from '../questionnaire/check/verdict.js';
import { residenceReport } from '../residence/report.js';
import { consentsReported } from '../consent/consent.js';
import { type CaseEvent, stateAfter } from '../wave/case-state.js';
import { AAPOR_EDITION, dispositionOf, outcomeOf } from '../wave/disposition.js';
import { admit, comesLate } from './admission.js';
import { type Answers, changesBetween } from './changes.js';
import { furtherPage, recordOf } from './coding.js';
import { endingOf } from './ending.js';
import {
  cellsOf,
  contextOf,
  differences,
  type Fed,
  FeedService,
  withoutUncalledChecks,
} from './feed.service.js';
import { LateAnswersService, type LateRequest } from './late.service.js';
import { newReceipt } from './receipt.node.js';
import { accepted, admissionOf, speaks, stands } from './requests.js';
import { AlreadySubmitted, SaveIdReused, StaleRevision, SubmissionIdReused } from './response.problems.js';
import { type Save, type StoredSave, storedSave, type Submission, writeSave } from './response.queries.js';
import { type SessionCase } from './session-case.js';
import { SessionService } from './session.service.js';

/** What a browser sends to save. Shapes: `web/shared/respond-api.ts`. */
export interface SaveRequest {
  saveId: string;
  base: number;
  answers: Answers;
  page: string;
  reached: string;
  locale: string;
}

export interface SubmitRequest {
  submissionId: string;
  base: number;
  answers: Answers;
  locale: string;
}

/** Saves and submissions: checked by the compiled questionnaire, written in one statement, acknowledged after its commit. */
@Injectable()
export class ResponseService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(SessionService) private readonly sessions: SessionService,
    @Inject(FeedService) private readonly feeds: FeedService,
    @Inject(LateAnswersService) private readonly late: LateAnswersService,
  ) {}

  /**
   * Saves the answers so far as the next revision. Repeating a save gets the same reply.
   * @throws StaleRevision, SaveIdReused, AnswersRefused, InvalidBody for another study's language or page, AnswersKept for what
   *   comes after the close, and what `admit` throws
   */
  async save(
    sessionHash: Buffer,
    request: SaveRequest,
  ): Promise<{ revision: number; savedAt: string; differs?: Record<string, boolean> }> {
    const at = await this.sessions.caseOf(sessionHash);
    const { saveId, base, page, locale } = request;
    const sent = { id: saveId, bodyHash: hashOfBody(request), reused: () => SaveIdReused({}) };
    const now = this.clock.now();
    const isLate = comesLate(admissionOf(at), now);
    const again = ({ revision }: StoredSave) => ({ revision, savedAt: this.clock.now().toISOString() });
    if (isLate || base !== at.revision) {
      const before = await this.before(at, sent);
      if (before) return again(before);
    }
    if (!isLate) admitOn(at, base, now);
    const { questionnaire, fed: known } = await this.sessions.opened(at);
    speaks(at, locale);
    stands(questionnaire.json, { page, reached: request.reached });
    const reached = furtherPage(questionnaire.json, at.reached, request.reached);
    const full = at.open_items
      ? mergeSealed(at.answers ?? {}, request.answers, at.open_items)
      : request.answers;
    const fed = known && (await this.feeds.compare(at, questionnaire, known, full));
    const verdict = accepted(questionnaire.check.checkDraft(full, contextOf(fed, locale, now)));
    if (isLate) return this.late.keep(at, { ...sent, base, submitted: false, locale }, verdict.answers);
    const fedCells = cellsOf(fed, questionnaire, verdict.answers, dateOf(now), locale);
    const revision = await writeSave(this.db, {
      ...this.written(at, questionnaire, verdict, 'save', now),
      saveId,
      bodyHash: sent.bodyHash,
      page,
      reached,
      locale,
      ...stored(recordOf(questionnaire, verdict, reached, fedCells)),
    });
    if (revision !== undefined) return { revision, savedAt: now.toISOString(), ...differing(fed) };
    // The case has moved on meanwhile: by this very save, by another one, by the close or by the person's leaving.
    const before = await this.before(at, sent);
    return before ? again(before) : this.save(sessionHash, request);
  }

  /**
   * Takes the finished questionnaire. Repeating a submission gets the same receipt.
   * @throws AnswersRefused, StaleRevision, SubmissionIdReused, AnswersKept for what comes after the close, and what `admit` throws
   */
  async submit(
    sessionHash: Buffer,
    request: SubmitRequest,
  ): Promise<{ receipt: string; submittedOn: string }> {
    const at = await this.sessions.caseOf(sessionHash);
    const { submissionId, base, locale } = request;
    const sent = { id: submissionId, bodyHash: hashOfBody(request), reused: () => SubmissionIdReused({}) };
    const now = this.clock.now();
    const isLate = comesLate(admissionOf(at), now);
    if (isLate || base !== at.revision) {
      const before = await this.before(at, sent);
      if (before) return receiptOf(before);
    }
    if (!isLate) admitOn(at, base, now);
    const { questionnaire, study, fed: known } = await this.sessions.opened(at);
    speaks(at, locale);
    const fed = known && (await this.feeds.compare(at, questionnaire, known, request.answers));
    const context = contextOf(fed, locale, now);
    const answers = withoutUncalledChecks(request.answers, fed, questionnaire);
    if (isLate) {
      const full = at.open_items ? mergeSealed(at.answers ?? {}, answers, at.open_items) : answers;
      const draft = accepted(questionnaire.check.checkDraft(full, context));
      return this.late.keep(at, { ...sent, base, submitted: true, locale }, draft.answers);
    }
    const verdict = accepted(
      questionnaire.check.checkSubmission(this.submitted(at, questionnaire, answers, context), context),
    );
    const fedCells = cellsOf(fed, questionnaire, verdict.answers, dateOf(now), locale);
    const code = recordOf(questionnaire, verdict, 'submitted', fedCells);
    const crucialAnswered = (at.crucial ?? study.crucial).every((item) => !code.blankItems.has(item));
    const event = endingOf(study.consents, verdict.answers, () =>
      outcomeOf(code.answeredShare, crucialAnswered, at.partial_rule ?? study.partialRule),
    );
    const written = this.written(at, questionnaire, verdict, event, now);
    const receipt = newReceipt();
    const submission: Submission = {
      hash: sent.bodyHash,
      receipt,
      disposition: dispositionOf(written.stateAfter, undefined, true),
      edition: AAPOR_EDITION,
      consents: consentsReported(study.consents, verdict.answers, fed?.feed.residence?.class),
      residence: residenceReport(verdict.answers, null, written.on) !== undefined,
      hourEndsAt: new Date(hourOf(now).getTime() + HOUR_MS),
    };
    const revision = await writeSave(
      this.db,
      {
        ...written,
        saveId: submissionId,
        bodyHash: sent.bodyHash,
        page: at.page,
        reached: at.reached,
        locale,
        activeAt: null,
        ...stored(code),
      },
      submission,
    );
    if (revision !== undefined) return { receipt, submittedOn: written.on };
    const before = await this.before(at, sent);
    return before ? receiptOf(before) : this.submit(sessionHash, request);
  }

  /**
   * The answers as they are sent. Those of other sessions are merged in; what a later answer has hidden since is let go,
   * since this session's browser could not know of it.
   */
  private submitted(
    at: SessionCase,
    questionnaire: ReadyQuestionnaire,
    answers: Answers,
    context: CheckContext,
  ): Answers {
    if (!at.open_items) return answers;
    const merged = mergeSealed(at.answers ?? {}, answers, at.open_items);
    return accepted(questionnaire.check.checkDraft(merged, context)).answers;
  }

  private written(
    at: SessionCase,
    questionnaire: ReadyQuestionnaire,
    verdict: Verdict,
    event: CaseEvent,
    now: Date,
  ) {
    const after = stateAfter(at.case_state, event);
    if (!after) throw AlreadySubmitted({});
    return {
      memberId: at.member_id,
      waveId: at.wave_id,
      questionnaireId: questionnaire.id,
      base: at.revision,
      stateBefore: at.case_state,
      stateAfter: after,
      event: after === at.case_state ? null : event,
      sessionId: at.session_id,
      changes: changesBetween(at.answers ?? {}, verdict.answers),
      answers: verdict.answers,
      on: dateOf(now),
      activeAt: hourOf(now),
    } satisfies Partial<Save>;
  }

  /**
   * What is stored under the id already; undefined where nothing is.
   * @throws what the request declares for an id that stands for another body
   */
  private async before(at: SessionCase, { id, bodyHash, reused }: Sent): Promise<StoredSave | undefined> {
    const found = await storedSave(this.db, at, id);
    if (found && !found.body_hash.equals(bodyHash)) throw reused();
    return found;
  }
}

type Sent = Pick<LateRequest, 'id' | 'bodyHash' | 'reused'>;

/** @throws StaleRevision, and what `admit` throws */
function admitOn(at: SessionCase, base: number, now: Date): void {
  admit(admissionOf(at), now);
  if (base !== at.revision) throw StaleRevision({ revision: at.revision });
}

const receiptOf = ({ receipt, submitted_on }: StoredSave) => ({
  receipt: receipt ?? '',
  submittedOn: submitted_on ?? '',
});

const differing = (fed: Fed | undefined) => (fed ? { differs: differences(fed) } : {});

const stored = ({ record, children, coder, answeredShare }: ReturnType<typeof recordOf>) => ({
  record,
  children,
  coder,
  answeredShare,
});

const hashOfBody = (request: object): Buffer => createHash('sha256').update(JSON.stringify(request)).digest();
