import { SurveyModel } from 'survey-core';

type Words = Record<'ru' | 'en', string>;

/** What the tests read of a question's JSON. */
export interface QuestionJson {
  type: string;
  name: string;
  title: Words;
  concept: string;
  sensitive?: boolean;
  why?: Words;
  refusable?: boolean;
  isRequired?: boolean;
  showRefuseItem?: boolean;
  displayMode?: string;
  choices?: { value: string | number; code: number; text: Words }[];
  rows?: { value: string; text: Words }[];
  maxPanelCount?: number;
  maxLength?: number;
  max?: number;
}

/** Every object in a JSON value, the value itself included. */
export function everyObject(value: unknown): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(everyObject);
  return Array.isArray(value) ? inner : [value as Record<string, unknown>, ...inner];
}

/** Every question of a questionnaire, those in dynamic panels included, in order. */
export const everyQuestion = (json: unknown): QuestionJson[] =>
  everyObject(json).filter((one) => 'type' in one && 'name' in one) as unknown as QuestionJson[];

/** Words a minute, read aloud and so on the slow side (Trauzettel-Klosinski and Dietz, 2012). */
const READING = { ru: 184, en: 228 };
/** Seconds to decide or to type, beyond reading. */
const SECONDS = { page: 1, choice: 3, matrixRow: 3, multiple: 5, dropdown: 6, number: 8, text: 15 };

/**
 * Minutes that a questionnaire takes a person with these answers: the words on the way at a reader's pace, plus
 * seconds for each decision. Single choices are read until one fits, so half of their words count; a list or scale
 * that was met before and the contents of a dropdown are not read. Optional closing remarks are left out.
 */
export function minutesOf(survey: SurveyModel, answers: object, locale: 'ru' | 'en'): number {
  survey.data = answers;
  const met = new Set<string>();
  let words = 0;
  let seconds = 0;
  const wordsOf = (...texts: string[]) =>
    texts
      .join(' ')
      .split(/\s+/)
      .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
  const newWords = (texts: string[]) => {
    const key = texts.join('|');
    return met.has(key) ? 0 : (met.add(key), wordsOf(...texts));
  };
  const textsOf = (items: { text: string }[]) => items.map((item) => item.text);
  const ask = (question: ReturnType<SurveyModel['getQuestionByName']>): void => {
    words += wordsOf(question.title, question.description);
    switch (question.getType()) {
      case 'paneldynamic':
        for (const panel of question.panels as { questions: (typeof question)[] }[])
          panel.questions.filter((q) => q.isVisible).forEach(ask);
        break;
      case 'radiogroup':
        words += newWords(textsOf(question.visibleChoices)) / 2;
        seconds += SECONDS.choice;
        break;
      case 'checkbox':
        words += newWords(textsOf(question.visibleChoices));
        seconds += SECONDS.multiple;
        break;
      case 'dropdown':
        seconds += SECONDS.dropdown;
        break;
      case 'rating':
        words += newWords([question.minRateDescription, question.maxRateDescription]);
        seconds += SECONDS.choice;
        break;
      case 'matrix':
        words += newWords(textsOf(question.columns)) + newWords(textsOf(question.rows));
        seconds += SECONDS.matrixRow * question.rows.length;
        break;
      case 'text':
        seconds += question.inputType === 'number' ? SECONDS.number : SECONDS.text;
        break;
      case 'html':
        words += wordsOf(question.html as string);
        break;
      case 'comment':
        break;
      default:
        throw new Error(`No time is known for ${question.getType()}`);
    }
  };
  for (const page of survey.visiblePages) {
    words += wordsOf(page.title, page.description);
    seconds += SECONDS.page;
    page.questions.filter((q) => q.isVisible).forEach(ask);
  }
  return words / READING[locale] + seconds / 60;
}
