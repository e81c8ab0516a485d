import { problem } from '../kit/problem.js';

type Nothing = Record<string, never>;

export const StaleRevision = problem<{ revision: number }>(
  'response.stale_revision',
  409,
  () =>
    'These answers were changed in another window or on another device. Load the newer ones, or keep these on purpose.',
);

export const SaveIdReused = problem<Nothing>(
  'response.save_id_reused',
  409,
  () => 'This save was sent before with other answers. Send changed answers under a new save id.',
);

export const AlreadySubmitted = problem<Nothing>(
  'response.already_submitted',
  409,
  () => 'These answers have been sent already, and stand as they were sent.',
);

export const SubmissionIdReused = problem<Nothing>(
  'response.submission_id_reused',
  409,
  () => 'This submission was sent before with other answers. The first one stands.',
);

export const CaseWithdrawn = problem<Nothing>(
  'response.case_withdrawn',
  410,
  () => 'You have left this study, so nothing is stored any more.',
);

export const AnswersKept = problem<Nothing>(
  'response.kept_after_close',
  410,
  () =>
    'The questionnaire has closed. These answers are kept apart from the others, and count only if the researchers decide so.',
);

export const AnswersRefused = problem<{ findings: { item: string; rule: string; message: string }[] }>(
  'response.refused',
  422,
  (d) =>
    `${d.findings.length} of the answers cannot be taken as they are. See the findings, and correct them.`,
);

export const InvalidBody = problem<{ findings: string[] }>(
  'response.invalid_body',
  400,
  (d) => `The request is not complete: ${d.findings.join('; ')}.`,
);
