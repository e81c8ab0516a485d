import { runMigrations } from 'bullmq';
import pg from 'pg';
import { type DataSource, type QueryRunner } from 'typeorm';
import { mainDataSource, migrationsIn, vaultDataSource } from './db.node.js';
import { HalfRestored, NotTheOwner } from './migrate.problems.js';

/**
 * Brings the main database, the vault (where this process has access to it) and the queue's schema up to date. Safe to
 * call at once from many processes: an advisory lock lets one migrate while the others wait.
 * @param url  the main database as the application uses it
 * @param ownerUrl  the same with the role that owns it: its tables are made by this role, and the application's gets no more rights to
 *   them than it needs
 * @param options.restoring  by a restore that has not come to its end: for any other process such databases are closed
 * @throws NotTheOwner where something is to be done and the role may not do it; HalfRestored
 */
export async function migrate(
  url: string,
  vaultUrl: string | undefined,
  ownerUrl: string = url,
  { restoring = false }: { restoring?: boolean } = {},
): Promise<void> {
  const application = decodeURIComponent(new URL(url).username);
  const roles = ownerUrl === url ? {} : { application };
  await migrateOne(mainDataSource(ownerUrl), '.', { restoring, ...roles });
  if (vaultUrl !== undefined) await migrateOne(vaultDataSource(vaultUrl), 'vault', { restoring });
  await migrateQueue(url);
}

/** Held, in each database, by the one process that changes its tables. */
export const MIGRATION_LOCK = 7_215_004;

/** A table that stands in a database while a backup is restored into it: until that is done, it holds no installation. */
export const RESTORE_MARKER = 'restore_under_way';

async function migrateOne(
  source: DataSource,
  folder: '.' | 'vault',
  { restoring, application }: { restoring: boolean; application?: string },
): Promise<void> {
  source.setOptions({ migrations: await migrationsIn(folder) });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { role, owns, begun, marked } = await rightsIn(lock);
    if (marked && !restoring) throw HalfRestored({});
    if (!owns && (!begun || (await source.showMigrations()))) throw NotTheOwner({ role });
    if (owns) await source.runMigrations();
    if (application !== undefined) await allow(lock, application);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
    await source.destroy();
  }
}

/** Whether the role that asks may change every table, whether migrations were ever run, and whether a restore was not finished. */
async function rightsIn(
  db: QueryRunner,
): Promise<{ role: string; owns: boolean; begun: boolean; marked: boolean }> {
  const [found] = (await db.query(
    `SELECT current_user AS role, to_regclass('public.migrations') IS NOT NULL AS begun,
       to_regclass('public.${RESTORE_MARKER}') IS NOT NULL AS marked,
       has_schema_privilege('public', 'CREATE') AND NOT EXISTS (
         SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND NOT pg_has_role(relowner, 'USAGE')) AS owns`,
  )) as [{ role: string; owns: boolean; begun: boolean; marked: boolean }];
  return found;
}

/** What the application may do with a relation of a kind: a table, a partitioned one, a view, a sequence. */
const RIGHTS = {
  r: 'SELECT, INSERT, UPDATE, DELETE',
  p: 'SELECT, INSERT, UPDATE, DELETE',
  v: 'SELECT',
  S: 'USAGE',
};

/** What the application may do with a table, where that is less than to read and write its rows. */
const LESS: Record<string, string> = {
  audit_entry: 'SELECT, INSERT (at, act, actor_kind, actor_id, study_id, subject_kind, subject_id, detail)',
  audit_head: 'SELECT',
  erased_leaf: 'SELECT, INSERT',
  migrations: 'SELECT',
  release: 'SELECT, INSERT, UPDATE (published)',
  release_digest: 'SELECT, INSERT',
  release_file: 'SELECT, INSERT',
  release_person: 'SELECT, INSERT, DELETE',
  release_row: 'SELECT, INSERT',
};

/** Gives the application's role its rights to tables and sequences that are new. It owns none, so it can change no table and no trigger. */
async function allow(db: QueryRunner, application: string): Promise<void> {
  const lacking = (await db.query(
    `SELECT relname AS name, relkind AS kind FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege($1, oid, 'USAGE')
       WHEN relkind IN ('r', 'p', 'v') THEN NOT has_table_privilege($1, oid, 'SELECT') END`,
    [application],
  )) as { name: string; kind: keyof typeof RIGHTS }[];
  const role = pg.escapeIdentifier(application);
  for (const { name, kind } of lacking) {
    const what = `${kind === 'S' ? 'SEQUENCE' : 'TABLE'} public.${pg.escapeIdentifier(name)}`;
    await db.query(`GRANT ${LESS[name] ?? RIGHTS[kind]} ON ${what} TO ${role}`);
  }
}

/** Makes the queue's schema, where it is not there. The application's own: it may have to make it again at any time. */
export async function migrateQueue(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS bullmq');
    await runMigrations(client, 'bullmq');
  } finally {
    await client.end();
  }
}
