import { problem } from '../../kit/problem.js';

/** What in a questionnaire cannot be compiled, and why: `path` is the element's path, `rule` a stable short code. */
export interface CompileRefusal {
  path: string;
  rule: string;
  message: string;
}

export const QuestionnaireCannotCompile = problem<{ refusals: CompileRefusal[] }>(
  'questionnaire.cannot_compile',
  422,
  (d) =>
    `This questionnaire has ${d.refusals.length === 1 ? 'one thing' : `${d.refusals.length} things`} that answers could not be checked against. ` +
    `Change ${d.refusals
      .slice(0, 3)
      .map((refusal) => refusal.path || 'the survey')
      .join(', ')}${d.refusals.length > 3 ? ' and the others' : ''} as their messages say.`,
);
