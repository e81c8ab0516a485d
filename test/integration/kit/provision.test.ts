import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../../src/kit/embedded-postgres.node.js';
import { provisionDatabases } from '../../../src/kit/provision.node.js';

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

test('each role owns its database and cannot connect to the other', async () => {
  const { url, vaultUrl } = await provisionDatabases(server, secrets());
  const whoOwns = `SELECT current_user || ' owns ' || datname FROM pg_database
    WHERE datname = current_database() AND datdba = current_user::regrole AND datlocprovider = 'i'`;
  expect(await ask(url, whoOwns)).toEqual(['onward owns onward']);
  expect(await ask(vaultUrl, whoOwns)).toEqual(['onward_vault owns onward_vault']);
  expect(await ask(url, 'CREATE TABLE mine AS SELECT 1')).toEqual([]);

  const crossed = (from: string, database: string) => from.replace(/[^/]+$/, database);
  for (const wrong of [crossed(url, 'onward_vault'), crossed(vaultUrl, 'onward')])
    await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
});

test('repeating it, even at once, changes nothing', async () => {
  const first = await provisionDatabases(server, secrets());
  await ask(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');
  const again = await Promise.all([1, 2, 3].map(() => provisionDatabases(server, secrets())));
  expect(again).toEqual([first, first, first]);
  expect(await ask(first.url, 'SELECT n FROM kept')).toEqual([1]);
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
