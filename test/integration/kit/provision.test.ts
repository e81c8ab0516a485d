import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/kit/embedded-postgres.node.js';
import { migrate } from '../../../src/kit/migrate.node.js';
import { ensureDatabase, provisionDatabases } from '../../../src/kit/provision.node.js';
import { newPassword } from '../../../src/kit/secrets.node.js';

let folder: string;
let server: EmbeddedPostgres;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-provision-'));
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), settings: { fsync: 'off' } });
});

afterAll(async () => {
  await server.stop('immediate');
  await rm(folder, { recursive: true, force: true });
});

const secrets = () => join(folder, 'secrets.json');

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

test('owners have a role of their own, and nobody can connect to the other database', async () => {
  const { url, ownerUrl, vaultUrl } = await provisionDatabases(server, secrets());
  const whoOwns = `SELECT current_user || ' in ' || datname || ' of ' || datdba::regrole FROM pg_database
    WHERE datname = current_database() AND datlocprovider = 'i'`;
  expect(await ask(url, whoOwns)).toEqual(['onward in onward of onward_owner']);
  expect(await ask(ownerUrl, whoOwns)).toEqual(['onward_owner in onward of onward_owner']);
  expect(await ask(vaultUrl, whoOwns)).toEqual(['onward_vault in onward_vault of onward_vault']);
  expect(await ask(ownerUrl, 'CREATE TABLE mine AS SELECT 1')).toEqual([]);
  for (const sql of ['DROP TABLE mine', 'SELECT * FROM mine', 'CREATE TABLE public.other ()'])
    await expect(ask(url, sql)).rejects.toMatchObject({ code: '42501' });

  const crossed = (from: string, database: string) => from.replace(/[^/]+$/, database);
  for (const wrong of [
    crossed(url, 'onward_vault'),
    crossed(ownerUrl, 'onward_vault'),
    crossed(vaultUrl, 'onward'),
  ])
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
});

test('a schema that the application makes is looked into by nobody else', async () => {
  const { url, ownerUrl } = await provisionDatabases(server, secrets());
  await ask(url, 'CREATE SCHEMA onward_owner');
  await ask(url, 'GRANT ALL ON SCHEMA onward_owner TO PUBLIC');
  expect(await ask(ownerUrl, 'SELECT current_schemas(false)::text')).toEqual(['{public}']);
});

test('repeating it, even at once, changes nothing', async () => {
  const first = await provisionDatabases(server, secrets());
  await ask(first.ownerUrl, 'CREATE TABLE kept AS SELECT 1 AS n');
  const again = await Promise.all([1, 2, 3].map(() => provisionDatabases(server, secrets())));
  expect(again).toEqual([first, first, first]);
  expect(await ask(first.ownerUrl, 'SELECT n FROM kept')).toEqual([1]);
});

test('a database that the application owned is handed over with its data, and works as before', async () => {
  const name = { database: 'older', password: newPassword() };
  const admin = server.url('postgres');
  const urlOf = (role: string) => `postgres://${role}:${name.password}@${server.host}:${server.port}/older`;
  await ensureDatabase(admin, { ...name, owner: 'older_app' });
  await migrate(urlOf('older_app'), undefined);
  await ask(urlOf('older_app'), `INSERT INTO cron_run VALUES ('x', '2026-03-02T08:00:00Z')`);

  const wish = { ...name, owner: 'older_owner', application: { role: 'older_app', password: name.password } };
  await ensureDatabase(admin, wish);
  await ensureDatabase(admin, wish);
  await migrate(urlOf('older_app'), undefined, urlOf('older_owner'));
  expect(await ask(urlOf('older_app'), `DELETE FROM cron_run WHERE name = 'x' RETURNING name`)).toEqual([
    'x',
  ]);
  expect(
    await ask(
      admin.replace(/[^/]+$/, 'older'),
      `SELECT DISTINCT nspname || ' ' || relowner::regrole FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
       WHERE nspname IN ('public', 'bullmq') ORDER BY 1`,
    ),
  ).toEqual(['bullmq older_app', 'public older_owner']);
});

test('a role that owns nothing migrates nothing: it is told who does', async () => {
  const name = { database: 'behind', password: newPassword() };
  const urlOf = (role: string) => `postgres://${role}:${name.password}@${server.host}:${server.port}/behind`;
  const application = { role: 'behind_app', password: name.password };
  await ensureDatabase(server.url('postgres'), { ...name, owner: 'behind_owner', application });
  await expect(migrate(urlOf('behind_app'), undefined)).rejects.toMatchObject({ code: 'kit.not_the_owner' });
  await migrate(urlOf('behind_app'), undefined, urlOf('behind_owner'));
  await migrate(urlOf('behind_app'), undefined); // nothing is left to do
});

test('secrets are readable by this user only, and others in the file stay', async () => {
  const before = JSON.parse(await readFile(secrets(), 'utf8')) as Record<string, string>;
  expect((await stat(secrets())).mode & 0o777).toBe(0o600);
  const rest = { vaultDatabasePassword: before.vaultDatabasePassword };
  await writeFile(secrets(), JSON.stringify({ ...rest, masterKey: 'kept' }));
  const { url } = await provisionDatabases(server, secrets());
  expect(await ask(url, 'SELECT 1')).toEqual([1]); // the role has the new password
  expect(JSON.parse(await readFile(secrets(), 'utf8'))).toMatchObject({ ...rest, masterKey: 'kept' });
});

test('Russian sorts as Russians expect', async () => {
  const { url } = await provisionDatabases(server, secrets());
  const words = `SELECT word FROM unnest(ARRAY['ёж', 'жук', 'ель', 'Ева', 'яма', 'apple']) AS word ORDER BY word`;
  expect(await ask(url, words)).toEqual(['apple', 'Ева', 'ёж', 'ель', 'жук', 'яма']);
});
