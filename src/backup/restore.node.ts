import { type DataSource, type QueryRunner } from 'typeorm';
import { databaseIdentity, lockFence, setFence } from '../contact/fence.queries.js';
import { type Config } from '../kit/config.js';
import { mainDataSource, migrationsIn, vaultDataSource } from '../kit/db.node.js';
import { faultOf, log } from '../kit/log.node.js';
import { NoVaultAccess } from '../vault/vault.problems.js';
import { readBackup } from './backup-file.node.js';
import { NewerBackup, NotEmpty, OwnerNeeded, StillInUse } from './backup.problems.js';
import { checkedRecords } from './contents.node.js';
import { type BackupHeader, type Database, DATABASES } from './header.js';
import { load } from './load.node.js';
import { NO_LIMITS, PLAIN_TEXT } from './snapshot.queries.js';
import {
  clear,
  filledTables,
  holdTables,
  makeReady,
  mark,
  roleIn,
  sessionsIn,
  switchOn,
  unmark,
} from './target.queries.js';
import { type BackupContent, verifyBackup } from './verify.node.js';

type Targets = Record<Database, QueryRunner>;
const FOLDERS = { main: '.', vault: 'vault' } as const;

/** What a restore is told. */
export interface RestoreRequest {
  file: string;
  key: Buffer;
  config: Config;
  now: Date;
  progress: (text: string) => void;
  /**
   * What is to be done with the rows in place, on databases that are brought up to date for it and still marked as half restored; nothing
   * of it is connected any more when this answers.
   */
  finish: (content: BackupContent) => Promise<void>;
}

/**
 * Restores a backup into two databases that hold nothing: the tables as they were then, their rows, the fence that keeps messages back,
 * and then whatever `finish` does. Until its end no process starts on them. Whatever goes wrong leaves both empty.
 * @throws NotABackup, WrongBackupKey, BackupDamaged, NewerBackup, before any database is touched; OwnerNeeded, StillInUse, NotEmpty, before
 *   any is changed; NoVaultAccess
 */
export async function restore(request: RestoreRequest): Promise<BackupContent> {
  const { file, key, config, progress } = request;
  progress('Reading the whole backup');
  const content = await verifyBackup(file, key);
  await mustBeKnown(content);
  await onTargets(config, async (targets) => {
    for (const database of DATABASES) await mustBeFree(database, targets[database]);
    try {
      for (const database of DATABASES) {
        await clear(targets[database]);
        await mark(targets[database]);
      }
      progress('Making the tables');
      await makeTables(config, content.migrations);
      progress('Filling them');
      await fill(targets, request, content);
    } catch (cause) {
      await emptyBoth(targets);
      throw cause;
    }
  });
  try {
    await request.finish(content);
  } catch (cause) {
    await onTargets(config, emptyBoth).catch(noteNotEmptied);
    throw cause;
  }
  await onTargets(config, async (targets) => {
    for (const database of [...DATABASES].reverse()) await unmark(targets[database]);
  });
  return content;
}

/** @throws NewerBackup */
async function mustBeKnown({ migrations }: Pick<BackupHeader, 'migrations'>): Promise<void> {
  for (const database of DATABASES) {
    const known = (await migrationsIn(FOLDERS[database])).map(({ name }) => name);
    const unknown = migrations[database].filter((name) => !known.includes(name));
    if (unknown.length > 0) throw NewerBackup({ unknown });
  }
}

/** @throws OwnerNeeded, StillInUse, NotEmpty */
async function mustBeFree(database: Database, target: QueryRunner): Promise<void> {
  const { role, owns } = await roleIn(target);
  if (!owns) throw OwnerNeeded({ database, role });
  const sessions = await sessionsIn(target);
  if (sessions > 0) throw StillInUse({ database, sessions });
  await holdTables(target);
  const tables = await filledTables(target);
  if (tables.length > 0) throw NotEmpty({ database, tables });
}

async function emptyBoth(targets: Targets): Promise<void> {
  for (const target of Object.values(targets)) await emptied(target).catch(noteNotEmptied);
}

async function emptied(target: QueryRunner): Promise<void> {
  if (target.isTransactionActive) await target.rollbackTransaction();
  await clear(target);
}

/** What made the restore fail is told; that the marker has stayed is for the log. */
function noteNotEmptied(cause: unknown): void {
  log.error(
    { error: faultOf(cause) },
    'a database could not be emptied; nothing starts on it, and the next restore empties it',
  );
}

/** The tables as they were when the backup was made. */
async function makeTables(config: Config, migrations: BackupHeader['migrations']): Promise<void> {
  for (const database of DATABASES) {
    const source = sourceOf(config, database);
    const all = await migrationsIn(FOLDERS[database]);
    source.setOptions({ migrations: all.filter(({ name }) => migrations[database].includes(name)) });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
  }
}

/** All rows in one transaction a database, in which the triggers are off and the fence is set. */
async function fill(
  targets: Targets,
  { file, key, now, progress }: RestoreRequest,
  { madeAt }: BackupContent,
): Promise<void> {
  const triggers = new Map<Database, Awaited<ReturnType<typeof makeReady>>>();
  for (const database of DATABASES) {
    const target = targets[database];
    await target.startTransaction();
    await target.query(`${NO_LIMITS}; ${PLAIN_TEXT}`);
    triggers.set(database, await makeReady(target));
  }
  await readBackup(file, key, (_, records) =>
    load(
      targets,
      checkedRecords(records, ({ database, table, rows }) => progress(`${database}: ${table}, ${rows} rows`)),
    ),
  );
  await fence(targets.main, now, madeAt);
  for (const database of DATABASES) await switchOn(targets[database], triggers.get(database) ?? []);
  for (const database of DATABASES) await targets[database].commitTransaction();
}

/** Messages are held back until staff say that this is the database that sends. */
async function fence({ manager }: QueryRunner, now: Date, madeAt: string): Promise<void> {
  const fenced = await lockFence(manager, await databaseIdentity(manager));
  const reason = `this database was restored from the backup of ${madeAt}`;
  await setFence(manager, { ...fenced, fencedAt: now, reason });
}

/** Does something with one connection to each database, as the role that owns it. @throws NoVaultAccess */
async function onTargets(config: Config, work: (targets: Targets) => Promise<void>): Promise<void> {
  const sources = { main: sourceOf(config, 'main'), vault: sourceOf(config, 'vault') };
  try {
    const targets = {
      main: (await sources.main.initialize()).createQueryRunner(),
      vault: (await sources.vault.initialize()).createQueryRunner(),
    };
    await work(targets);
  } finally {
    for (const source of Object.values(sources)) if (source.isInitialized) await source.destroy();
  }
}

/** @throws NoVaultAccess */
function sourceOf(config: Config, database: Database): DataSource {
  if (database === 'main') return mainDataSource(config.databaseOwnerUrl ?? config.databaseUrl);
  if (config.vaultDatabaseUrl === undefined) throw NoVaultAccess({});
  return vaultDataSource(config.vaultDatabaseUrl);
}
