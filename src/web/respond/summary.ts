import type { Question, SurveyModel } from 'survey-core';
import { linesOf, type PlainAnswer } from '../../questionnaire/plain-answer.js';
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

function answerLines(question: Question): string[] {
  if (question.isEmpty()) return [];
  return linesOf(question.getPlainData({ includeEmpty: false }) as PlainAnswer | undefined, false);
}
