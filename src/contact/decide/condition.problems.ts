import { problem } from '../../kit/problem.js';

export const InvalidCondition = problem<{ faults: string[]; facts: string[] }>(
  'contact.invalid_condition',
  422,
  (d) =>
    `The condition of a step cannot be read. Put right: ${d.faults.join(' ')} A step may ask for ${d.facts.join(', ')}.`,
);
