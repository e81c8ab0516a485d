import { type Question, SurveyModel } from 'survey-core';
import { isBlank } from '../../../src/questionnaire/check/domain.js';
import { utcAsLocal } from '../../../src/questionnaire/check/routing-run.js';
import { registerProperties } from '../../../src/questionnaire/survey.js';
import type { CheckContext } from '../../../src/questionnaire/check/verdict.js';

/** What survey-core makes of answers that a respondent gives page by page. */
export interface OracleVerdict {
  completed: boolean;
  data: Record<string, unknown>;
  errors: string[];
}

const NAVIGATION = [
  ...[
    'firstPageIsStartPage',
    'questionsOnPageMode',
    'showPreviewBeforeComplete',
    'readOnly',
    'mode',
    'cookieName',
  ],
  ...['autoAdvanceEnabled', 'goNextPageAutomatic'],
];

// Not structuredClone: under Jest its objects come from another realm, and survey-core asks `instanceof Object`.
const copyOf = (value: unknown): unknown => (value === undefined ? value : JSON.parse(JSON.stringify(value)));

function prepare(json: object, context: CheckContext): SurveyModel {
  registerProperties();
  const stripped = copyOf(json) as Record<string, unknown>;
  for (const name of NAVIGATION) delete stripped[name];
  stripped.clearInvisibleValues = 'onHiddenContainer';
  const survey = new SurveyModel();
  survey.webProvider = { sendRequest: (_request, answer) => answer({ status: 403, response: '' }) };
  survey.dateProvider = { now: () => utcAsLocal(context.now).getTime() };
  survey.randomSeed = 1;
  survey.fromJSON(stripped);
  survey.keepIncorrectValues = true;
  survey.setVariable('prev', context.prev ?? null);
  for (const [name, value] of Object.entries(context.variables ?? {})) survey.setVariable(name, value);
  return survey;
}

interface AnyQuestion extends Question {
  panelCount: number;
  rowCount: number;
  minPanelCount: number;
  minRowCount: number;
}

/** Lets a fresh survey-core model take the answers as a respondent would, and complete. */
export function askOracle(
  json: object,
  answers: Record<string, unknown>,
  context: CheckContext,
): OracleVerdict {
  const survey = prepare(json, context);
  for (const question of survey.getAllQuestions() as AnyQuestion[]) {
    if (answers[`${question.getValueName()}-refused`] !== true) continue;
    question.visibleIf = '';
    question.visible = false;
    survey.setValue(`${question.getValueName()}-refused`, true);
  }
  for (let turn = 0; turn <= survey.pages.length; turn++) {
    const given = new Set<string>();
    for (let pass = 0; pass < 4; pass++) fillPage(survey, answers, given);
    const last = survey.isLastPage;
    const moved = last ? survey.tryComplete() : survey.nextPage();
    if (!moved) return { completed: false, data: survey.data, errors: errorsOf(survey) };
    if (last) break;
  }
  return { completed: survey.state === 'completed', data: shownData(survey), errors: errorsOf(survey) };
}

function fillPage(survey: SurveyModel, answers: Record<string, unknown>, given: Set<string>): void {
  for (const question of survey.currentPage.questions as AnyQuestion[]) {
    if (!question.isVisible || ['html', 'image', 'expression'].includes(question.getType())) continue;
    const key = question.getValueName();
    const wanted = copyOf(answers[key]);
    const kind = question.getType();
    if (isBlank(wanted)) {
      // A disabled item may have been cleared while it was enabled; a read-only one never can be.
      if ((!question.isReadOnly || question.enableIf) && !question.isEmpty()) question.clearValue();
      if (kind === 'paneldynamic' && !question.isReadOnly) question.panelCount = question.minPanelCount;
      if (kind === 'matrixdynamic' && !question.isReadOnly) question.rowCount = question.minRowCount;
    } else if (!question.isReadOnly && (!given.has(key) || question.isEmpty())) {
      given.add(key);
      question.value = wanted;
    }
    const comment = answers[`${key}-Comment`];
    if (comment !== undefined && survey.getComment(key) !== comment) question.comment = comment as string;
  }
}

/** survey-core keeps the totals of a hidden matrix; nobody saw them. */
function shownData(survey: SurveyModel): Record<string, unknown> {
  const data = { ...survey.data };
  for (const question of survey.getAllQuestions()) {
    if (!question.isVisible || !question.isParentVisible) delete data[`${question.getValueName()}-total`];
  }
  return data;
}

const errorsOf = (survey: SurveyModel): string[] =>
  (survey.getAllQuestions(false, false, true) as Question[]).flatMap((question) =>
    question.errors.map((error) => `${question.name}: ${error.getText()}`),
  );

/** Answers without what means no answer, at any depth, for comparing. */
export function withoutBlanks(value: unknown): unknown {
  if (Array.isArray(value)) return value.every(isBlank) ? [] : value.map(withoutBlanks);
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const key of Object.keys(value).sort()) {
    const inner = (value as Record<string, unknown>)[key];
    const clean = withoutBlanks(inner);
    if (!isBlank(clean)) kept[key] = clean;
  }
  return kept;
}
