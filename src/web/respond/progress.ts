import type { Question, SurveyModel } from 'survey-core';

/** Seconds that an item takes a reader on a phone, roughly: enough to say “about seven minutes left”. */
function secondsFor(question: Question): number {
  switch (question.getType()) {
    case 'html':
    case 'image':
    case 'expression':
    case 'empty':
      return 5;
    case 'matrix':
    case 'matrixdropdown':
      return 7 * Math.max(1, lengthOf(question, 'rows'));
    case 'multipletext':
      return 12 * Math.max(1, lengthOf(question, 'items'));
    case 'checkbox':
    case 'tagbox':
    case 'ranking':
      return 16;
    case 'comment':
    case 'paneldynamic':
    case 'matrixdynamic':
      return 45;
    default:
      return 10;
  }
}

const lengthOf = (question: Question, property: string): number => {
  const list: unknown = question.getPropertyValue(property);
  return Array.isArray(list) ? list.length : 0;
};

/**
 * Minutes left from the current page on, at least 0. A whole questionnaire is measured by what the start page promised;
 * one that resumes elsewhere holds only its open items, so it is measured by the items alone.
 */
export function minutesLeft(
  survey: SurveyModel,
  promised: readonly [from: number, to: number],
  whole: boolean,
): number {
  let total = 0;
  let left = 0;
  survey.visiblePages.forEach((page, at) => {
    const seconds = page.questions
      .filter((question) => question.isVisible)
      .reduce((sum, question) => sum + secondsFor(question), 0);
    total += seconds;
    if (at >= survey.currentPageNo) left += seconds;
  });
  const minutes = whole && total > 0 ? (promised[1] * left) / total : left / 60;
  return Math.min(promised[1], minutes < 1 ? 0 : Math.ceil(minutes));
}
