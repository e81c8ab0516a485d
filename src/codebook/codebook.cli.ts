import { type AddCommands, EXIT, type Services } from '../kit/cli.js';
import { readJson } from '../questionnaire/questionnaire.cli.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { studyMeant } from '../study/study.cli.js';
import { StudyService } from '../study/study.service.js';
import { WaveService } from '../wave/wave.service.js';
import { codebook } from './codebook.js';
import { codebookText } from './codebook-text.js';
import { byVariable, concordanceOf, poolingFault, type WaveVariables } from './concordance.js';
import { concordanceText } from './concordance-text.js';
import { parseRecodes } from './recode.js';

export const codebookCommands: AddCommands = (program, out, inApp) => {
  program.commands
    .find((command) => command.name() === 'questionnaire')
    ?.command('codebook <file>')
    .description(
      'every variable that a questionnaire yields: names, labels, values, types, universes, missing reasons',
    )
    .option('--locales <list>', 'languages of the labels', 'ru,en')
    .option('--wave <letter>', 'prefix names with the wave, as in a_country')
    .option('--json', 'print JSON')
    .action(async (file: string, options: { locales: string; wave?: string; json?: boolean }) => {
      const book = codebook((await readJson(file)) as object, {
        locales: options.locales.split(','),
        ...(options.wave ? { wave: options.wave } : {}),
      });
      if (options.json) out.json(book);
      else out.line(codebookText(book, options.locales.split(',')[0] ?? 'en'));
    });

  program
    .command('codebook')
    .description('what the data mean')
    .command('concordance')
    .description(
      'what each wave asked, in which words and with which codes; exit code 1 when waves cannot be pooled',
    )
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: { study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const { file } = await services(StudyService).get(studyId);
        const waves = await wavesOf(services, studyId);
        const rows = concordanceOf(waves, parseRecodes(file.recodes));
        const faults = byVariable(rows).flatMap((of) => poolingFault(of)?.message ?? []);
        if (options.json) out.json({ study: studyId, ok: faults.length === 0, faults, rows });
        else
          out.line(
            concordanceText(
              rows,
              waves.map(({ letter }) => letter),
              faults,
            ),
          );
        out.end(faults.length === 0 ? EXIT.done : EXIT.failed);
      });
    });
};

/** The survey waves of a study with their variables, in the order of time; check-ins between them have no data files. */
async function wavesOf(services: Services, studyId: string): Promise<WaveVariables[]> {
  const { file } = await services(StudyService).get(studyId);
  const waves: WaveVariables[] = [];
  for (const { id: letter, kind } of file.waves) {
    if (kind === 'check-in') continue;
    const { questionnaireId } = await services(WaveService).byLetter(studyId, letter);
    const { variables } = await services(QuestionnaireService).get(questionnaireId);
    waves.push({ letter, variables });
  }
  return waves;
}
