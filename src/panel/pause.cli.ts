import { shellActor } from '../access/actor-shell.node.js';
import { type AddCommands } from '../kit/cli.js';
import { Clock, dateOf } from '../kit/clock.js';
import { PauseService } from './pause.service.js';

interface Options {
  member: string;
  from?: string;
  until?: string;
  by: string;
  json?: boolean;
}

/** Days on which a member wants no messages, as they told staff. */
export const pauseCommands: AddCommands = (program, out, inApp) => {
  const panel = program.commands.find((command) => command.name() === 'panel') ?? program.command('panel');
  panel
    .command('pause')
    .description('write nothing to a member for a while, as they asked; it ends no membership')
    .requiredOption('--member <id>', 'the member')
    .option('--from <date>', 'the first day of it, YYYY-MM-DD; today where it is left out')
    .option('--until <date>', 'the first day on which messages go out again; left out: until further notice')
    .requiredOption('--by <name>', 'who notes it')
    .option('--json', 'print JSON')
    .action(async ({ member, from, until, by, json }: Options) => {
      await inApp(async (services) => {
        const pause = { fromOn: from ?? dateOf(services(Clock).now()), untilOn: until ?? null };
        await services(PauseService).pause(member, pause, shellActor(by));
        if (json) return out.json({ member, ...pause });
        out.line(`No messages from ${pause.fromOn} ${until ? `to ${until}` : 'until further notice'}.`);
      });
    });
  panel
    .command('resume')
    .description('write to a member again: every pause of theirs ends today')
    .requiredOption('--member <id>', 'the member')
    .requiredOption('--by <name>', 'who notes it')
    .option('--json', 'print JSON')
    .action(async ({ member, by, json }: Options) => {
      await inApp(async (services) => {
        await services(PauseService).resume(member, shellActor(by));
        if (json) return out.json({ member, paused: false });
        out.line('Messages go out to this member again.');
      });
    });
};
