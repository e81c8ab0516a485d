import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands } from '../kit/cli.js';
import { studyMeant } from '../study/study.cli.js';
import { ShutService } from './shut.service.js';

interface Options {
  study?: string;
  by?: string;
  json?: boolean;
}

/** What shuts a study's doors after a breach. */
export const linkCommands: AddCommands = (program, out, inApp) => {
  const links = program.command('links').description('the personal links and sessions of respondents');
  const shutting = (name: string, description: string) =>
    links
      .command(name)
      .description(description)
      .option('--study <study>', 'the study, by id or code; needed where there are several')
      .option(...BY)
      .option('--json', 'print JSON');

  shutting(
    'revoke',
    'after a breach: no link that is out opens anything any more, and every session ends',
  ).action(async ({ study, by, json }: Options) => {
    await inApp(async (services) => {
      const studyId = await studyMeant(services, study);
      const shut = await services(ShutService).revokeLinks(studyId, shellActor(by));
      if (json) return out.json(shut);
      out.line(`${shut.links} links open nothing any more, ${shut.sessions} sessions have ended.`);
      out.line('Stored answers stay. People get a fresh link with their next message, or ask for one.');
    });
  });

  shutting('end-sessions', 'sign every respondent out; their links go on').action(
    async ({ study, by, json }: Options) => {
      await inApp(async (services) => {
        const studyId = await studyMeant(services, study);
        const sessions = await services(ShutService).endSessions(studyId, shellActor(by));
        if (json) return out.json({ sessions });
        out.line(`${sessions} sessions have ended. Who had one open presses the link again.`);
      });
    },
  );
};
