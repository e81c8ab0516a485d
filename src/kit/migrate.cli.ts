import { type AddCommands } from './cli.js';

export const migrateCommands: AddCommands = (program, out, inApp) => {
  program
    .command('migrate')
    .description(
      'bring the databases up to date, as DATABASE_OWNER_URL; processes that lack it start once that is done',
    )
    .action(async () => {
      await inApp(() => Promise.resolve()); // every command begins with it
      out.line('The databases are up to date.');
    });
};
