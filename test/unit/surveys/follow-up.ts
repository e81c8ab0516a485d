import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SurveyModel } from 'survey-core';
import { loadSurvey } from '../../../src/questionnaire/survey.js';
import { everyObject, everyQuestion, type QuestionJson } from './wave-reading.js';

const folder = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
export const readText = (name: string): string => readFileSync(join(folder, name), 'utf8');
export const readJson = (name: string): Record<string, unknown> =>
  JSON.parse(readText(name)) as Record<string, unknown>;

/** What the tests read of a question that may be fed. */
export interface FedQuestion extends QuestionJson {
  description?: Record<string, string>;
  columns?: { value: string; code: number; text: Record<string, string> }[];
  feedMode?: 'proactive' | 'reactive';
  feedFrom?: string;
  feedBy?: string;
  defaultValueExpression?: string;
}

export const WAVES = ['a', 'b', 'c', 'd'] as const;
const inWave = new Map<string, FedQuestion[]>();

/** Questions of a wave, without plain texts; those of the residence module once: `spells_fix` repeats them by contract. */
export function questionsOf(wave: string): FedQuestion[] {
  const known = inWave.get(wave);
  if (known) return known;
  const all = everyQuestion(readJson(`${wave}.json`)) as FedQuestion[];
  const questions = all.filter(
    ({ name, type }, index) => type !== 'html' && all.findIndex((one) => one.name === name) === index,
  );
  inWave.set(wave, questions);
  return questions;
}

type Answers = Readonly<Record<string, unknown>>;

/**
 * What the server knows of earlier waves once these answers are saved, and what of it the browser gets: of a sensitive
 * item only whether the new answer differs.
 */
export function earlierOf(
  questions: readonly FedQuestion[],
  { prev, answers }: { prev: Answers; answers: Answers },
): { server: Answers; browser: Answers } {
  const sensitive = questions.filter((q) => q.feedMode && q.sensitive).map((q) => q.name);
  const differs = sensitive
    .filter((name) => prev[name] !== undefined && answers[name] !== undefined)
    .map((name) => [`${name}_differs`, answers[name] !== prev[name]] as const);
  const server = { ...prev, ...Object.fromEntries(differs) };
  const hidden = new Set(sensitive.flatMap((name) => [name, `${name}_text`]));
  const browser = Object.fromEntries(Object.entries(server).filter(([name]) => !hidden.has(name)));
  return { server, browser };
}

/** A model of a questionnaire as a person with this history meets it. */
export function modelFor(json: object, prev: object, locale: 'ru' | 'en' = 'ru'): SurveyModel {
  const survey = loadSurvey(json, locale);
  survey.setVariable('prev', prev);
  return survey;
}

/** Items that a model shows, in order. */
export const shownIn = (survey: SurveyModel): string[] =>
  survey.visiblePages.flatMap((page) => page.questions.filter((q) => q.isVisible).map((q) => q.name));

/** Every text by locale in a questionnaire. */
export const textsOf = (json: unknown): Record<string, unknown>[] =>
  everyObject(json).filter((value) => 'ru' in value || 'en' in value);

/** The cells of the table under a heading of the study's README, without its head; code marks are taken off. */
export function readmeTable(heading: string): string[][] {
  const section = readText('README.md').split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('`', '').trim()),
    );
}

/** What makes an item the same item over waves: its kind, its words, its choices and their codes. */
export const identityOf = ({ type, title, description, choices, rows, columns }: FedQuestion) => ({
  type,
  title,
  description,
  choices: choices?.map(({ value, code, text }) => ({ value, code, text })),
  rows,
  columns,
});
