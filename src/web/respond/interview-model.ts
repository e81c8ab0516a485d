import { type PageModel, type SurveyModel, settings } from 'survey-core';
import { loadSurvey } from '../../questionnaire/survey.js';
import type { Answers, Interview } from '../shared/respond-api.js';
import { followRefusals } from './refusal.js';

// One level below the section's name, which is the page's h1: most pages hold one question and no title of their own.
settings.titleTags.page = 'h2';
settings.titleTags.panel = 'h2';
settings.titleTags.question = 'h2';
settings.animationEnabled = false;

/** What a questionnaire may not decide about its own frame; the server's check leaves the same out. */
const FRAME = [
  'firstPageIsStartPage',
  'firstPageIsStarted',
  'questionsOnPageMode',
  'showPreviewBeforeComplete',
  'readOnly',
  'mode',
  'cookieName',
  'autoAdvanceEnabled',
  'goNextPageAutomatic',
];

/** The questionnaire of an interview as a survey-core model, filled, in its language, at its page. */
export function interviewModel(interview: Interview, answers: Answers, pageName: string | null): SurveyModel {
  const json = Object.fromEntries(
    Object.entries(interview.questionnaire).filter(([key]) => !FRAME.includes(key)),
  );
  const survey = loadSurvey(json, interview.locale);
  survey.generateStylesheet = false;
  survey.clearInvisibleValues = 'onHidden';
  survey.widthMode = 'responsive';
  survey.fitToContainer = false;
  survey.showTitle = false;
  survey.showNavigationButtons = false;
  survey.showProgressBar = false;
  survey.showPageNumbers = false;
  survey.showQuestionNumbers = false;
  survey.showTOC = false;
  survey.showTimer = false;
  survey.logo = '';
  survey.focusFirstQuestionAutomatic = false;
  for (const question of survey.getAllQuestions()) {
    const type = question.getType();
    // Below 500 px a scale would turn into a drop-down list and hide its points.
    if (type === 'rating') question.setPropertyValue('displayMode', 'buttons');
    // A list at every width: no column is ever out of sight, and phones and desks put the same task.
    if (type.startsWith('matrix')) question.setPropertyValue('displayMode', 'list');
  }
  setEarlier(survey, interview.earlier);
  survey.data = answers;
  followRefusals(survey);
  goTo(survey, pageName);
  return survey;
}

/** Tells the questionnaire what was answered in earlier waves, in its language; `differs` is what the server has compared since. */
export function setEarlier(
  survey: SurveyModel,
  earlier: Interview['earlier'],
  differs: Readonly<Record<string, boolean>> = {},
): void {
  const known = earlier[survey.locale || 'en']; // survey-core says '' for its own default
  const compared = Object.entries(differs).map(([item, value]) => [`${item}_differs`, value] as const);
  survey.setVariable('prev', known ? { ...known, ...Object.fromEntries(compared) } : null);
}

/** Whether the server must compare an answer of the page with an earlier one before it is known what comes next. */
export const isCompared = (page: PageModel): boolean =>
  page.questions.some(
    (question) =>
      question.getPropertyValue('feedMode') === 'reactive' && question.getPropertyValue('sensitive') === true,
  );

/** Shows a page if it is there and not hidden by routing. */
export function goTo(survey: SurveyModel, pageName: string | null): void {
  const page = pageName === null ? null : survey.getPageByName(pageName);
  if (page?.isVisible) survey.currentPage = page;
}

/** The section that a page belongs to: its own, or that of the nearest page before it that names one. */
export function sectionOf(survey: SurveyModel, page: PageModel): string {
  const pages = survey.visiblePages;
  for (let at = pages.indexOf(page); at >= 0; at--) {
    const section = localText(pages[at], 'section');
    if (section) return section;
  }
  return '';
}

interface Localized {
  getLocalizableStringText(name: string): string;
}

/** A text of ours (`section`, `why`) in the survey's language. */
export const localText = (owner: unknown, name: 'section' | 'why'): string =>
  (owner as Localized).getLocalizableStringText(name) ?? '';

/** The first page with an answer that cannot be sent as it is; errors are shown only there. */
export function firstPageWithErrors(survey: SurveyModel): PageModel | undefined {
  return survey.visiblePages.find((page) => !page.validate(false));
}
