import pg from 'pg';
import { testDatabase, type TestDatabase } from '../../make/postgres.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

async function rows<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const both = () => [database.url, database.vaultUrl];

// An index serves a foreign key when its first columns are the key's, in whatever order, and it leaves no row out.
const UNINDEXED = `
  SELECT format('CREATE INDEX %I ON %I (%s);', c.conrelid::regclass || '_' || string_agg(a.attname, '_' ORDER BY k.place) || '_ix',
           c.conrelid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)) AS ddl
  FROM pg_constraint c
  CROSS JOIN unnest(c.conkey) WITH ORDINALITY AS k(attnum, place)
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
  WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace
    AND NOT EXISTS (
      SELECT FROM pg_index i
      WHERE i.indrelid = c.conrelid AND i.indpred IS NULL AND i.indisvalid
        AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
  GROUP BY c.oid, c.conrelid
  ORDER BY 1`;

test('every foreign key has an index; this is what is missing', async () => {
  for (const url of both())
    expect((await rows<{ ddl: string }>(url, UNINDEXED)).map(({ ddl }) => ddl)).toEqual([]);
});

test('a table of one member is keyed by the member first, and by nothing that changes', async () => {
  const keyed = await rows<{ name: string; first: string | null }>(
    database.url,
    `SELECT t.relname AS name, (
       SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
       WHERE i.indrelid = t.oid AND i.indisprimary) AS first
     FROM pg_class t
     WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
       AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'member_id' AND NOT a.attisdropped)
     ORDER BY 1`,
  );
  expect(keyed.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['issued_case', 'response', 'revision', 'contact_attempt', 'consent']),
  );
  // These are looked up by the secret that a person brings, or written before it is known who they are.
  const byToken = [
    'personal_link',
    'respondent_session',
    'telegram_start',
    'link_request',
    'address_change',
    'rights_link',
    'rights_session',
  ];
  expect(keyed.filter(({ name, first }) => first !== 'member_id' && !byToken.includes(name))).toEqual([]);
});

test('every table has a key, and every constraint a name of its own', async () => {
  for (const url of both()) {
    const keyless = await rows<{ relname: string }>(
      url,
      `SELECT relname FROM pg_class t WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
         AND relname <> 'migrations' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)`,
    );
    expect(keyless).toEqual([]);
    const unnamed = await rows<{ conname: string }>(
      url,
      `SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f', 'c')
         AND conrelid <> 'migrations'::regclass AND conname !~ '_(pk|fk|unique|check)$' ORDER BY 1`,
    );
    expect(unnamed).toEqual([]);
  }
});

test('members are known by random UUIDs, and the vault knows no member, no time and no order', async () => {
  const [member] = await rows<{ data_type: string }>(
    database.url,
    `SELECT data_type FROM information_schema.columns WHERE table_name = 'member' AND column_name = 'id'`,
  );
  expect(member).toEqual({ data_type: 'uuid' });
  const telling = await rows<object>(
    database.vaultUrl,
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name <> 'migrations'
       AND (column_name ~ 'member_id' OR data_type ~ '^(timestamp|date|time)' OR column_default IS NOT NULL OR is_identity = 'YES')`,
  );
  // The day of an erasure joins nothing: of whoever was erased the main database has no row any more.
  expect(telling).toEqual([{ table_name: 'tombstone', column_name: 'erased_on' }]);
});
