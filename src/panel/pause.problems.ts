import { problem } from '../kit/problem.js';

export const InvalidPause = problem<{ findings: string[] }>(
  'panel.invalid_pause',
  422,
  (d) => `The pause cannot be kept as it is. ${d.findings.join(' ')}`,
);
