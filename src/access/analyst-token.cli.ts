import { Option } from 'commander';
import { type AddCommands } from '../kit/cli.js';
import { Clock, dateOf } from '../kit/clock.js';
import { BY, shellActor } from './actor-shell.node.js';
import { AnalystTokenService } from './analyst-token.service.js';
import {
  type AnalystToken,
  LONGEST_DAYS,
  RELEASE_KINDS,
  type ReleaseKind,
  tokenState,
} from './analyst-token.js';

interface Wish {
  study: string;
  kind: ReleaseKind;
  name: string;
  days: string;
  by?: string;
  json?: boolean;
}

/** Tokens of analysts: what lets their programs read the releases of a study. */
export const tokenCommands: AddCommands = (program, out, inApp) => {
  const token = program
    .command('token')
    .description('tokens of analysts: what lets their programs read releases');

  token
    .command('create')
    .description('make a token; prints it, once: it is kept nowhere')
    .requiredOption('--study <study>', 'the study that it reads, by id or code')
    .addOption(
      new Option('--kind <which>', 'the kind of release that it reads')
        .choices(RELEASE_KINDS)
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'whose it is: the analyst and the institution')
    .requiredOption('--days <number>', `after so many days it has ended; ${LONGEST_DAYS} at most`)
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async ({ study, kind, name, days, by, json }: Wish) => {
      await inApp(async (services) => {
        const tokens = services(AnalystTokenService);
        const wish = { kind, name, days: Number(days) };
        const made = await tokens.create(shellActor(by), await tokens.studyNamed(study), wish);
        if (json) return out.json(made);
        out.line(made.token);
        out.progress(
          `This is shown once. Give it by a safe way. Its id is ${made.id}; it ends on ${dateOf(made.expiresAt)}.`,
        );
      });
    });

  token
    .command('list')
    .description('every token: whose it is, what it reads, and when it was last used')
    .option('--study <study>', 'of this study alone, by id or code')
    .option('--json', 'print JSON, one token a line')
    .action(async ({ study, json }: { study?: string; json?: boolean }) => {
      await inApp(async (services) => {
        const tokens = services(AnalystTokenService);
        const now = services(Clock).now();
        const studyId = study === undefined ? undefined : await tokens.studyNamed(study);
        for (const one of await tokens.list(studyId))
          if (json) out.json({ ...one, state: tokenState(one, now) });
          else out.line(lineOf(one, now));
      });
    });

  token
    .command('revoke')
    .description('end a token, at once')
    .argument('<id>', 'as token list shows it')
    .option(...BY)
    .action(async (id: string, { by }: { by?: string }) => {
      await inApp(async (services) => {
        const gone = await services(AnalystTokenService).revoke(shellActor(by), id);
        out.line(gone ? 'Revoked. It opens nothing from the next request on.' : 'It was revoked already.');
      });
    });

  token
    .command('revoke-all')
    .description('end every token of a study, at once')
    .requiredOption('--study <study>', 'by id or code')
    .option(...BY)
    .action(async ({ study, by }: { study: string; by?: string }) => {
      await inApp(async (services) => {
        const tokens = services(AnalystTokenService);
        const gone = await tokens.revokeAll(shellActor(by), await tokens.studyNamed(study));
        out.line(`Revoked: ${gone}.`);
      });
    });
};

const ENDS: Record<ReturnType<typeof tokenState>, (token: AnalystToken) => string> = {
  open: ({ expiresAt }) => `until ${dateOf(expiresAt)}`,
  expired: ({ expiresAt }) => `ended on ${dateOf(expiresAt)}`,
  revoked: ({ revokedAt, expiresAt }) => `revoked on ${dateOf(revokedAt ?? expiresAt)}`,
};

function lineOf(token: AnalystToken, now: Date): string {
  const { id, kind, study, usedOn, name } = token;
  const used = usedOn === null ? 'never used' : `last used on ${usedOn}`;
  return [id, `${kind} of ${study}`, ENDS[tokenState(token, now)](token), used, name].join('  ');
}
