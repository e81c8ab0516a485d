import { problem } from '../kit/problem.js';

export const UnknownMember = problem<{ member: string }>(
  'panel.unknown_member',
  404,
  (d) =>
    `There is no member ${d.member}, or no longer. Give the whole id, as wave eligibility, contacts plan and tracing list print it.`,
);

export const AlreadyLeft = problem<{ member: string }>(
  'panel.already_left',
  409,
  (d) => `Member ${d.member} is known to have died, which cannot become a withdrawal.`,
);
