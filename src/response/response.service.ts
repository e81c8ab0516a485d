import { createHash, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NoSession } from '../access/access.problems.js';
import { Clock, dateOf, hourOf } from '../kit/clock.js';
import { keyOwner } from '../questionnaire/resume/resume-json.js';
import { mergeSealed, resumeView } from '../questionnaire/resume/resume-view.js';
import { QuestionnaireService, type ReadyQuestionnaire } from '../questionnaire/questionnaire.service.js';
import { type Verdict } from '../questionnaire/check/verdict.js';
import { spellsReported } from '../residence/spells.js';
import { consentsReported, refusesToTakePart } from '../consent/consent.js';
import { type ConsentFile } from '../study/study.js';
import { type CaseEvent, stateAfter } from '../wave/case-state.js';
import { AAPOR_EDITION, dispositionOf, type Outcome, outcomeOf } from '../wave/disposition.js';
import { admit } from './admission.js';
import { type Answers, changesBetween, replay } from './changes.js';
import { furtherPage, itemsFrom, pageIndex, recordOf } from './coding.js';
import { KnownStudies } from './known-studies.service.js';
import {
  AlreadySubmitted,
  AnswersRefused,
  InvalidBody,
  SaveIdReused,
  StaleRevision,
  SubmissionIdReused,
} from './response.problems.js';
import {
  revisionsOf,
  type Save,
  type SessionCase,
  sessionCase,
  storedSave,
  type Submission,
  writeSave,
} from './response.queries.js';

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

export interface InterviewView {
  case: SessionCase;
  questionnaire: object;
  answers: Answers;
  resumedElsewhere: boolean;
}

/** Saves and submissions: checked by the compiled questionnaire, written in one statement, acknowledged after its commit. */
@Injectable()
export class ResponseService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(QuestionnaireService) private readonly questionnaires: QuestionnaireService,
    @Inject(KnownStudies) private readonly studies: KnownStudies,
  ) {}

  /**
   * What a session may see: its own answers. Once there are answers of other sessions, the questionnaire is what is still
   * open: items answered before are left out, routing on them resolved. What a session answered itself it may always
   * write again, since another of its tabs may show it still.
   */
  async interview(sessionHash: Buffer): Promise<InterviewView> {
    const at = await this.caseOf(sessionHash);
    admit(admissionOf(at), this.clock.now());
    const questionnaire = await this.questionnaires.get(at.questionnaire_id);
    const { answers, writer } = replay(await revisionsOf(this.db, at.member_id, at.wave_id));
    const own = pick(answers, (item) => writer.get(item) === at.session_id);
    const resumedElsewhere = Object.keys(answers).some((item) => !(item in own));
    const here = itemsFrom(questionnaire.json, at.reached);
    const view = resumedElsewhere
      ? resumeView(
          questionnaire.json,
          pick(answers, (item) => !(item in own && here.has(keyOwner(item, questionnaire.check)))),
          at.reached ?? undefined,
          { now: this.clock.now() },
          questionnaire.check,
        )
      : { questionnaire: questionnaire.json, openItems: null };
    await this.db.query('UPDATE respondent_session SET open_items = $2 WHERE token_hash = $1', [
      sessionHash,
      view.openItems === null ? null : JSON.stringify([...view.openItems, ...Object.keys(own)]),
    ]);
    return {
      case: at,
      questionnaire: view.questionnaire,
      answers: own,
      resumedElsewhere,
    };
  }

  /**
   * Saves the answers so far as the next revision. Repeating a save gets the same reply.
   * @throws StaleRevision, SaveIdReused, AnswersRefused, InvalidBody for another study's language or page, and what `admit` throws
   */
  async save(sessionHash: Buffer, request: SaveRequest): Promise<{ revision: number; savedAt: string }> {
    const at = await this.caseOf(sessionHash);
    const bodyHash = hashOfBody(request);
    if (request.base !== at.revision) return this.saveAgain(at, request, bodyHash);
    const now = this.clock.now();
    admit(admissionOf(at), now);
    const questionnaire = await this.questionnaires.get(at.questionnaire_id);
    const { page } = request;
    speaks(at, request.locale);
    stands(questionnaire.json, { page, reached: request.reached });
    const reached = furtherPage(questionnaire.json, at.reached, request.reached);
    const full = at.open_items
      ? mergeSealed(at.answers ?? {}, request.answers, at.open_items)
      : request.answers;
    const verdict = accepted(questionnaire.check.checkDraft(full, { now }));
    const revision = await writeSave(this.db, {
      ...this.written(at, questionnaire, verdict, 'save', now),
      saveId: request.saveId,
      bodyHash,
      page,
      reached,
      locale: request.locale,
      ...stored(recordOf(questionnaire, verdict, reached)),
    });
    if (revision === undefined) return this.saveAgain(await this.caseOf(sessionHash), request, bodyHash);
    return { revision, savedAt: now.toISOString() };
  }

  /**
   * Takes the finished questionnaire. Repeating a submission gets the same receipt.
   * @throws AnswersRefused, StaleRevision, SubmissionIdReused, and what `admit` throws
   */
  async submit(
    sessionHash: Buffer,
    request: SubmitRequest,
  ): Promise<{ receipt: string; submittedOn: string }> {
    const at = await this.caseOf(sessionHash);
    const bodyHash = hashOfBody(request);
    if (request.base !== at.revision) return this.submitAgain(at, request, bodyHash);
    const now = this.clock.now();
    admit(admissionOf(at), now);
    const questionnaire = await this.questionnaires.get(at.questionnaire_id);
    speaks(at, request.locale);
    const verdict = accepted(
      questionnaire.check.checkSubmission(this.submitted(at, questionnaire, request.answers, now), { now }),
    );
    const study = await this.studies.file(at.study_id, at.study_version);
    const code = recordOf(questionnaire, verdict, 'submitted');
    const crucialAnswered = study.crucial.every((item) => !code.blankItems.has(item));
    const event = endingOf(study.consents, verdict.answers, () =>
      outcomeOf(code.answeredShare, crucialAnswered, study.partialRule),
    );
    const written = this.written(at, questionnaire, verdict, event, now);
    const receipt = newReceipt();
    const submission: Submission = {
      hash: bodyHash,
      receipt,
      disposition: dispositionOf(written.stateAfter, undefined, true),
      edition: AAPOR_EDITION,
      consents: consentsReported(study.consents, verdict.answers),
      spells: spellsReported(verdict.answers),
    };
    const revision = await writeSave(
      this.db,
      {
        ...written,
        saveId: request.submissionId,
        bodyHash,
        page: at.page,
        reached: at.reached,
        locale: request.locale,
        activeAt: null,
        ...stored(code),
      },
      submission,
    );
    if (revision === undefined) return this.submitAgain(await this.caseOf(sessionHash), request, bodyHash);
    return { receipt, submittedOn: written.on };
  }

  private async caseOf(sessionHash: Buffer): Promise<SessionCase> {
    const at = await sessionCase(this.db, sessionHash, dateOf(this.clock.now()));
    if (!at) throw NoSession({});
    return at;
  }

  /**
   * The answers as they are sent. Those of other sessions are merged in; what a later answer has hidden since is let go,
   * since this session's browser could not know of it.
   */
  private submitted(
    at: SessionCase,
    questionnaire: ReadyQuestionnaire,
    answers: Answers,
    now: Date,
  ): Answers {
    if (!at.open_items) return answers;
    const merged = mergeSealed(at.answers ?? {}, answers, at.open_items);
    return accepted(questionnaire.check.checkDraft(merged, { now })).answers;
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

  private async saveAgain(at: SessionCase, request: SaveRequest, bodyHash: Buffer) {
    const stored = await storedSave(this.db, at.member_id, at.wave_id, request.saveId);
    if (!stored) {
      admit(admissionOf(at), this.clock.now());
      throw StaleRevision({ revision: at.revision });
    }
    if (!stored.body_hash.equals(bodyHash)) throw SaveIdReused({});
    return { revision: stored.revision, savedAt: this.clock.now().toISOString() };
  }

  private async submitAgain(at: SessionCase, request: SubmitRequest, bodyHash: Buffer) {
    const stored = await storedSave(this.db, at.member_id, at.wave_id, request.submissionId);
    if (!stored) {
      admit(admissionOf(at), this.clock.now());
      throw StaleRevision({ revision: at.revision });
    }
    if (!stored.body_hash.equals(bodyHash)) throw SubmissionIdReused({});
    return { receipt: stored.receipt ?? '', submittedOn: stored.submitted_on ?? '' };
  }
}

const SUBMIT_EVENTS = {
  complete: 'submit_complete',
  partial: 'submit_partial',
  insufficient: 'submit_insufficient',
} as const;

/** How a submission ends its case: refused, screened out (the questionnaire computed `eligible` as 0), or by its outcome. */
function endingOf(consents: readonly ConsentFile[], answers: Answers, outcome: () => Outcome): CaseEvent {
  if (refusesToTakePart(consents, answers)) return 'refuse';
  return answers['eligible'] === 0 ? 'screen_out' : SUBMIT_EVENTS[outcome()];
}

const admissionOf = (at: SessionCase) => ({
  caseState: at.case_state,
  memberStatus: at.member_status,
  submitted: at.submitted,
  wave: { letter: at.letter, openedAt: at.opened_at, closesAt: at.closes_at, closedAt: at.closed_at },
});

/** A language that the study does not have could not be written to later. */
function speaks(at: SessionCase, locale: string): void {
  if (!at.locales.includes(locale)) throw InvalidBody({ findings: ['locale: not one of the study'] });
}

/** Pages must be the questionnaire's: they are stored, and tell what was shown. */
function stands(json: object, named: Record<string, string>): void {
  const findings = Object.entries(named)
    .filter(([, page]) => pageIndex(json, page) < 0)
    .map(([key]) => `${key}: not a page of the questionnaire`);
  if (findings.length > 0) throw InvalidBody({ findings });
}

const accepted = (verdict: Verdict): Verdict => {
  if (!verdict.ok) throw AnswersRefused({ findings: verdict.findings });
  return verdict;
};

const stored = ({ record, children, coder, answeredShare }: ReturnType<typeof recordOf>) => ({
  record,
  children,
  coder,
  answeredShare,
});

const pick = (answers: Answers, wanted: (item: string) => boolean): Answers =>
  Object.fromEntries(Object.entries(answers).filter(([item]) => wanted(item)));

const hashOfBody = (request: object): Buffer => createHash('sha256').update(JSON.stringify(request)).digest();

/** A receipt that can be read out and typed: no vowels, no look-alikes. It identifies a submission to its owner alone. */
const newReceipt = (): string => {
  const letters = Array.from({ length: 12 }, () => 'BCDFGHJKMNPQRTVWXYZ23456789'[randomInt(27)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
};
