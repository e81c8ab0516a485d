import { problem } from '../../kit/problem.js';

export const InvalidDisclosure = problem<{ faults: string[] }>(
  'analysis.invalid_disclosure',
  422,
  (d) => `The study's disclosure rules cannot be used. Put right: ${d.faults.join(' ')}`,
);
