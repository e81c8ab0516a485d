import { problem } from '../kit/problem.js';

/** One thing that is wrong in a study file: where, and a sentence that says how to put it right. */
export interface StudyFault {
  path: string;
  sentence: string;
}

export const InvalidStudyFile = problem<{ faults: StudyFault[] }>(
  'study.invalid_file',
  422,
  ({ faults }) =>
    'The study file cannot be loaded. Put this right and load it again. ' +
    faults.map(({ path, sentence }) => `${path}: ${sentence}`).join(' '),
);

export const UnknownStudy = problem<{ study: string }>(
  'study.unknown',
  404,
  ({ study }) => `There is no study ${study}. Load its folder under surveys/ first.`,
);

export const LetterMissing = problem<{ letter: string; locale: string }>(
  'study.letter_missing',
  422,
  (d) =>
    `The letter ${d.letter} does not exist in the language ${d.locale}. Write letters/${d.letter}.${d.locale}.md and load the study again.`,
);

export const SeveralStudies = problem<{ studies: string[] }>(
  'study.several',
  422,
  (d) => `There are several studies. Name one with --study: ${d.studies.join(', ')}.`,
);
