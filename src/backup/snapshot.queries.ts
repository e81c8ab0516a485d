import pg from 'pg';
import { BOTH_DATABASES_LOCK } from '../vault/both-databases.queries.js';
import { errorCode } from '../kit/error-code.js';
import { WritesUnderWay } from './backup.problems.js';
import { type Database } from './header.js';
import { type SequenceRecord, type TableRecord } from './record.js';
import { fillingOrder, type Reference } from './table-order.js';

/** How values are written as text: the same wherever they are written and read. */
export const PLAIN_TEXT = `SET LOCAL client_encoding = 'UTF8'; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO';
  SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`;

/** However long it takes: what reads or fills a whole database is not cut off. */
export const NO_LIMITS = `SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0`;

const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Begins a transaction on each connection that sees its database as it was at one moment, between any two transactions that write to
 * both. Whoever writes to both waits while this waits for those who do already, for `patienceMs` at the most; then they go on and it
 * tries again.
 * @param tries  how often
 * @throws WritesUnderWay
 */
export async function openSnapshots(
  clients: Record<Database, pg.Client>,
  { tries = 60, patienceMs = 1000 } = {},
): Promise<void> {
  const { main } = clients;
  await main.query(`SET lock_timeout = ${patienceMs}`);
  for (let left = tries; !(await locked(main)); left -= 1) if (left <= 1) throw WritesUnderWay({});
  for (const client of Object.values(clients)) {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(`${NO_LIMITS}; ${PLAIN_TEXT}; SELECT 1 FROM pg_class LIMIT 1`); // a snapshot is taken by the first query
  }
  await main.query('SELECT pg_advisory_unlock($1)', [BOTH_DATABASES_LOCK]);
}

async function locked(main: pg.Client): Promise<boolean> {
  try {
    await main.query('SELECT pg_advisory_lock($1)', [BOTH_DATABASES_LOCK]);
    return true;
  } catch (cause) {
    if (errorCode(cause) === LOCK_NOT_AVAILABLE) return false;
    throw cause;
  }
}

/** Made by running migrations, so no backup holds it. */
const MADE_OTHERWISE = 'migrations';

/** The tables of a database with their stored columns, in an order in which they can be filled; none of them can change until the end. */
export async function tablesOf(client: pg.Client, database: Database): Promise<TableRecord[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT c.relname AS table, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> $1 GROUP BY c.relname`,
    [MADE_OTHERWISE],
  );
  const { rows: references } = await client.query<Reference>(
    `SELECT f.relname AS from, t.relname AS to FROM pg_constraint k
     JOIN pg_class f ON f.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace`,
  );
  const columns = new Map(rows.map((row) => [row.table, row.columns]));
  const order = fillingOrder([...columns.keys()], references);
  if (order.length > 0) await client.query(`LOCK TABLE ${order.map(nameOf).join(', ')} IN ACCESS SHARE MODE`);
  return order.map((table) => ({ kind: 'table', database, table, columns: columns.get(table) ?? [] }));
}

/** The sequences that have given a number. Read after the tables: a number in these is never given again. */
export async function sequencesOf(client: pg.Client, database: Database): Promise<SequenceRecord[]> {
  const { rows } = await client.query<{ sequence: string; value: string }>(
    `SELECT sequencename AS sequence, last_value::text AS value FROM pg_sequences
     WHERE schemaname = 'public' AND last_value IS NOT NULL AND sequencename <> $1 ORDER BY 1`,
    [`${MADE_OTHERWISE}_id_seq`],
  );
  return rows.map((row) => ({ kind: 'sequence', database, ...row }));
}

/** The names of the migrations that were run, in their order. */
export async function migrationsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
  return rows.map(({ name }) => name);
}

export const nameOf = (name: string): string => `public.${pg.escapeIdentifier(name)}`;

/** What reads a table's rows, and what writes them, after COPY. */
export const copyTarget = ({ table, columns }: TableRecord): string =>
  `${nameOf(table)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')})`;
