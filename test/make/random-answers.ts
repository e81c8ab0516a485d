import { type CompiledQuestionnaire, compileQuestionnaire } from '../../src/questionnaire/check/check.js';
import { type AnswerWish, randomAnswers as makeAnswers } from '../../src/questionnaire/random-answers.js';

/** The day on which synthetic answers are given unless a test says otherwise. */
export const A_DAY = new Date('2024-05-06T10:00:00Z');

/** A valid submission of a questionnaire, compiled or not, from a source of chance such as `() => 0.5`. */
export function randomAnswers(
  questionnaire: CompiledQuestionnaire | object,
  random: () => number,
  more: Partial<AnswerWish> = {},
): Record<string, unknown> {
  const compiled =
    'checkSubmission' in questionnaire
      ? (questionnaire as CompiledQuestionnaire)
      : compileQuestionnaire(questionnaire);
  return makeAnswers(compiled, { random, context: { now: A_DAY }, ...more });
}

/** A small generator of chance with a seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
