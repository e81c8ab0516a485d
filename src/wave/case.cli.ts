import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import { CaseService } from './case.service.js';
import { WaveService } from './wave.service.js';

interface OverrideOptions {
  study?: string;
  wave: string;
  member: string;
  code: string;
  reason: string;
  by: string;
  json?: boolean;
}

interface EndOptions {
  member: string;
  as: string;
  reason: string;
  by?: string;
  json?: boolean;
}

/** What staff do to single cases and members. */
export const caseCommands: AddCommands = (program, out, inApp) => {
  program.commands
    .find((command) => command.name() === 'wave')
    ?.command('override')
    .description('put a final disposition in the place of the computed one; it ends a case that is under way')
    .requiredOption('--wave <letter>', 'the wave, such as d')
    .requiredOption('--member <id>', 'the member')
    .requiredOption('--code <code>', 'the AAPOR code, such as 2.31')
    .requiredOption('--reason <words>', 'why, in a few words')
    .requiredOption('--by <name>', 'who decides')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON')
    .action(async (options: OverrideOptions) => {
      await inApp(async (services) => {
        const { wave, member, code, reason, by } = options;
        const studyId = await studyMeant(services, options.study);
        const { id } = await services(WaveService).byLetter(studyId, wave);
        const cases = services(CaseService);
        const { ended } = await cases.override({
          waveId: id,
          memberId: member,
          code,
          reason,
          actor: shellActor(by),
        });
        if (options.json) return out.json({ wave, member, code, ended });
        out.line(`The disposition is ${code} now${ended ? '; the case has ended' : ''}.`);
      });
    });
  program.commands
    .find((command) => command.name() === 'panel')
    ?.command('end')
    .description('end a membership: cases under way end, and no message goes out any more')
    .requiredOption('--member <id>', 'the member')
    .requiredOption('--as <how>', 'withdrawn or dead')
    .requiredOption('--reason <words>', 'why, in a few words')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (options: EndOptions) => {
      const { member, as, reason, by } = options;
      if (as !== 'withdrawn' && as !== 'dead') {
        out.line('--as must be withdrawn or dead');
        return out.end(EXIT.usage);
      }
      await inApp(async (services) => {
        const { ended } = await services(CaseService).endMembership({
          memberId: member,
          as,
          reason,
          actor: shellActor(by),
        });
        if (options.json) return out.json({ member, as, ended });
        out.line(`The membership has ended; ${ended} cases that were under way ended with it.`);
      });
    });
};
