import { problem } from '../kit/problem.js';

export const UnknownConsent = problem<{ purpose: string }>(
  'consent.unknown',
  422,
  (d) =>
    `There is no consent ${d.purpose} that can be changed by itself. Load the page again and choose there.`,
);
