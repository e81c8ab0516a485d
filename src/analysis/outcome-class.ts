import { UnknownDisposition } from './analysis.problems.js';

/**
 * Interview, partial, refusal and break-off, non-contact, other eligible; unknown if a household or person exists (not used with named
 * persons), unknown other; not eligible.
 */
export const OUTCOME_CLASSES = ['I', 'P', 'R', 'NC', 'O', 'UH', 'UO', 'NE'] as const;
export type OutcomeClass = (typeof OUTCOME_CLASSES)[number];

/** The codes of a web survey of named persons. AAPOR Standard Definitions, 10th edition (2023). */
const CODES: Readonly<Partial<Record<OutcomeClass, readonly string[]>>> = {
  I: ['1.1'],
  P: ['1.2'],
  R: ['2.11', '2.111', '2.112', '2.1121', '2.12'],
  NC: ['2.20', '2.26', '2.27'],
  O: ['2.30', '2.31', '2.32', '2.33'],
  UO: ['3.10', '3.11', '3.19', '3.30', '3.40', '3.90'],
  NE: ['4.10', '4.80', '4.81', '4.90'],
};
const CLASS_OF = new Map(
  OUTCOME_CLASSES.flatMap((each) => (CODES[each] ?? []).map((code) => [code, each] as const)),
);

/**
 * The class of an AAPOR final disposition.
 * @throws UnknownDisposition
 */
export function classOf(code: string): OutcomeClass {
  const found = CLASS_OF.get(code);
  if (!found) throw UnknownDisposition({ code });
  return found;
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
