import { type AddCommands, EXIT, type Services } from '../kit/cli.js';
import { Clock } from '../kit/clock.js';
import { QuestionnaireService } from '../questionnaire/questionnaire.service.js';
import { studyMeant } from '../study/study.cli.js';
import { StudyService } from '../study/study.service.js';
import { UnknownWave } from '../wave/wave.problems.js';
import { WaveService } from '../wave/wave.service.js';
import { InvalidDemoOption } from './demo.problems.js';
import { wholeNumber } from './option.js';
import { type RehearsalPlan, type RehearsedWave } from './rehearsal.js';
import { rehearse } from './rehearsal-run.js';
import { rehearsalText } from './rehearsal-text.js';

interface Options {
  study?: string;
  wave: string;
  people: string;
  seed: string;
  at?: string;
  json?: boolean;
}

/** Adds `wave rehearse`: reads the study, its waves and questionnaires, and writes nothing. */
export const rehearsalCommands: AddCommands = (program, out, inApp) => {
  program.commands
    .find((command) => command.name() === 'wave')
    ?.command('rehearse')
    .description(
      'walk synthetic members with awkward histories through a wave as it stands; stores and sends nothing; exit code 1 when something is to be mended',
    )
    .requiredOption('--wave <letter>', 'the wave, such as c')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--people <number>', 'how many synthetic members', '500')
    .option('--seed <number>', 'the same seed gives the same rehearsal', '1')
    .option('--at <instant>', 'as if the wave opened at this instant (ISO 8601) instead of now')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const people = wholeNumber('--people', options.people, 1, 10_000);
      const seed = wholeNumber('--seed', options.seed, 0, 2 ** 31 - 1);
      await inApp(async (services) => {
        const opensAt = options.at === undefined ? services(Clock).now() : new Date(options.at);
        if (Number.isNaN(opensAt.getTime()))
          throw InvalidDemoOption({ option: '--at', allowed: 'an instant such as 2026-03-01T09:00:00Z' });
        const studyId = await studyMeant(services, options.study);
        const read = await rehearsalOf(services, studyId, options.wave);
        const rehearsal = rehearse({ ...read, opensAt, people, seed });
        if (options.json) out.json(rehearsal);
        else out.line(rehearsalText(rehearsal));
        out.end(rehearsal.ok ? EXIT.done : EXIT.failed);
      });
    });
};

/**
 * What stands in the database of a wave and of those before it.
 * @throws UnknownStudy, UnknownWave
 */
export async function rehearsalOf(
  services: Services,
  studyId: string,
  letter: string,
): Promise<Pick<RehearsalPlan, 'study' | 'waves' | 'paused'>> {
  const { file, sendingPausedAt } = await services(StudyService).get(studyId);
  const index = file.waves.findIndex(({ id }) => id === letter);
  if (index < 0) throw UnknownWave({ wave: letter });
  const waves: RehearsedWave[] = [];
  for (const { id } of file.waves.slice(0, index + 1)) {
    const { definition, questionnaireId } = await services(WaveService).byLetter(studyId, id);
    const { json, check, variables, feeds } = await services(QuestionnaireService).get(questionnaireId);
    waves.push({ file: definition, json, check, variables, feeds });
  }
  return { study: file, waves, paused: sendingPausedAt !== null };
}
