import { problem } from '../kit/problem.js';

export const LetterPlaceholderUnknown = problem<{ placeholder: string }>(
  'contact.letter_placeholder_unknown',
  422,
  (d) =>
    `A letter asks for {${d.placeholder}}, which no letter has. Use {link}, {unsubscribeLink}, {minutes} or {closesOn}.`,
);

/** One thing that is wrong, where, and a sentence that says how to put it right. */
interface Fault {
  path: string;
  sentence: string;
}
const said = (faults: readonly Fault[]) =>
  faults.map(({ path, sentence }) => `${path}: ${sentence}`).join(' ');

export const InvalidPlan = problem<{ faults: Fault[] }>(
  'contact.invalid_plan',
  422,
  ({ faults }) => `The contact plan stays as it was. Put this right and store it again. ${said(faults)}`,
);

export const InvalidLetter = problem<{ faults: Fault[] }>(
  'contact.invalid_letter',
  422,
  ({ faults }) => `The letter stays as it was. Put this right and store it again. ${said(faults)}`,
);

export const InvalidRequest = problem<{ faults: Fault[] }>(
  'contact.invalid_request',
  422,
  ({ faults }) => `Nothing was done. Put this right and send it again. ${said(faults)}`,
);

export const UnknownMessage = problem<{ member: string; wave: string; step: string }>(
  'contact.unknown_message',
  404,
  (d) =>
    `Member ${d.member} has no message ${d.step} in wave ${d.wave}. contacts why lists those that there are.`,
);

export const NothingToDecide = problem<{ step: string; state: string }>(
  'contact.nothing_to_decide',
  409,
  (d) =>
    `The message ${d.step} is ${d.state}. Only of one that is unknown, because nobody knows whether it left, can people decide.`,
);

export const NotFenced = problem<Record<string, never>>(
  'contact.not_fenced',
  409,
  () => 'Sending is not fenced, so there is nothing to lift. sending status tells what holds messages back.',
);

export const FileInTheWay = problem<{ file: string }>(
  'contact.file_in_the_way',
  409,
  (d) => `There is a file ${d.file} already, which may hold letters that count as sent. Name another file.`,
);
