import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command } from 'commander';
import { BY, shellActor } from '../access/actor-shell.node.js';
import { type AddCommands, EXIT, type InApp, type Output } from '../kit/cli.js';
import { SystemClock } from '../kit/clock.node.js';
import { type Config } from '../kit/config.js';
import { backupKey } from './backup-key.node.js';
import { BackupService } from './backup.service.js';
import { restore } from './restore.node.js';
import { countTombstones, type Finished, RestoreService } from './restore.service.js';
import { type BackupContent, verifyBackup } from './verify.node.js';

/** How these commands come to what other commands have by themselves. */
export interface BackupNeeds {
  env: Record<string, string | undefined>;
  settings: () => Promise<Config>;
  /** The application on databases that are half restored, which it brings up to date all the same. */
  inRestored: InApp;
}

interface Options {
  by?: string;
  json?: boolean;
}

/** What a restore came to. */
interface Restored extends Finished {
  content: BackupContent;
  /** Tombstones that were given, in files. */
  tombstones: number;
}

/** Sealed copies of both databases, and the way back. */
export const backupCommands =
  (needs: BackupNeeds): AddCommands =>
  (program, out, inApp) => {
    const backup = program
      .command('backup')
      .description(
        'sealed copies of both databases; BACKUP_KEY or BACKUP_KEY_FILE has the key (see .env.example)',
      );
    addCreate(backup, out, inApp, needs);
    addVerify(backup, out, needs);
    addRestore(backup, out, needs);
  };

function addCreate(backup: Command, out: Output, inApp: InApp, { env }: BackupNeeds): void {
  backup
    .command('create')
    .description(
      'write both databases, as they are at one moment, to a sealed file; the service goes on meanwhile',
    )
    .requiredOption('--out <file>', 'where it goes; nothing is overwritten')
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (options: Options & { out: string }) => {
      const key = await backupKey(env);
      await inApp(async (services) => {
        const made = await services(BackupService).create(
          resolve(options.out),
          key,
          shellActor(options.by),
          out.progress,
        );
        if (options.json) return out.json(made);
        out.line(
          `${made.tables} tables with ${made.rows} rows of both databases were written to ${options.out}.`,
        );
        out.line(`Sealed under the key ${made.keyId}; ${made.bytes} bytes.`);
        out.line(
          'A restore also needs VAULT_MASTER_KEY and STAFF_SECRET as they are now: keep all three away from the file.',
        );
      });
    });
}

function addVerify(backup: Command, out: Output, { env }: BackupNeeds): void {
  backup
    .command('verify <file>')
    .description('prove that a backup is whole and can be read with the key; needs no database')
    .option('--json', 'print JSON')
    .action(async (file: string, { json }: Options) => {
      const content = await verifyBackup(file, await backupKey(env));
      if (json) return out.json(content);
      for (const { database, table, rows } of content.tables)
        if (rows > 0) out.line(`${database}: ${table}, ${rows} rows`);
      out.line(`The backup of ${content.madeAt} is whole: ${sizeOf(content)}.`);
    });
}

function addRestore(backup: Command, out: Output, needs: BackupNeeds): void {
  backup
    .command('restore <file>')
    .description(
      'fill two empty databases from a backup, erase again who was erased since, and hold all messages back until sending resume --after-restore',
    )
    .option(
      '--tombstones <file>',
      'who was erased, as TOMBSTONES has it; may be said more than once, and that file counts by itself',
      (file: string, before: string[]) => [...before, file],
      [] as string[],
    )
    .option(...BY)
    .option('--json', 'print JSON')
    .action(async (file: string, options: Options & { tombstones: string[] }) => {
      const key = await backupKey(needs.env);
      const config = await needs.settings();
      const { tombstones: kept } = config;
      const files = [...options.tombstones, ...(kept !== undefined && existsSync(kept) ? [kept] : [])];
      const tombstones = await countTombstones(files); // a file that cannot be read stops it here
      let finished: Finished | undefined;
      const content = await restore({
        file,
        key,
        config,
        now: new SystemClock().now(),
        progress: out.progress,
        finish: async (restored) => {
          finished = await needs.inRestored((services) =>
            services(RestoreService).finish(restored, files, shellActor(options.by)),
          );
        },
      });
      if (finished) tell(out, { ...finished, content, tombstones }, options.json);
    });
}

function tell(out: Output, restored: Restored, json: boolean | undefined): void {
  if (!restored.audit.intact) out.end(EXIT.partly);
  if (json) {
    const { content, ...rest } = restored;
    return out.json({ ...rest, ...content, tables: content.tables.length, fenced: true });
  }
  for (const line of linesOf(restored)) out.line(line);
}

function* linesOf({ content, tombstones, erasedAgain, audit, laterHeads }: Restored): Generator<string> {
  const { madeAt } = content;
  yield `Restored from the backup of ${madeAt}: ${sizeOf(content)}.`;
  yield `Erased again: ${erasedAgain} members, by ${tombstones} tombstones from files and those in the backup.`;
  if (tombstones === 0)
    yield `Nobody is known to have been erased after ${madeAt}. Where somebody was, restore again with --tombstones.`;
  yield 'Everything else is as it was then: who has withdrawn or stopped messages since, and whose account of the staff was closed, has to be entered again.';
  for (const { words } of audit.findings) yield words;
  yield audit.intact
    ? `The audit log is intact: ${audit.entries} entries, ${audit.revisions} sealed revisions of answers, ${audit.heads} signed heads.`
    : 'The audit log is NOT intact, as it was not when the backup was made.';
  if (laterHeads > 0)
    yield `${laterHeads} heads were signed after the backup, for entries that it does not have: put their file aside and begin another.`;
  yield 'No message goes out until you confirm that this installation is the one that sends: onward sending resume --after-restore';
}

const sizeOf = ({ tables, rows, migrations }: BackupContent): string =>
  `${tables.length} tables, ${rows} rows, as of ${migrations.main.at(-1) ?? 'no migration'} and ${migrations.vault.at(-1) ?? 'no migration'}`;
