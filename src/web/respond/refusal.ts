import type { Question, SurveyModel } from 'survey-core';
import { REFUSED_SUFFIX } from '../../questionnaire/survey.js';

const WITHOUT_ANSWER = new Set(['html', 'image', 'empty', 'expression']);

/** Whether the item itself lets a person refuse: by SurveyJS's special choice, or by a choice with that value. */
function hasRefuseChoice(question: Question): boolean {
  if (question.getPropertyValue('showRefuseItem')) return true;
  const choices: unknown = question.getPropertyValue('choices');
  return Array.isArray(choices) && choices.some((choice: { value?: unknown }) => choice.value === 'refused');
}

/** Whether “I'd rather not answer” stands under the item. Parts of matrices and panels are refused as a whole. */
export const offersRefusal = (question: Question): boolean =>
  !WITHOUT_ANSWER.has(question.getType()) &&
  !question.isReadOnly &&
  question.parentQuestion === null &&
  question.getPropertyValue('refusable') !== false &&
  !hasRefuseChoice(question);

const keyOf = (question: Question): string => question.getValueName() + REFUSED_SUFFIX;

export const isRefused = (survey: SurveyModel, question: Question): boolean =>
  survey.getValue(keyOf(question)) === true;

/** Refuses an item, which clears it, or takes the refusal back. */
export function setRefused(survey: SurveyModel, question: Question, refused: boolean): void {
  if (!refused) {
    survey.clearValue(keyOf(question));
    return;
  }
  question.clearValue();
  question.clearErrors();
  survey.setValue(keyOf(question), true);
}

/**
 * Keeps refusals and answers exclusive in a model: an answer takes the refusal back, a refused item is never “required”,
 * and an item that routing hides loses its refusal as it loses its value.
 */
export function followRefusals(survey: SurveyModel): void {
  survey.onValueChanged.add((_, { question, value }) => {
    const given = question as Question | undefined;
    if (given && value !== undefined && value !== null && !given.isEmpty() && isRefused(survey, given)) {
      setRefused(survey, given, false);
    }
  });
  survey.onValidateQuestion.add((_, { question, errors }) => {
    if (offersRefusal(question) && isRefused(survey, question)) errors.splice(0);
  });
}

/** Takes back the refusals of items that are not shown. */
export function dropHiddenRefusals(survey: SurveyModel): void {
  for (const question of survey.getAllQuestions()) {
    if (!question.isVisibleInSurvey && isRefused(survey, question)) setRefused(survey, question, false);
  }
}
