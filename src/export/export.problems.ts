import { problem } from '../kit/problem.js';

export const NothingToExport = problem<{ study: string }>(
  'export.nothing_to_export',
  422,
  (d) => `No wave of ${d.study} was opened yet, so there is nothing to export.`,
);
