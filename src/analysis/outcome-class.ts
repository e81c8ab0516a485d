import { DISPOSITION_CODES } from '../wave/disposition-code.js';
import { UnknownDisposition } from './analysis.problems.js';

/**
 * Interview, partial, refusal and break-off, non-contact, other eligible; unknown if a household or person exists (not used with named
 * persons), unknown other; not eligible.
 */
export const OUTCOME_CLASSES = ['I', 'P', 'R', 'NC', 'O', 'UH', 'UO', 'NE'] as const;
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

/**
 * The class of an AAPOR final disposition.
 * @throws UnknownDisposition
 */
export function classOf(code: string): OutcomeClass {
  const found = DISPOSITION_CODES.get(code);
  if (!found) throw UnknownDisposition({ code });
  return found.class;
}

/** Counts of issued cases by class, one final disposition each. */
export type OutcomeCounts = Readonly<Record<OutcomeClass, number>>;

/**
 * Counts cases by class.
 * @throws UnknownDisposition
 */
export function outcomeCounts(codes: Iterable<string>): OutcomeCounts {
  const counts = { I: 0, P: 0, R: 0, NC: 0, O: 0, UH: 0, UO: 0, NE: 0 };
  for (const code of codes) counts[classOf(code)] += 1;
  return counts;
}

/** Whether a person is a respondent by a case: complete or partial. False where no case was issued. */
export function responded(code: string | null): boolean {
  if (code === null) return false;
  const outcome = classOf(code);
  return outcome === 'I' || outcome === 'P';
}
