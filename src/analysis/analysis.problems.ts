import { problem } from '../kit/problem.js';

export const UnknownDisposition = problem<{ code: string }>(
  'analysis.unknown_disposition',
  422,
  (d) =>
    `“${d.code}” is no AAPOR code of a web survey of named persons. Give the case one of the codes in the disposition table.`,
);

export const NoCases = problem<{ wave: string }>(
  'analysis.no_cases',
  422,
  (d) => `Wave ${d.wave} has no issued cases, so it has no outcome rates. Issue cases to it first.`,
);
