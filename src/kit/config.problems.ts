import { problem } from './problem.js';

export const InvalidConfiguration = problem<{ findings: string[] }>(
  'kit.invalid_configuration',
  500,
  (d) =>
    `The configuration is not complete:\n${d.findings.map((finding) => `  - ${finding}`).join('\n')}\n` +
    'Set these environment variables; .env.example documents each.',
);
