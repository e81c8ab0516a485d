import { problem } from '../kit/problem.js';

interface Finding {
  path: string;
  rule: string;
  message: string;
}

export const QuestionnaireRefused = problem<{ questionnaire: string; findings: Finding[] }>(
  'questionnaire.refused',
  422,
  (d) =>
    `${d.questionnaire} may not be fielded. Mend this and try again:\n` +
    d.findings.map((f) => `  ${f.path}: ${f.message} (${f.rule})`).join('\n'),
);

export const UnknownQuestionnaire = problem<{ id: string }>(
  'questionnaire.unknown',
  404,
  (d) => `There is no questionnaire version ${d.id}. Load the study again.`,
);

export const InvalidJson = problem<{ file: string; reason: string }>(
  'questionnaire.invalid_json',
  422,
  (d) => `${d.file} is not JSON: ${d.reason}. Correct the file and try again.`,
);
