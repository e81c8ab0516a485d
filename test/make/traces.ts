import pg from 'pg';
import { type TestDatabase } from './postgres.js';

/** A table in which something was found, such as `main public.revision`. */
export type Trace = string;

/**
 * Where any of some texts stands in either database, in whatever table of whatever schema, as text or as the bytes of a column.
 * @param texts  as they were typed; letters of either case are one
 */
export async function tracesOf(database: TestDatabase, texts: readonly string[]): Promise<Trace[]> {
  const patterns = texts.flatMap((text) => [`%${text}%`, `%${Buffer.from(text).toString('hex')}%`]);
  const traces: Trace[] = [];
  for (const [name, url] of urlsOf(database))
    await connected(url, async (client) => {
      for (const table of await tablesIn(client)) {
        const { rowCount } = await client.query(
          `SELECT FROM ${table} AS t WHERE t::text ILIKE ANY($1) LIMIT 1`,
          [patterns],
        );
        if ((rowCount ?? 0) > 0) traces.push(`${name} ${table}`);
      }
    });
  return traces;
}

/** All rows of the main database in which some ids do not stand, by table; what only counts, logs or waits is left out. */
export async function rowsWithout(
  database: TestDatabase,
  ids: readonly string[],
  leftOut: readonly string[],
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  await connected(database.adminUrl, async (client) => {
    for (const table of await tablesIn(client)) {
      if (leftOut.includes(table) || !table.startsWith('public.')) continue;
      const { rows } = await client.query<{ row: string }>(
        `SELECT t::text AS row FROM ${table} AS t WHERE NOT t::text ILIKE ANY($1) ORDER BY 1`,
        [ids.map((id) => `%${id}%`)],
      );
      found[table] = rows.map(({ row }) => row);
    }
  });
  return found;
}

const urlsOf = ({ adminUrl, vaultUrl }: TestDatabase): [string, string][] => [
  ['main', adminUrl],
  ['vault', vaultUrl],
];

async function tablesIn(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') ORDER BY 1`,
  );
  return rows.map(({ name }) => name);
}

async function connected(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
