import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/kit/migrate.node.js';
import { closeToOthers, ensureDatabase, letIn } from '../../src/kit/provision.node.js';

/** The server of this test run, as `postgres.setup.ts` started it. */
interface TestServer {
  host: string;
  port: number;
  /** superuser's connection to the database `postgres` */
  adminUrl: string;
  rolePassword: string;
}

/** What fresh databases are copied from; made once a run under its name. */
export interface DatabaseTemplate {
  name: string;
  migrate(url: string, vaultUrl: string, ownerUrl: string): Promise<void>;
}

export interface TestDatabase {
  /** main database, as the application's role `onward` */
  url: string;
  /** main database, as its owner `onward_owner` */
  ownerUrl: string;
  /** main database, as the superuser */
  adminUrl: string;
  /** vault, as its owner `onward_vault` */
  vaultUrl: string;
  /** A statement that the application may not make, such as of a trigger; by the owner of the main database. */
  asOwner(sql: string, values?: unknown[]): Promise<unknown[]>;
  /** The same by the superuser, whom no right and no trigger holds back. */
  asAdmin(sql: string, values?: unknown[]): Promise<unknown[]>;
  /** Drops both, connections or not. */
  drop(): Promise<void>;
}

const OWNER = { main: 'onward_owner', vault: 'onward_vault' } as const;
const APPLICATION = 'onward';
type Part = keyof typeof OWNER;
const PARTS: readonly Part[] = ['main', 'vault'];

/**
 * Two fresh, migrated databases (main and vault) for one test file, with separate roles as in production. They are copies of
 * templates.
 */
export async function testDatabase(
  template: DatabaseTemplate = { name: 'onward', migrate },
): Promise<TestDatabase> {
  const suffix = randomBytes(6).toString('hex');
  const nameOf = (part: Part) => `test_${part}_${suffix}`;
  const ownerUrl = urlOf(OWNER.main, nameOf('main'));
  const adminUrl = testServer().adminUrl.replace(/[^/]+$/, nameOf('main'));
  await asAdmin(async (client) => {
    await ensureTemplate(client, template);
    for (const part of PARTS) {
      await client.query(
        `CREATE DATABASE ${nameOf(part)} OWNER ${OWNER[part]} TEMPLATE ${templateOf(template, part)}
           STRATEGY file_copy`,
      );
      await closeToOthers(client, nameOf(part));
      if (part === 'main') await letIn(client, nameOf(part), APPLICATION);
    }
  });
  return {
    url: urlOf(APPLICATION, nameOf('main')),
    ownerUrl,
    adminUrl,
    asOwner: (sql, values) => asked(ownerUrl, sql, values),
    asAdmin: (sql, values) => asked(adminUrl, sql, values),
    vaultUrl: urlOf(OWNER.vault, nameOf('vault')),
    drop: () =>
      asAdmin(async (client) => {
        for (const part of PARTS) await client.query(`DROP DATABASE IF EXISTS ${nameOf(part)} WITH (FORCE)`);
      }),
  };
}

const TEMPLATE_LOCK = 7_215_006;
const templateOf = ({ name }: DatabaseTemplate, part: Part) =>
  pg.escapeIdentifier(`template_${name}_${part}`);

/** Workers may ask at once: one makes the templates while the others wait. Half-made ones are made again. */
async function ensureTemplate(client: pg.Client, template: DatabaseTemplate): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const made = await client.query('SELECT FROM pg_database WHERE datname = $1', [
      `template_${template.name}_main`,
    ]);
    if (made.rowCount === 1) return;
    for (const part of PARTS) {
      await client.query(`DROP DATABASE IF EXISTS making_${part} WITH (FORCE)`);
      await client.query(`DROP DATABASE IF EXISTS ${templateOf(template, part)}`);
      const { adminUrl, rolePassword } = testServer();
      await ensureDatabase(adminUrl, {
        database: `making_${part}`,
        owner: OWNER[part],
        password: rolePassword,
        ...(part === 'main' ? { application: { role: APPLICATION, password: rolePassword } } : {}),
      });
    }
    await template.migrate(
      urlOf(APPLICATION, 'making_main'),
      urlOf(OWNER.vault, 'making_vault'),
      urlOf(OWNER.main, 'making_main'),
    );
    for (const part of [...PARTS].reverse())
      await client.query(`ALTER DATABASE making_${part} RENAME TO ${templateOf(template, part)}`);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
}

function urlOf(role: string, database: string): string {
  const { host, port, rolePassword } = testServer();
  return `postgres://${role}:${rolePassword}@${host}:${port}/${database}`;
}

const asAdmin = (work: (client: pg.Client) => Promise<void>): Promise<void> =>
  connected(testServer().adminUrl, work);

const asked = (url: string, sql: string, values?: unknown[]): Promise<unknown[]> =>
  connected(url, async (client) => (await client.query<object>(sql, values)).rows);

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function testServer(): TestServer {
  const address = process.env.ONWARD_TEST_POSTGRES;
  if (address === undefined)
    throw new Error('Only the Jest projects migration, integration and browser have a PostgreSQL');
  return JSON.parse(address) as TestServer;
}
