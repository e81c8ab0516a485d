import type { Question, SurveyModel } from 'survey-core';
import { sectionOf } from './interview-model.js';
import { isRefused } from './refusal.js';

export interface SummaryItem {
  question: Question;
  title: string;
  /** Lines of the answer; empty where there is none. */
  answer: string[];
  refused: boolean;
}

export interface SummarySection {
  name: string;
  items: SummaryItem[];
}

const SILENT = new Set(['html', 'image', 'empty', 'expression']);

/** Every item that is shown now with its answer in words, by section, in the order of the questionnaire. */
export function summaryOf(survey: SurveyModel): SummarySection[] {
  const sections: SummarySection[] = [];
  for (const page of survey.visiblePages) {
    const name = sectionOf(survey, page);
    let section = sections.at(-1);
    if (section?.name !== name) sections.push((section = { name, items: [] }));
    for (const question of page.questions) {
      if (!question.isVisible || SILENT.has(question.getType())) continue;
      const refused = isRefused(survey, question);
      const title = question.locTitle.renderedHtml;
      section.items.push({ question, title, refused, answer: refused ? [] : answerLines(question) });
    }
  }
  return sections.filter(({ items }) => items.length > 0);
}

interface PlainAnswer {
  title?: string;
  displayValue?: unknown;
  isNode?: boolean;
  data?: PlainAnswer[];
}

function answerLines(question: Question): string[] {
  if (question.isEmpty()) return [];
  return linesOf(question.getPlainData({ includeEmpty: false }) as PlainAnswer | undefined, false);
}

/** Matrices and panels nest: their parts become lines “row: answer”. */
function linesOf(answer: PlainAnswer | undefined, titled: boolean): string[] {
  if (!answer) return [];
  const text = textOf(answer.displayValue);
  const parts = answer.isNode ? (answer.data ?? []).flatMap((part) => linesOf(part, true)) : [];
  const isList = parts.length > 0 && (typeof answer.displayValue === 'object' || text === '');
  if (isList) return titled && answer.title && parts.length > 1 ? [answer.title, ...parts] : parts;
  return [titled && answer.title && answer.title !== text ? `${answer.title}: ${text}` : text];
}

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(', ');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
};
