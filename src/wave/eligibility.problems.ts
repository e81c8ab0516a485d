import { problem } from '../kit/problem.js';

export const InvalidEligibility = problem<{ faults: string[] }>(
  'wave.invalid_eligibility',
  422,
  (d) => `The wave's eligibility cannot be read. Put right: ${d.faults.join(' ')}`,
);

export const UnknownFact = problem<{ fact: string }>(
  'wave.unknown_fact',
  422,
  (d) => `Nothing is known of the fact “${d.fact}”. Use a fact of the panel, such as cohort.`,
);
