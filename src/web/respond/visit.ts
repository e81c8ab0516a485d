import type { PageModel, Question, SurveyModel } from 'survey-core';
import { sayInApp } from '../shared/app-texts.js';
import type { Answers, Finding, Interview, Snapshot, Submitted } from '../shared/respond-api.js';
import { networkOr, postSave, postSubmission, retryDelayMs } from './client.js';
import { firstPageWithErrors, interviewModel, isCompared, setEarlier } from './interview-model.js';
import { dropHiddenRefusals } from './refusal.js';
import { type SaveState, Saver } from './saver.js';
import { unsentStore } from './unsent.js';

export type Sending = 'no' | 'sending' | 'offline' | 'busy' | 'refused' | 'refusedElsewhere';

/** As long as a person waits for the next page at most where the network is slow. */
const LONGEST_COMPARISON_MS = 3000;

export interface VisitEnds {
  /** Sent and acknowledged. */
  submitted(receipt: Submitted): void;
  /** The server takes nothing more from this visit; `code` is its reason. */
  ended(code: string): void;
  /** The person chose the answers that were saved elsewhere. */
  reload(): void;
}

/** One person's time with the questionnaire on this page: its model, what is saved, and where they are. */
export class Visit {
  readonly survey: SurveyModel;
  view: 'questions' | 'check' = 'questions';
  save: SaveState = { kind: 'ready' };
  sending: Sending = 'no';
  /** Once the check page was seen, every page leads back to it. */
  checked = false;

  private readonly saver: Saver;
  private furthest = 0;
  /** What the server has compared with earlier answers since the page was loaded. */
  private differs: Readonly<Record<string, boolean>> = {};
  private readonly submissionId = crypto.randomUUID();
  /** Answers that the server refused, by value name: left out of saves until they change. */
  private readonly withheld = new Set<string>();
  private readonly listeners = new Set<() => void>();

  constructor(
    readonly interview: Interview,
    private readonly ends: VisitEnds,
  ) {
    // A session that resumes elsewhere is a new one, with other items open.
    const unsent = interview.resumedElsewhere ? null : unsentStore.read(interview.case);
    const mine = unsent?.latest ?? unsent?.inFlight;
    this.survey = interviewModel(
      { ...interview, locale: mine?.locale ?? interview.locale },
      mine?.answers ?? interview.answers,
      mine?.page ?? interview.page,
    );
    this.furthest = this.survey.currentPageNo;
    this.saver = new Saver(interview.revision, {
      post: postSave,
      newId: () => crypto.randomUUID(),
      later: (act, milliseconds) => {
        const timer = setTimeout(act, milliseconds);
        return () => clearTimeout(timer);
      },
      keep: (unsaved) => unsentStore.write(unsaved && { case: interview.case, ...unsaved }),
      show: (state) => this.follow(state),
    });
    this.survey.onValueChanged.add((_, { name }) => {
      this.withheld.delete(String(name));
      this.changed();
    });
    this.survey.onCurrentPageChanged.add(() => {
      this.furthest = Math.max(this.furthest, this.survey.currentPageNo);
      this.changed(true);
    });
    this.survey.onPageVisibleChanged.add(() => this.notify());
    this.survey.onCompleting.add((_, options) => {
      // A questionnaire may end early by its own rule; nothing is sent before the person has checked.
      options.allow = false;
      queueMicrotask(() => this.toCheck());
    });
    if (unsent) this.saver.resume(unsent);
  }

  get locale(): string {
    return this.survey.locale || 'en';
  }

  get page(): PageModel {
    return this.survey.currentPage as PageModel;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get hasUnsaved(): boolean {
    return this.saver.hasUnsaved;
  }

  /** The page is about to be hidden or the network is back. */
  flush(): void {
    this.saver.retryNow();
  }

  setLocale(locale: string): void {
    this.survey.locale = locale;
    setEarlier(this.survey, this.interview.earlier, this.differs);
    this.changed(true);
  }

  back(): void {
    this.survey.prevPage();
  }

  /** To the next page once the server has compared what it must; without network it is not waited for. */
  async nextOnceCompared(): Promise<void> {
    const { page } = this;
    if (isCompared(page) && this.saver.hasUnsaved) {
      const waited = new Promise((resolve) => setTimeout(resolve, LONGEST_COMPARISON_MS));
      await Promise.race([this.saver.settled(), waited]);
    }
    if (this.page === page && this.view === 'questions') this.next();
  }

  /** To the next page, or from the last one to the check; false where an answer on this page must change first. */
  next(): boolean {
    if (!this.survey.isLastPage) return this.survey.nextPage();
    if (!this.page.validate(true, true)) return false;
    return this.toCheck();
  }

  /** Shows the check, or the first page that keeps the questionnaire from being sent. */
  toCheck(): boolean {
    const wrong = firstPageWithErrors(this.survey);
    if (wrong) {
      this.toPage(wrong);
      wrong.validate(true, true);
      return false;
    }
    this.view = 'check';
    this.checked = true;
    this.sending = 'no';
    this.changed(true);
    return true;
  }

  toPage(page: PageModel): void {
    this.view = 'questions';
    this.survey.currentPage = page;
    this.notify();
  }

  toQuestion(question: Question): void {
    this.toPage(question.page as PageModel);
    // After the page is drawn.
    requestAnimationFrame(() => question.focus());
  }

  keepMine(): void {
    this.saver.keepMine();
  }

  takeNewer(): void {
    this.saver.dropMine();
    this.ends.reload();
  }

  /** Sends the questionnaire; without network it waits and sends once. */
  async submit(): Promise<void> {
    if (this.sending === 'sending' || this.sending === 'offline' || this.sending === 'busy') return;
    this.setSending('sending');
    for (let attempt = 0; ; attempt++) {
      const base = await this.saver.settled();
      if (base === null) {
        this.setSending('no');
        return;
      }
      const { answers, locale } = this.snapshot();
      const reply = await postSubmission({ submissionId: this.submissionId, base, answers, locale });
      if (reply.kind === 'done') {
        this.close();
        this.ends.submitted(reply.body);
        return;
      }
      if (reply.kind === 'problem') {
        this.declined(reply.problem.code, reply.problem.findings ?? [], reply.problem.revision);
        return;
      }
      this.setSending(reply.kind === 'busy' ? 'busy' : 'offline');
      await networkOr(retryDelayMs(attempt));
    }
  }

  /** Ends saving and forgets what this device still keeps. */
  close(): void {
    this.saver.stop();
    unsentStore.clear();
  }

  private end(code: string): void {
    this.close();
    this.ends.ended(code);
  }

  private declined(code: string, findings: readonly Finding[], stored?: number): void {
    if (code === 'response.refused') {
      const shown = this.showFindings(findings);
      this.setSending(shown ? 'refused' : 'refusedElsewhere');
    } else if (code === 'response.stale_revision') {
      this.sending = 'no';
      this.saver.overtaken(this.snapshot(), stored);
    } else {
      this.end(code);
    }
  }

  /** Puts the server's findings beside their items and opens the first; false if none of them is on a page here. */
  private showFindings(findings: readonly Finding[]): boolean {
    let first: Question | undefined;
    for (const { item } of findings) {
      const question = this.questionOf(item);
      if (!question) continue;
      question.clearErrors();
      question.addError(sayInApp(this.locale, 'check.finding'));
      first ??= question;
    }
    if (first) this.toQuestion(first);
    return first !== undefined;
  }

  private questionOf(item: string): Question | undefined {
    const root = item.split(/[.[]/, 1)[0] ?? item;
    const byValue = this.survey.getQuestionByValueName(item) ?? this.survey.getQuestionByValueName(root);
    return byValue?.isVisibleInSurvey ? byValue : undefined;
  }

  private follow(state: SaveState): void {
    this.save = state;
    if (state.kind === 'ended') {
      this.end(state.code);
      return;
    }
    if (state.kind === 'refused') this.withhold(state.findings);
    if (state.kind === 'saved') this.learn(state.differs ?? {});
    this.notify();
  }

  /** What the server has compared may call for a question, or for none any more. */
  private learn(differs: Readonly<Record<string, boolean>>): void {
    const isNew = Object.entries(differs).some(([item, value]) => this.differs[item] !== value);
    if (!isNew) return;
    this.differs = { ...this.differs, ...differs };
    setEarlier(this.survey, this.interview.earlier, this.differs);
  }

  /** One answer that cannot be stored must not keep the others from being saved. */
  private withhold(findings: readonly Finding[]): void {
    const before = this.withheld.size;
    for (const finding of findings) {
      const question = this.questionOf(finding.item);
      if (!question) continue;
      this.withheld.add(question.getValueName());
      if (question.page === this.page) {
        question.clearErrors();
        question.addError(sayInApp(this.locale, 'check.finding'));
      }
    }
    if (this.withheld.size > before) this.changed(true);
  }

  private changed(atOnce = false): void {
    this.saver.changed(this.snapshot(), atOnce);
    this.notify();
  }

  private snapshot(): Snapshot {
    dropHiddenRefusals(this.survey);
    const answers: Answers = { ...(this.survey.data as Answers) };
    for (const name of this.withheld) delete answers[name];
    const pages = this.survey.visiblePages;
    const reached = pages[Math.min(this.furthest, pages.length - 1)] ?? this.page;
    return { answers, page: this.page.name, reached: reached.name, locale: this.locale };
  }

  private setSending(sending: Sending): void {
    this.sending = sending;
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
