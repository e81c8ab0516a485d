import { problem } from '../kit/problem.js';

export const NothingToExport = problem<{ study: string }>(
  'export.nothing_to_export',
  422,
  (d) => `No wave of ${d.study} was opened yet, so there is nothing to export.`,
);

export const UnknownPurpose = problem<{ purpose: string; known: string[] }>(
  'export.unknown_purpose',
  422,
  (d) =>
    `The study asks for no consent to have data used for ${d.purpose}. Name one of these: ${d.known.join(', ') || 'it asks for none'}.`,
);
