import { problem } from '../kit/problem.js';

export const InvalidWindow = problem<{ faults: string[] }>(
  'wave.invalid_window',
  422,
  (d) => `The wave's window cannot be read. Put right: ${d.faults.join(' ')}`,
);
