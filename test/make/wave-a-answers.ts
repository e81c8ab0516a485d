import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileQuestionnaire } from '../../src/questionnaire/check/check.js';
import { BEGINS } from './app.js';
import { randomAnswers, seeded } from './random-answers.js';

type Answers = Record<string, unknown>;

/** Wave A of the first study, as it is fielded. */
export const WAVE_A = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../surveys/new-russian-diasporas/a.json'), 'utf8'),
) as { pages: { name: string; elements: { name: string }[] }[] };

const compiled = compileQuestionnaire(WAVE_A);

/** Someone eligible who lives in Serbia and says nothing more unless it is chosen. */
const WILLING: Answers = { consent_take_part: 'yes', country: 'SRB', left_russia: 'after' };

/** A whole questionnaire: every item that applies is answered, unless `chosen` says null. */
export const completeAnswers = (seed: number, chosen: Answers = {}): Answers =>
  randomAnswers(compiled, seeded(seed), {
    context: { now: BEGINS },
    blankShare: 0,
    refusedShare: 0,
    choose: ({ name }) => ({ ...WILLING, ...chosen })[name],
  });

/** The answers of the first pages, up to and with one. */
export function answersUpTo(page: string, answers: Answers): Answers {
  const last = WAVE_A.pages.findIndex(({ name }) => name === page);
  const items = new Set(WAVE_A.pages.slice(0, last + 1).flatMap((p) => p.elements.map(({ name }) => name)));
  return Object.fromEntries(Object.entries(answers).filter(([item]) => items.has(item.split('-')[0] ?? '')));
}
