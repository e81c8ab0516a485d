import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmod } from 'node:fs/promises';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/kit/embedded-postgres.node.js';
import { linkTokenOf } from '../make/app.js';
import { COMPOSE, environmentOf, imageHealthCheck, interpolated } from '../make/compose.js';
import {
  emailOf,
  launch,
  onward,
  openStudy,
  prepareSite,
  type Running,
  type Site,
  startServer,
  until,
  visit,
} from '../make/processes.js';
import { startRedis, type TestRedis } from '../make/redis.js';

// The start-up of docker-compose.yml without Docker: its commands with its environments, its two databases made by its
// own script, against a PostgreSQL and a Redis that were started by themselves.
const PEOPLE = 25;
let folder: string;
let postgres: EmbeddedPostgres;
let redis: TestRedis;
let site: Site;
let values: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-compose-'));
  await chmod(folder, 0o711);
  postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  values = {
    POSTGRES_PASSWORD: 'unused',
    ONWARD_OWNER_PASSWORD: 'owner0123456789',
    ONWARD_DB_PASSWORD: 'main0123456789',
    ONWARD_VAULT_PASSWORD: 'vault0123456789',
    REDIS_PASSWORD: 'redis0123456789',
    VAULT_MASTER_KEY: Buffer.alloc(32, 3).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 4).toString('base64'),
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: 'https://panel.synthetic.example',
    LOG_LEVEL: 'debug',
  };
  redis = await startRedis({ password: values['REDIS_PASSWORD'] ?? '' });
  await makeDatabases();
  site = await prepareSite({
    databases: {
      url: here(environmentOf('web', { ...values, SMTP_URL: 'none' })['DATABASE_URL'] ?? ''),
      vaultUrl: 'not asked for',
      drop: async () => {},
    },
  });
  values['SMTP_URL'] = site.env['SMTP_URL'] ?? '';
});
afterAll(async () => {
  await site.close();
  await redis.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The addresses of this run in place of the names of the two containers. */
const here = (text: string): string =>
  text
    .replace('@postgres:5432', `@${postgres.host}:${postgres.port}`)
    .replace('@redis:6379', `@127.0.0.1:${redis.port}`);

/** What the PostgreSQL image does with the script at its first start; psql's variables are put in by hand. */
async function makeDatabases(): Promise<void> {
  const script = interpolated(COMPOSE.configs['two-databases'].content, {});
  const environment = environmentOf('postgres', values);
  const variables = new Map(
    [...script.matchAll(/--set=(\w+)="\$(\w+)"/g)].map(([, name, variable]) => [
      name ?? '',
      environment[variable ?? ''] ?? '',
    ]),
  );
  const sql = /<<'SQL'\n(.*)\nSQL\n/s.exec(script)?.[1] ?? '';
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  for (const statement of sql.split(';\n'))
    await client.query(
      statement.replace(/:'(\w+)'/g, (_, name: string) => pg.escapeLiteral(variables.get(name) ?? '')),
    );
  await client.end();
}

/** A service as compose starts it, but for its names of hosts and its port. */
async function serviceEnvironment(role: 'web' | 'worker'): Promise<Record<string, string>> {
  const given = environmentOf(role, values);
  const { PORT = '' } = await site.role(role);
  return reached({ ...given, PORT });
}

const reached = (environment: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, text]) => [name, here(text)]));

test('web and worker come up as docker compose starts them and send a whole wave through Redis', async () => {
  const [node, cli, ...words] = COMPOSE.services.migrate.command ?? [];
  expect([node, cli]).toEqual(['node', 'dist/src/cli.js']);
  await onward(reached(environmentOf('migrate', values)), ...words);
  const environments = { web: await serviceEnvironment('web'), worker: await serviceEnvironment('worker') };
  expect(COMPOSE.services.web.command).toEqual(['node', 'dist/src/main.js']);
  expect(COMPOSE.services.worker.command).toEqual(COMPOSE.services.web.command);
  const web = await startServer(environments.web);
  const worker = await startServer(environments.worker);
  for (const server of [web, worker]) {
    expect(server.output()).toContain('"queue":"redis"');
    expect(await healthCheckOf(server)).toBe(0);
  }

  await openStudy(environments.worker, PEOPLE);
  await until('every message', async () => (await site.sink.messages()).length === PEOPLE);
  const browser = await visit(web.url, await linkTokenOf(site.sink, emailOf(1)));
  expect((await browser.save(0, { consent_take_part: 'yes' })).status).toBe(201);
  expect(
    await site.query(`SELECT FROM pg_tables WHERE schemaname = 'bullmq' AND tablename = 'job'`),
  ).toHaveLength(1);
  expect(await site.query('SELECT FROM bullmq.job')).toHaveLength(0); // PostgreSQL's queue is not used
  expect((await fetch(`${web.url}/fieldwork/nrd`)).status).toBe(401);

  await redis.stop();
  expect((await fetch(`${web.url}/health/ready`)).status).toBe(503);
  expect((await browser.save(1, { consent_take_part: 'yes', country: 'SRB' })).status).toBe(201); // answers need no queue
  for (const server of [web, worker]) server.signal('SIGTERM');
  expect(await Promise.all([web.ended, worker.ended])).toEqual([0, 0]);
});

test('the two roles cannot reach each other’s database', async () => {
  const { DATABASE_URL = '', VAULT_DATABASE_URL = '' } = await serviceEnvironment('worker');
  const crossed = new URL(DATABASE_URL);
  crossed.pathname = new URL(VAULT_DATABASE_URL).pathname;
  const client = new pg.Client({ connectionString: crossed.href });
  await expect(client.connect()).rejects.toMatchObject({ code: '42501' });
});

async function healthCheckOf(server: Running): Promise<number | NodeJS.Signals> {
  const [node, ...args] = imageHealthCheck();
  expect(node).toBe('node');
  const { port } = new URL(server.url);
  return launch(
    { PORT: port },
    args.map((arg) => arg.replace('8080', port)),
  ).ended;
}
