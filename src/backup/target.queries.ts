import { type QueryRunner } from 'typeorm';
import { MIGRATION_LOCK, RESTORE_MARKER } from '../kit/migrate.node.js';
import { nameOf } from './snapshot.queries.js';

// What a restore asks of a database that it is to fill, and does to it, as the role that owns it.

/** Tables that hold something in a database in which nobody has done anything yet: the application keeps house in them by itself. */
const HOUSEKEEPING = [
  'audit_head',
  'cron_run',
  'migrations',
  'send_rate',
  'sending_fence',
  'sending_mark',
  'vault_secret',
];

const TABLES = `SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`;

const tablesIn = async (db: QueryRunner): Promise<string[]> =>
  ((await db.query(TABLES)) as { name: string }[]).map(({ name }) => name);

/** No other process changes tables until the connection ends. */
export async function holdTables(db: QueryRunner): Promise<void> {
  await db.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
}

/** The role that asks, and whether it may make and remove tables. */
export async function roleIn(db: QueryRunner): Promise<{ role: string; owns: boolean }> {
  const [found] = (await db.query(
    `SELECT current_user::text AS role, has_schema_privilege('public', 'CREATE') AND NOT EXISTS (
       SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND NOT pg_has_role(relowner, 'USAGE')) AS owns`,
  )) as [{ role: string; owns: boolean }];
  return found;
}

/** How many other connections of the application there are. */
export async function sessionsIn(db: QueryRunner): Promise<number> {
  const [found] = (await db.query(
    `SELECT count(*)::int AS sessions FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'onward-%'`,
  )) as [{ sessions: number }];
  return found.sessions;
}

/** The tables that hold what would be lost; none where an earlier restore did not come to its end, as nothing can have run there since. */
export async function filledTables(db: QueryRunner): Promise<string[]> {
  const tables = await tablesIn(db);
  if (tables.includes(RESTORE_MARKER)) return [];
  const filled: string[] = [];
  for (const table of tables.filter((name) => !HOUSEKEEPING.includes(name))) {
    const rows = (await db.query(`SELECT 1 FROM ${nameOf(table)} LIMIT 1`)) as object[];
    if (rows.length > 0) filled.push(table);
  }
  return filled;
}

/** From here on no process of the application starts on this database. */
export async function mark(db: QueryRunner): Promise<void> {
  await db.query(`CREATE TABLE IF NOT EXISTS public.${RESTORE_MARKER} ()`);
}

export async function unmark(db: QueryRunner): Promise<void> {
  await db.query(`DROP TABLE public.${RESTORE_MARKER}`);
}

/** Removes every table, view, sequence, function and type of the application, all or none. */
export async function clear(db: QueryRunner): Promise<void> {
  const extensions = `(SELECT objid FROM pg_depend WHERE deptype = 'e')`;
  await db.query(`
    DO $$
    DECLARE
      command text;
    BEGIN
      FOR command IN
        SELECT format('DROP TABLE %I.%I CASCADE', 'public', relname) FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND oid NOT IN ${extensions}
      LOOP EXECUTE command; END LOOP;
      FOR command IN
        SELECT format('DROP %s %I.%I CASCADE', CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'VIEW' END,
          'public', relname)
        FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm') AND oid NOT IN ${extensions}
      LOOP EXECUTE command; END LOOP;
      FOR command IN
        SELECT format('DROP ROUTINE %s CASCADE', oid::regprocedure) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND oid NOT IN ${extensions}
      LOOP EXECUTE command; END LOOP;
      FOR command IN
        SELECT format('DROP TYPE %I.%I CASCADE', 'public', typname) FROM pg_type
        WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd') AND oid NOT IN ${extensions}
      LOOP EXECUTE command; END LOOP;
    END $$`);
}

/** A trigger of a table, both quoted. */
interface Trigger {
  table: string;
  trigger: string;
}

/**
 * Empties all tables of what the migrations put there, and switches the triggers off that would act on every row; undone as a whole where
 * the transaction does not commit.
 * @returns the triggers that `switchOn` is to be told
 */
export async function makeReady(db: QueryRunner): Promise<Trigger[]> {
  const triggers = (await db.query(
    `SELECT tgrelid::regclass::text AS table, quote_ident(tgname) AS trigger FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     WHERE NOT tgisinternal AND tgenabled = 'O' AND c.relnamespace = 'public'::regnamespace`,
  )) as Trigger[];
  for (const { table, trigger } of triggers)
    await db.query(`ALTER TABLE ${table} DISABLE TRIGGER ${trigger}`);
  const tables = (await tablesIn(db)).filter((name) => name !== RESTORE_MARKER && name !== 'migrations');
  if (tables.length > 0) await db.query(`TRUNCATE ${tables.map(nameOf).join(', ')}`);
  return triggers;
}

export async function switchOn(db: QueryRunner, triggers: readonly Trigger[]): Promise<void> {
  await db.query('SET CONSTRAINTS ALL IMMEDIATE'); // no table can be altered while checks of it wait
  for (const { table, trigger } of triggers) await db.query(`ALTER TABLE ${table} ENABLE TRIGGER ${trigger}`);
}

/** A sequence goes on after the number that it has given last. */
export async function setSequence(db: QueryRunner, sequence: string, value: string): Promise<void> {
  await db.query('SELECT setval($1::regclass, $2::bigint, true)', [nameOf(sequence), value]);
}
