import { problem } from '../kit/problem.js';

export const LetterPlaceholderUnknown = problem<{ placeholder: string }>(
  'contact.letter_placeholder_unknown',
  422,
  (d) =>
    `A letter asks for {${d.placeholder}}, which no letter has. Use {link}, {unsubscribeLink}, {minutes} or {closesOn}.`,
);
