import { type AddCommands, EXIT } from '../kit/cli.js';
import { readGiven } from '../kit/files.node.js';
import { type AnswerFinding } from './check/verdict.js';
import { compileQuestionnaire } from './check/check.js';
import { QuestionnaireTrial } from './trial.node.js';
import { readJsonText } from './questionnaire-text.js';

/** The commands that need no database. `questionnaire codebook` is the codebook's own. */
export const questionnaireCommands: AddCommands = (program, out) => {
  const questionnaire = program.command('questionnaire').description('questionnaires: SurveyJS JSON files');

  questionnaire
    .command('lint <file>')
    .description(
      'name everything that keeps a questionnaire from being fielded; exit code 1 when something does',
    )
    .option('--locales <list>', 'languages that every text must have', 'ru,en')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { locales: string; json?: boolean }) => {
      const content = await readGiven(file);
      readJsonText(file, content);
      const findings = await new QuestionnaireTrial().findings({
        content,
        locales: options.locales.split(','),
        now: new Date().toISOString(),
      });
      const errors = findings.filter((finding) => finding.level === 'error').length;
      if (options.json) out.json({ file, ok: errors === 0, findings });
      else {
        for (const { level, path, message, rule } of findings)
          out.line(`${level}  ${path}: ${message} (${rule})`);
        out.line(errors === 0 ? `${file} may be fielded.` : `${file} may not be fielded: ${errors} to mend.`);
      }
      out.end(errors === 0 ? EXIT.done : EXIT.failed);
    });

  questionnaire
    .command('check <file>')
    .description('check answers as the server does when they are sent; exit code 1 when it would refuse them')
    .requiredOption('--answers <file>', 'the answers, a JSON object')
    .option('--draft', 'as a save on the way: nothing is required yet')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { answers: string; draft?: boolean; json?: boolean }) => {
      const check = compileQuestionnaire((await readJson(file)) as object);
      const answers = await readJson(options.answers);
      const now = new Date();
      const verdict = options.draft
        ? check.checkDraft(answers, { now })
        : check.checkSubmission(answers, { now });
      if (options.json)
        out.json({
          ok: verdict.ok,
          findings: verdict.findings,
          answers: verdict.answers,
          dropped: verdict.dropped,
        });
      else {
        for (const finding of verdict.findings) out.line(findingLine(finding));
        out.line(
          verdict.ok
            ? 'These answers would be taken.'
            : `These answers would be refused: ${verdict.findings.length} to mend.`,
        );
      }
      out.end(verdict.ok ? EXIT.done : EXIT.failed);
    });
};

const findingLine = ({ path, rule, message }: AnswerFinding): string => `${path}: ${message} (${rule})`;

/** @throws InvalidJson when the file is no JSON, FileTooLarge; what the file system says when it cannot be read */
export const readJson = async (file: string): Promise<unknown> => readJsonText(file, await readGiven(file));
