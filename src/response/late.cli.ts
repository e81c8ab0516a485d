import { type AddCommands } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import { WaveService } from '../wave/wave.service.js';
import { LateAnswersService } from './late.service.js';

/** What came after the close of a wave. */
export const lateAnswersCommands: AddCommands = (program, out, inApp) => {
  program.commands
    .find((command) => command.name() === 'wave')
    ?.command('late-answers')
    .description('list the cases whose answers came after the close; they are kept apart and in no export')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: { wave: string; study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const { id } = await services(WaveService).byLetter(studyId, options.wave);
        const cases = await services(LateAnswersService).casesOf(id);
        if (options.json) return out.json({ wave: options.wave, cases });
        for (const { member_id, state, submitted, items, last_on } of cases)
          out.line(`${member_id}  ${last_on}  ${submitted ? 'sent' : 'saved'}  ${items} items  ${state}`);
        out.line(`${cases.length} cases have answers that came after the close. No export holds them.`);
      });
    });
};
