import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { textIn } from '../../../src/export/format/cells.js';
import { blocksOf } from '../../../src/export/format/copy-binary.js';
import { testDatabase, type TestDatabase } from '../../make/postgres.js';

let database: TestDatabase;
let db: pg.Client;
beforeAll(async () => {
  database = await testDatabase();
  db = new pg.Client({ connectionString: database.ownerUrl });
  await db.connect();
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

type Row = (string | null)[];

const stored = async (rows: readonly Row[]) => {
  await db.query('DROP TABLE IF EXISTS kept; CREATE TEMP TABLE kept (nr int PRIMARY KEY, cells text[])');
  for (const [nr, cells] of rows.entries()) await db.query('INSERT INTO kept VALUES ($1, $2)', [nr, cells]);
};
const read = async (columns: number, cells = 'cells') => {
  const copy = db.query(copyTo(`COPY (SELECT ${cells} FROM kept ORDER BY nr) TO STDOUT (FORMAT binary)`));
  const rows: Row[] = [];
  for await (const block of blocksOf(copy, columns))
    for (let row = 0; row < block.rows; row += 1)
      rows.push(
        Array.from({ length: columns }, (_, column) => textIn(block, row * columns + column) ?? null),
      );
  return rows;
};

const ROWS: Row[] = [
  ['1', null, 'Ереван'],
  ['', '{NULL}', '"a",\\N'],
  [null, null, null],
  ['ע'.repeat(1000), '👩‍👩‍👧', '\r\n\t'],
];

test.each(['cells', 'array_send(cells)'])('the rows of PostgreSQL, as %s', async (cells) => {
  await stored(ROWS);
  expect(await read(3, cells)).toEqual(ROWS);
});

test('rows so wide and cells so long that PostgreSQL keeps them aside', async () => {
  const rows = Array.from({ length: 40 }, (_, row) =>
    Array.from({ length: 3000 }, (__, column) => ((row + column) % 5 === 0 ? null : `${row * column} ответ`)),
  );
  await stored(rows);
  expect(await read(3000)).toEqual(rows);
  await stored([['x'.repeat(3_000_000), 'y']]);
  expect(await read(2)).toEqual([['x'.repeat(3_000_000), 'y']]);
});

test('no rows, and a row of another length', async () => {
  await stored([]);
  expect(await read(3)).toEqual([]);
  await stored([...ROWS, ['1', '2']]);
  await expect(read(3)).rejects.toThrow('COPY sent a row of 2 cells');
});
