import pg from 'pg';
import { testDatabase, type DatabaseTemplate } from '../../make/postgres.js';

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

let migrations = 0;
const template: DatabaseTemplate = {
  name: 'harness',
  migrate: async (_url, vaultUrl, ownerUrl) => {
    migrations++;
    await ask(ownerUrl, `CREATE TABLE item AS SELECT 'main' AS home`);
    await ask(vaultUrl, `CREATE TABLE item AS SELECT 'vault' AS home`);
  },
};

test('every file gets its own copy of what was migrated once', async () => {
  const [one, two] = await Promise.all([testDatabase(template), testDatabase(template)]);
  expect(migrations).toBe(1);
  expect(await ask(one.ownerUrl, 'SELECT home FROM item')).toEqual(['main']);
  expect(await ask(one.vaultUrl, 'SELECT home FROM item')).toEqual(['vault']);
  await ask(one.ownerUrl, 'DELETE FROM item');
  expect(await ask(two.ownerUrl, 'SELECT home FROM item')).toEqual(['main']);
  await Promise.all([one.drop(), two.drop()]);
});

test('the copies keep main and vault apart, and the application from what it does not own, as production does', async () => {
  const { url, ownerUrl, vaultUrl, drop } = await testDatabase(template);
  expect(await ask(url, 'SELECT current_user::text')).toEqual(['onward']);
  expect(await ask(ownerUrl, 'SELECT current_user::text')).toEqual(['onward_owner']);
  for (const sql of ['DROP TABLE item', 'CREATE TABLE public.other ()', 'DELETE FROM item'])
    await expect(ask(url, sql)).rejects.toMatchObject({ code: '42501' });
  expect(await ask(vaultUrl, 'SELECT current_user::text')).toEqual(['onward_vault']);
  const crossed = url.replace(/[^/]+$/, vaultUrl.split('/').at(-1) ?? '');
  await expect(ask(crossed, 'SELECT 1')).rejects.toMatchObject({ code: '42501' });
  await drop();
  await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

test('a migration that fails is told, and tried again', async () => {
  let fails = true;
  const shaky: DatabaseTemplate = {
    name: 'shaky',
    migrate: async (url, vaultUrl, ownerUrl) => {
      await template.migrate(url, vaultUrl, ownerUrl);
      if (fails) throw new Error('half-way');
    },
  };
  await expect(testDatabase(shaky)).rejects.toThrow('half-way');
  fails = false;
  const { ownerUrl, drop } = await testDatabase(shaky);
  expect(await ask(ownerUrl, 'SELECT home FROM item')).toEqual(['main']);
  await drop();
});

test('the copies can be dropped while a connection is open', async () => {
  const { url, drop } = await testDatabase(template);
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  await drop();
  await expect(client.query('SELECT 1')).rejects.toThrow();
});
