import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import {
  ATTEMPT_OUTCOMES,
  type AttemptOutcome,
  TRACING_CHANNELS,
  TRACING_OUTCOMES,
  type TracingChannel,
  type TracingOutcome,
  type TracingTask,
} from './tracing.js';
import { TracingService } from './tracing.service.js';

interface OfMember {
  member: string;
  by?: string;
  json?: boolean;
}

export const tracingCommands: AddCommands = (program, out, inApp) => {
  const tracing = program.command('tracing').description('the search for members who fell silent');
  const ofMember = (name: string, description: string) =>
    tracing
      .command(name)
      .description(description)
      .requiredOption('--member <id>', 'the member')
      .option(...BY)
      .option('--json', 'print JSON');
  const choice = (flags: string, description: string, values: readonly string[]) =>
    program.createOption(flags, description).choices(values).makeOptionMandatory();

  tracing
    .command('list')
    .description('who is or was looked for, since when, why, and what was tried')
    .option('--open', 'only tasks that are open')
    .option('--study <study>', 'the study, by id or code; needed where there are several')
    .option('--json', 'print JSON, one object a line')
    .action(async (options: { open?: boolean; study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, options.study);
        const tasks = await services(TracingService).tasks(studyId, { open: options.open ?? false });
        for (const task of tasks)
          if (options.json) out.json(task);
          else out.line(lineOf(task));
        if (options.json) return;
        const open = tasks.filter(({ closedOn }) => closedOn === null).length;
        out.line(`Open tasks: ${open}. Listed: ${tasks.length}.`);
      });
    });

  ofMember('open', 'begin to look for a member for a reason of your own').action(
    async ({ member, by, json }: OfMember) => {
      await inApp(async (services) => {
        await services(TracingService).open(member, shellActor(by));
        if (json) return out.json({ member, open: true });
        out.line('A task is open now.');
      });
    },
  );

  ofMember('attempt', 'note what was tried; no address and no name belongs here')
    .addOption(choice('--channel <channel>', 'how', TRACING_CHANNELS))
    .addOption(choice('--outcome <outcome>', 'what it came to', ATTEMPT_OUTCOMES))
    .action(async (options: OfMember & { channel: TracingChannel; outcome: AttemptOutcome }) => {
      const { member, channel, outcome, by, json } = options;
      await inApp(async (services) => {
        await services(TracingService).attempt(member, channel, outcome, shellActor(by));
        if (json) return out.json({ member, channel, outcome });
        out.line('The attempt is noted.');
      });
    });

  ofMember('close', 'end the search for a member')
    .addOption(choice('--outcome <outcome>', 'how it ended', TRACING_OUTCOMES))
    .action(async ({ member, outcome, by, json }: OfMember & { outcome: TracingOutcome }) => {
      await inApp(async (services) => {
        await services(TracingService).close(member, outcome, shellActor(by));
        if (json) return out.json({ member, outcome });
        out.line('The task is closed.');
      });
    });
};

function lineOf({ memberId, wave, reason, openedOn, closedOn, outcome, attempts }: TracingTask): string {
  const last = attempts.at(-1);
  return [
    memberId,
    `${reason}${wave === null ? '' : ` in ${wave}`} since ${openedOn}`,
    last
      ? `${attempts.length} tried, last by ${last.channel} on ${last.on}: ${last.outcome}`
      : 'nothing tried yet',
    closedOn === null ? 'open' : `${outcome} on ${closedOn}`,
  ].join('  ');
}
