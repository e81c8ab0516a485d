import { type DataSource } from 'typeorm';
import { mainDataSource } from '../../../src/kit/db.node.js';
import { isUniqueViolation } from '../../../src/kit/sql.js';
import { execute } from '../../../src/kit/statement.queries.js';
import { testDatabase, type TestDatabase } from '../../make/postgres.js';

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  db = await mainDataSource(database.url).initialize();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

it('a statement is parsed once a connection and executed as often as it is asked', async () => {
  const next = { name: 'next', text: 'SELECT $1::int + 1 AS next' };
  expect(await execute(db, next, [1])).toEqual([{ next: 2 }]);
  expect(await execute(db, next, [41])).toEqual([{ next: 42 }]);
  const kept = await db.query<object[]>(
    `SELECT name, generic_plans + custom_plans AS executed FROM pg_prepared_statements`,
  );
  expect(kept).toEqual([{ name: 'next', executed: 2 }]);
});

it('its failures are told by their constraint, as those of any other query', async () => {
  const run = { name: 'run', text: 'INSERT INTO cron_run (name, slot) VALUES ($1, $2)' };
  await execute(db, run, ['sweep', '2026-03-02']);
  const again: unknown = await execute(db, run, ['sweep', '2026-03-02']).catch((cause: unknown) => cause);
  expect(isUniqueViolation(again, 'cron_run_pk')).toBe(true);
});
