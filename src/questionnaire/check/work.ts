/**
 * What one check of answers may spend on expressions, counted in operands evaluated, not in time: the same on every machine. A questionnaire
 * of sixty routed items spends a few hundred; the limit is reached within about a tenth of a second.
 */
export const WORK_LIMIT = 200_000;

/** What is left to spend. */
export interface Work {
  left: number;
}

/** The expressions of a questionnaire cost more than one check may. */
export class TooCostly extends Error {}

/** @throws TooCostly when nothing is left */
export function spend(work: Work, operands: number): void {
  work.left -= operands;
  if (work.left < 0) throw new TooCostly();
}

/** Longer than any text that is answered or that an author writes; values computed of one another could double it without end. */
const LONGEST = 100_000;

/** What an expression came to. @throws TooCostly for a text that grew without measure */
export function bounded(value: unknown): unknown {
  if (typeof value === 'string' && value.length > LONGEST) throw new TooCostly();
  return value;
}
