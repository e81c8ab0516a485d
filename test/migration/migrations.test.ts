import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { mainDataSource, migrationsIn, vaultDataSource } from '../../src/kit/db.node.js';
import { migrate } from '../../src/kit/migrate.node.js';
import { ROOT } from '../../src/kit/paths.node.js';
import { testDatabase, type TestDatabase } from '../make/postgres.js';
import { ROWS } from './rows.js';
import { dataOf, schemaOf } from './snapshot.js';

const EMPTY = { name: 'empty', migrate: () => Promise.resolve() };
const FOLDERS = ['.', 'vault'] as const;
type Folder = (typeof FOLDERS)[number];

const filesOf = (folder: Folder) =>
  readdirSync(join(ROOT.migrations, folder))
    .filter((file) => file.endsWith('.ts'))
    .sort();
const sourceOf = (folder: Folder, { ownerUrl, vaultUrl }: TestDatabase): DataSource =>
  folder === '.' ? mainDataSource(ownerUrl) : vaultDataSource(vaultUrl);
const loaded = async (folder: Folder): Promise<(MigrationInterface & { name: string })[]> =>
  (await migrationsIn(folder)).map((Migration) => new Migration() as MigrationInterface & { name: string });

/** Runs work on fresh, empty databases. */
async function onEmpty(work: (databases: TestDatabase) => Promise<void>): Promise<void> {
  const databases = await testDatabase(EMPTY);
  try {
    await work(databases);
  } finally {
    await databases.drop();
  }
}

async function connected<Result>(
  source: DataSource,
  work: (db: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const db = (await source.initialize()).createQueryRunner();
  try {
    return await work(db);
  } finally {
    await db.release();
    await source.destroy();
  }
}

/** One step as production takes it: in a transaction of its own. */
async function inTransaction(db: QueryRunner, step: () => Promise<void>): Promise<void> {
  await db.startTransaction();
  await step();
  await db.commitTransaction();
}

describe.each(FOLDERS)('migrations in migrations/%s', (folder) => {
  it('are files that the application finds, each with one migration, in the order of their names and numbers', async () => {
    const files = filesOf(folder);
    const names = (await loaded(folder)).map(({ name }) => name);
    expect(files).toHaveLength(names.length);
    for (const file of files) expect(file).toMatch(/^\d{8}-\d{5}-[a-z0-9]+(-[a-z0-9]+)+\.ts$/);
    const numbers = names.map((name) => Number(/\d{13}$/.exec(name)?.[0]));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(new Set([...names, ...numbers]).size).toBe(2 * names.length);
    names.forEach((name, index) => {
      const [, , ...words] = (files[index] ?? '').replace('.ts', '').split('-');
      expect(name.replace(/\d{13}$/, '')).toBe(
        words.map((w) => w.charAt(0).toUpperCase() + w.slice(1)).join(''),
      );
    });
  });

  it('import nothing of the application', () => {
    for (const file of filesOf(folder)) {
      const text = readFileSync(join(ROOT.migrations, folder, file), 'utf8');
      const sources = [...text.matchAll(/from '([^']+)'|import\('([^']+)'\)/g)].map(
        (found) => found[1] ?? found[2],
      );
      expect(sources).toEqual(['typeorm']);
    }
  });

  it('go up, down and up on data, and leave it as it was', () =>
    onEmpty((databases) =>
      connected(sourceOf(folder, databases), async (db) => {
        for (const migration of await loaded(folder)) {
          const { name } = migration;
          const before = { data: await dataOf(db), schema: await schemaOf(db) };
          await inTransaction(db, () => migration.up(db));
          const after = { data: await dataOf(db), schema: await schemaOf(db) };
          expect({ name, schema: after.schema }).not.toEqual({ name, schema: before.schema });

          for (const insert of ROWS[name] ?? []) await db.query(insert);
          await inTransaction(db, () => migration.down(db));
          expect({ name, schema: await schemaOf(db) }).toEqual({ name, schema: before.schema });
          expect({ name, data: await dataOf(db) }).toEqual({ name, data: before.data });

          await inTransaction(db, () => migration.up(db));
          expect({ name, schema: await schemaOf(db) }).toEqual({ name, schema: after.schema });
          expect({ name, data: await dataOf(db) }).toEqual({ name, data: after.data });
          for (const insert of ROWS[name] ?? []) await db.query(insert);
        }
        const rows = await dataOf(db);
        expect(Object.entries(rows).filter(([, sum]) => sum.startsWith('0 '))).toEqual([]); // every table was tried with data
      }),
    ));
});

describe('migrating', () => {
  const stateOf = async (databases: TestDatabase) =>
    Promise.all(
      FOLDERS.map((folder) =>
        connected(sourceOf(folder, databases), async (db) => ({
          schema: await schemaOf(db),
          applied: (await db.query('SELECT name FROM migrations ORDER BY id')) as { name: string }[],
        })),
      ),
    );
  const everyName = () =>
    Promise.all(FOLDERS.map(async (folder) => (await loaded(folder)).map(({ name }) => ({ name }))));

  it('twice changes nothing', () =>
    onEmpty(async (databases) => {
      await migrate(databases.url, databases.vaultUrl, databases.ownerUrl);
      const once = await stateOf(databases);
      expect(once.map(({ applied }) => applied)).toEqual(await everyName());
      await migrate(databases.url, databases.vaultUrl, databases.ownerUrl);
      expect(await stateOf(databases)).toEqual(once);
    }));

  it('by four processes at once is done once', () =>
    onEmpty(async (databases) => {
      await Promise.all(
        [1, 2, 3, 4].map(() => migrate(databases.url, databases.vaultUrl, databases.ownerUrl)),
      );
      expect((await stateOf(databases)).map(({ applied }) => applied)).toEqual(await everyName());
    }));
});
