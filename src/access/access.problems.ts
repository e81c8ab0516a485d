import { problem } from '../kit/problem.js';

type Nothing = Record<string, never>;

export const NoSession = problem<Nothing>(
  'access.no_session',
  401,
  () => 'This visit has ended. Open the link in our message again; your answers are kept.',
);

export const LinkUnknown = problem<Nothing>(
  'access.link_unknown',
  404,
  () => 'This link does not open anything. Open the newest message from us again, or copy its whole link.',
);

export const ForeignRequest = problem<Nothing>(
  'access.foreign_request',
  403,
  () => 'This request did not come from our own pages. Open the link in our message again.',
);

export const StaffOnly = problem<Nothing>(
  'access.staff_only',
  401,
  () => 'This page is for the study team. Sign in with the staff key.',
);
