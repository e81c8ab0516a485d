import { type Command, Option } from 'commander';
import { type AddCommands, EXIT, type Output } from '../kit/cli.js';
import { BY, shellActor } from './actor-shell.node.js';
import { type Role, ROLES } from './role.js';
import { type GrantWish, type StaffAccount, StaffService } from './staff.service.js';

interface Who {
  email: string;
  by?: string;
}

interface WhoAndWhat extends Who {
  role: Role;
  study?: string;
  everyStudy?: boolean;
}

/** Accounts of the staff: who may do what. */
export const staffCommands: AddCommands = (program, out, inApp) => {
  const staff = program.command('staff').description('accounts of the staff: who may do what');
  const withEmail = (name: string, description: string): Command =>
    staff
      .command(name)
      .description(description)
      .requiredOption('--email <address>', 'the address of the account')
      .option(...BY);
  const withGrant = (name: string, description: string): Command =>
    withEmail(name, description)
      .addOption(new Option('--role <role>', 'what they do').choices(ROLES).makeOptionMandatory())
      .option('--study <study>', 'in this study, by id or code')
      .option('--every-study', 'in every study, those to come too');

  withGrant('invite', 'invite somebody; prints the link that they accept with, once, within 72 hours').action(
    async (options: WhoAndWhat) => {
      const wish = wishIn(options, out);
      if (!wish) return;
      await inApp(async (services) => {
        const link = await services(StaffService).invite(shellActor(options.by), options.email, wish);
        out.line('Give them this link by a safe way. It opens once and lapses in 72 hours:');
        out.line(link);
      });
    },
  );

  withGrant('grant', 'let an account do more').action(async (options: WhoAndWhat) => {
    const wish = wishIn(options, out);
    if (!wish) return;
    await inApp(async (services) => {
      const made = await services(StaffService).grant(shellActor(options.by), options.email, wish);
      out.line(made ? 'Granted. It holds from the next request on.' : 'They had this role already.');
    });
  });

  withGrant('withdraw-grant', 'let an account do less').action(async (options: WhoAndWhat) => {
    const wish = wishIn(options, out);
    if (!wish) return;
    await inApp(async (services) => {
      const gone = await services(StaffService).withdrawGrant(shellActor(options.by), options.email, wish);
      out.line(gone ? 'Withdrawn. It holds from the next request on.' : 'They did not have this role there.');
    });
  });

  withEmail('revoke', 'close an account, with all its sessions and roles').action(
    async ({ email, by }: Who) => {
      await inApp(async (services) => {
        await services(StaffService).revoke(shellActor(by), email);
        out.line('The account is closed, and its sessions have ended.');
      });
    },
  );

  withEmail('reset-second-factor', 'take an account’s second factor away; prints the link to set up another')
    .option('--and-password', 'they forgot the password, too')
    .action(async ({ email, by, andPassword }: Who & { andPassword?: boolean }) => {
      await inApp(async (services) => {
        const link = await services(StaffService).resetSecondFactor(
          shellActor(by),
          email,
          andPassword ?? false,
        );
        out.line(
          'Make sure who asks. Their sessions have ended. This link opens once and lapses in 72 hours:',
        );
        out.line(link);
      });
    });

  staff
    .command('end-sessions')
    .description('sign everybody of the staff out, at once')
    .option(...BY)
    .action(async ({ by }: { by?: string }) => {
      await inApp(async (services) => {
        const sessions = await services(StaffService).endSessions(shellActor(by));
        out.line(`${sessions} sessions have ended.`);
      });
    });

  staff
    .command('list')
    .description('every account, and what it may do')
    .option('--json', 'print JSON, one account a line')
    .action(async ({ json }: { json?: boolean }) => {
      await inApp(async (services) => {
        for (const account of await services(StaffService).list())
          if (json) out.json(account);
          else out.line(lineOf(account));
      });
    });
};

/** In which study, or in all: one of them has to be said. */
function wishIn({ role, study, everyStudy }: WhoAndWhat, out: Output): GrantWish | undefined {
  if ((study === undefined) !== (everyStudy ?? false)) {
    out.line('Say either --study <study> or --every-study.');
    out.end(EXIT.usage);
    return undefined;
  }
  return { role, study };
}

function lineOf({ email, state, factors, recoveryCodes, grants }: StaffAccount): string {
  const roles = grants.map(({ role, study }) => `${role} of ${study ?? 'every study'}`);
  const proofs =
    state === 'active' ? [factors.join(', ') || 'no second factor', `${recoveryCodes} recovery codes`] : [];
  return [email, state, ...proofs, roles.join(', ') || 'no role'].join('  ');
}
