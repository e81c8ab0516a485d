import { problem } from '../kit/problem.js';

export const NothingRunsHere = problem<Record<string, never>>(
  'demo.nothing_runs_here',
  503,
  () =>
    'No database is given and no demo runs in this checkout. Start one with `npm run demo` in another terminal, or set ' +
    'DATABASE_URL and the other variables of .env.example.',
);

export const InvalidDemoOption = problem<{ option: string; allowed: string }>(
  'demo.invalid_option',
  422,
  (d) => `${d.option} must be ${d.allowed}.`,
);
