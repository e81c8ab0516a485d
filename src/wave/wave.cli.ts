import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands } from '../kit/cli.js';
import { caseCommands } from './case.cli.js';
import { IssueService } from './issue.service.js';
import { WaveService } from './wave.service.js';
import { studyMeant } from '../study/study.cli.js';

interface Options {
  by?: string;
  study?: string;
  wave: string;
  json?: boolean;
}

export const waveCommands: AddCommands = (program, out, inApp) => {
  const wave = program.command('wave').description('waves');
  wave
    .command('close')
    .description('close a wave: every case that is under way ends with its disposition')
    .requiredOption('--wave <letter>', 'the wave, such as a')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const waves = services(WaveService);
        const { id } = await waves.byLetter(studyId, options.wave);
        const ended = await waves.close(id, shellActor(options.by));
        if (options.json) return out.json({ wave: options.wave, ended });
        out.line(`Wave ${options.wave} is closed; ${ended} cases that were under way have ended.`);
      });
    });
  wave
    .command('eligibility')
    .description('who would get a case in a wave now, and for everyone else the one reason why not')
    .requiredOption('--wave <letter>', 'the wave, such as b')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON, one object a line')
    .action(async (options: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const counts = { yes: 0, no: 0 };
        for await (const found of services(IssueService).eligibility(studyId, options.wave)) {
          counts[found.issue ? 'yes' : 'no'] += 1;
          if (options.json) out.json(found);
          else
            out.line(
              `${found.memberId}  ` +
                (found.issue
                  ? `yes, until ${found.closesAt.toISOString().slice(0, 10)}`
                  : `no: ${found.words}`),
            );
        }
        if (!options.json)
          out.line(`${counts.yes} would get a case in wave ${options.wave}, ${counts.no} would not.`);
      });
    });
  caseCommands(program, out, inApp);
};
