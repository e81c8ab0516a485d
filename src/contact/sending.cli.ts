import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import { FenceService } from './fence.service.js';
import { SendingService, type SendingStatus } from './sending.service.js';

interface Options {
  by?: string;
  study?: string;
  json?: boolean;
}

interface ResumeOptions extends Options {
  afterRestore?: boolean;
  overdue?: 'unknown' | 'send';
}

/** What holds messages back, and what lets them go on. */
export const sendingCommands: AddCommands = (program, out, inApp) => {
  const sending = program.command('sending').description('whether messages go out');
  const ofStudy = (name: string, description: string) =>
    sending
      .command(name)
      .description(description)
      .option('--study <study>', 'the study, by id or code; needed where there are several')
      .option('--json', 'print JSON');
  const tell = (status: SendingStatus, json: boolean | undefined) => {
    if (json) return out.json(status);
    for (const line of linesOf(status)) out.line(line);
  };

  ofStudy('status', 'whether messages go out, and how many wait').action(async ({ study, json }: Options) => {
    await inApp(async (services) =>
      tell(await services(SendingService).status(await studyMeant(services, study)), json),
    );
  });

  ofStudy('pause', 'hold back all messages of a study, from now on')
    .option(...BY)
    .action(async ({ study, by, json }: Options) => {
      await inApp(async (services) =>
        tell(await services(SendingService).pause(await studyMeant(services, study), shellActor(by)), json),
      );
    });

  ofStudy('resume', 'let the messages of a study go on; or, after a restore, those of all studies')
    .option(...BY)
    .option('--after-restore', 'confirm that this restored database is the one that sends from now on')
    .addOption(
      program
        .createOption(
          '--overdue <what>',
          'after a restore, what fell due before now: unknown (it may have left; people decide; the default) or send (nothing has left)',
        )
        .choices(['unknown', 'send']),
    )
    .action(async ({ study, by, json, afterRestore, overdue }: ResumeOptions) => {
      if (overdue !== undefined && !afterRestore) {
        out.line('--overdue goes with --after-restore: a pause leaves nothing in doubt.');
        return out.end(EXIT.usage);
      }
      await inApp(async (services) => {
        if (!afterRestore)
          return tell(
            await services(SendingService).resume(await studyMeant(services, study), shellActor(by)),
            json,
          );
        const unknown = await services(FenceService).lift(overdue ?? 'unknown', shellActor(by));
        if (json) return out.json({ fenced: false, unknown });
        out.line(`Sending is no longer fenced. ${unknown} messages that fell due before now are unknown.`);
        if (unknown > 0) out.line('List them with: contacts unknown --wave <letter>');
      });
    });
};

function* linesOf(status: SendingStatus): Generator<string> {
  const { study, pausedAt, fencedAt, fenceReason, channels, byState, due, oldestDueAt } = status;
  yield pausedAt ? `${study}: paused since ${instant(pausedAt)}` : `${study}: messages go out`;
  if (fencedAt)
    yield `fenced since ${instant(fencedAt)}: ${fenceReason}. Lift it with: sending resume --after-restore`;
  for (const { channel, failures, retryAt, reason } of channels)
    yield `${channel}: its server was away ${failures} times in a row (${reason})${retryAt ? `, tried again at ${instant(retryAt)}` : ''}`;
  const counts = Object.entries(byState).map(([state, messages]) => `${state} ${messages}`);
  yield `messages: ${counts.join(', ') || 'none'}`;
  if (oldestDueAt) yield `due: ${due}, the oldest since ${instant(oldestDueAt)}`;
}

const instant = (at: Date): string => at.toISOString().replace(/:\d\d\.\d+Z$/, 'Z');
