import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileQuestionnaire } from '../../src/questionnaire/check/check.js';
import { randomAnswers, seeded } from './random-answers.js';

type Answers = Record<string, unknown>;

/** A follow-up wave of the first study, as it is fielded. */
export const followUpWave = (letter: 'b' | 'c' | 'd') =>
  JSON.parse(
    readFileSync(join(import.meta.dirname, `../../surveys/new-russian-diasporas/${letter}.json`), 'utf8'),
  ) as { pages: { name: string; elements: { name: string }[] }[] };

const compiled = new Map<string, ReturnType<typeof compileQuestionnaire>>();

/**
 * A whole follow-up questionnaire: every item that applies is answered, unless `chosen` says null.
 * @param prev  what the interview tells of earlier waves
 */
export function followUpAnswers(
  letter: 'b' | 'c' | 'd',
  seed: number,
  now: Date,
  prev: Answers,
  chosen: Answers = {},
): Answers {
  const check = compiled.get(letter) ?? compileQuestionnaire(followUpWave(letter));
  compiled.set(letter, check);
  return randomAnswers(check, seeded(seed), {
    context: { now, prev },
    blankShare: 0,
    refusedShare: 0,
    choose: ({ name }) => ({ consent_take_part: 'yes', ...chosen })[name],
  });
}
