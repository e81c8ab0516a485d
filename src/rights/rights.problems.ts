import { problem } from '../kit/problem.js';

export const HasLeft = problem<Record<string, never>>(
  'rights.has_left',
  410,
  () =>
    'You have left the study. Your answers can still be seen, copied and erased; nothing else is left to change.',
);

export const OwnPageClosed = problem<Record<string, never>>(
  'rights.own_page_closed',
  401,
  () =>
    'This page is open for half an hour, and shuts after a quarter of an hour unused. Ask for a new link to it.',
);

export const ProofLapsed = problem<Record<string, never>>(
  'rights.proof_lapsed',
  404,
  () =>
    'This link was used, has lapsed, or is not whole. It works for half an hour and opens once. Ask for a new one.',
);

export const AddressNotTaken = problem<Record<string, never>>(
  'rights.address_not_taken',
  503,
  () => 'Nobody can take a new address down at this moment. Try again in a few minutes.',
);
