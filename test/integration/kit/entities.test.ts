import { type ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { type DataSource } from 'typeorm';
import { ENTITIES } from '../../../src/app.module.js';
import { mainDataSource } from '../../../src/kit/db.node.js';
import { testDatabase, type TestDatabase } from '../../make/postgres.js';

let database: TestDatabase;
let db: DataSource;
beforeAll(async () => {
  database = await testDatabase();
  db = await mainDataSource(database.url, ENTITIES).initialize();
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
  is_nullable: 'YES' | 'NO';
  in_key: boolean;
}

const TYPES: Record<string, string> = { timestamptz: 'timestamp with time zone', char: 'character' };
const typeOf = ({ type, isArray }: ColumnMetadata): string =>
  isArray ? 'ARRAY' : (TYPES[String(type)] ?? String(type));

test('every entity is a table of the migrated database: its columns, their types, which may be empty, and the key', async () => {
  const columns = await db.query<Column[]>(
    `SELECT c.table_name, c.column_name, c.data_type, c.is_nullable,
            EXISTS (SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
                    WHERE i.indisprimary AND i.indrelid = quote_ident(c.table_name)::regclass AND a.attname = c.column_name) AS in_key
     FROM information_schema.columns c WHERE c.table_schema = 'public'`,
  );
  expect(db.entityMetadatas).toHaveLength(ENTITIES.length);
  for (const { tableName, columns: declared } of db.entityMetadatas) {
    const there = columns.filter(({ table_name }) => table_name === tableName);
    const said = declared.map((column) => ({
      name: column.databaseName,
      type: typeOf(column),
      nullable: column.isNullable,
      inKey: column.isPrimary,
    }));
    const found = there.map((column) => ({
      name: column.column_name,
      type: column.data_type,
      nullable: column.is_nullable === 'YES',
      inKey: column.in_key,
    }));
    expect({ table: tableName, columns: byName(said) }).toEqual({ table: tableName, columns: byName(found) });
  }
});

const byName = <T extends { name: string }>(columns: T[]): T[] =>
  columns.toSorted((a, b) => (a.name < b.name ? -1 : 1));
