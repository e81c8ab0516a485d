import { problem } from '../kit/problem.js';

export const InvalidRecodes = problem<{ faults: string[] }>(
  'codebook.invalid_recodes',
  422,
  (d) => `The study's recodes cannot be used. Put right: ${d.faults.join(' ')}`,
);

export const CodesNotComparable = problem<{ variable: string; reasons: string[] }>(
  'codebook.codes_not_comparable',
  422,
  (d) =>
    `The waves of “${d.variable}” cannot be pooled: ${d.reasons.join('; ')}. ` +
    `Declare in the study's recodes what each code of such a wave becomes, or analyse the waves apart.`,
);
