import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { type FileColumn } from '../../../src/export/format/file-table.js';
import { writeParquet } from '../../../src/export/format/parquet.node.js';
import { randomTable } from '../../make/dta-tables.js';
import { aTable, type Cell, type ColumnGiven } from '../../make/file-table.js';

let folder: string;
let work: string;
let file: string;
let duck: DuckDBConnection;
beforeAll(async () => {
  duck = await (await DuckDBInstance.create(':memory:')).connect();
});
afterAll(() => duck.closeSync());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "onward-parquet-o'"));
  work = join(folder, 'work');
  file = join(folder, 'a_indresp.parquet');
  await mkdir(work);
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (columns: ColumnGiven[], rows: Cell[][], metadata: Record<string, string> = {}) => {
  const { table, read } = aTable(columns, rows);
  await writeParquet(table, read, file, metadata, work);
};
const asked = async (sql: string) => (await duck.runAndReadAll(sql)).getRowsJson();
const from = (how: string) => `${how}('${file.replaceAll("'", "''")}')`;
const types = async () =>
  (await asked(`DESCRIBE SELECT * FROM ${from('read_parquet')}`)).map(([name, type]) => [name, type]);
/** Every cell as text, by its bytes; days and instants as PostgreSQL prints them. */
const cells = async () =>
  (await asked(`SELECT hex(COLUMNS(*)::VARCHAR) FROM ${from('read_parquet')}`)).map((row) =>
    (row as (string | null)[]).map((cell) => cell && Buffer.from(cell, 'hex').toString()),
  );

const PERSON: ColumnGiven = { name: 'pidp' };

test('whole numbers are as small as they fit, and what has a point or is too great is a double', async () => {
  const bounds = [
    [-128, 127],
    [-129, 0],
    [-8, 128],
    [-32768, 32767],
    [0, 32768],
    [-2147483648, 2147483647],
    [-9999912, 2147483648],
    [-9007199254740991, 9007199254740991],
    [0, '9007199254740993'],
    [-8, 0.5],
    ['1.0', '2e2'],
  ];
  const names = bounds.map((_, at) => `x${at}`);
  await write(
    names.map((name) => ({ name })),
    [bounds.map(([least = 0]) => least), bounds.map(([, greatest = 0]) => greatest), bounds.map(() => null)],
  );
  expect((await types()).map(([, type]) => type)).toEqual([
    ...[
      'TINYINT',
      'SMALLINT',
      'SMALLINT',
      'SMALLINT',
      'INTEGER',
      'INTEGER',
      'BIGINT',
      'BIGINT',
      'DOUBLE',
      'DOUBLE',
      'SMALLINT',
    ],
  ]);
  const found = await cells();
  expect(found.slice(0, 2).map((row) => row.map(Number))).toEqual(
    [0, 1].map((row) => bounds.map((pair) => Number(pair[row]))),
  );
  expect(found[2]).toEqual(bounds.map(() => null));
});

test('texts, days, months, instants; an empty text is no empty cell', async () => {
  await write(
    [
      PERSON,
      { name: 'words', type: 'string' },
      { name: 'day', type: 'date' },
      { name: 'month', type: 'month' },
      { name: 'at', type: 'datetime' },
    ],
    [
      [1, '', '1900-01-01', '1900-02', '1900-01-01T00:00'],
      [2, null, '2000-02-29', '2100-12', '2100-12-31T23:59:59'],
      [3, '=1', null, null, null],
    ],
  );
  expect(await types()).toEqual([
    ['pidp', 'TINYINT'],
    ['words', 'VARCHAR'],
    ['day', 'DATE'],
    ['month', 'DATE'],
    ['at', 'TIMESTAMP'],
  ]);
  expect(await cells()).toEqual([
    ['1', '', '1900-01-01', '1900-02-01', '1900-01-01 00:00:00'],
    ['2', null, '2000-02-29', '2100-12-01', '2100-12-31 23:59:59'],
    ['3', '=1', null, null, null],
  ]);
  const zoned = await asked(`SELECT logical_type FROM ${from('parquet_schema')} WHERE name = 'at'`);
  expect(JSON.stringify(zoned)).toMatch(/isAdjustedToUTC=(0|false)/);
});

test('compressed with zstd, with the metadata as given, for our eyes alone', async () => {
  const codebook = JSON.stringify({
    title: "Исследование «it's»",
    lines: 'a\nb\\n',
    long: 'я'.repeat(300_000),
  });
  await write([PERSON], [[1]], { codebook, "it's": '' });
  expect(await asked(`SELECT DISTINCT compression FROM ${from('parquet_metadata')}`)).toEqual([['ZSTD']]);
  expect(await asked(`SELECT decode(key), decode(value) FROM ${from('parquet_kv_metadata')}`)).toEqual([
    ['codebook', codebook],
    ["it's", ''],
  ]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readdir(work)).toEqual([]);
});

test('any table is read back cell by cell', async () => {
  const shown = (type: FileColumn['type'], cell: Cell) => {
    if (cell === null) return null;
    if (type === 'numeric') return Number(cell) + 0;
    if (type === 'month') return `${cell}-01`;
    return type === 'datetime' ? `${cell}:00`.slice(0, 19).replace('T', ' ') : String(cell);
  };
  await fc.assert(
    fc.asyncProperty(randomTable, async ({ table, read, rows }) => {
      await rm(file, { force: true });
      await writeParquet(table, read, file, {}, work);
      const typeOf = (at: number) => table.columns[at]?.type ?? 'string';
      const found = (await cells()).map((row) =>
        row.map((cell, at) => (typeOf(at) === 'numeric' ? shown('numeric', cell) : cell)),
      );
      expect(found).toEqual(rows.map((row) => row.map((cell, at) => shown(typeOf(at), cell))));
    }),
    { numRuns: 60 },
  );
});

/** Pieces of texts in no simple order, the same each time. */
const PIECES = ['"', '""', ',', '\n', '\r\n', 'Ереван', '👩‍👩‍👧', "'", 'א', 'x'.repeat(700), ' '];
const pieced = (seed: number) =>
  Array.from(
    { length: (seed * 7919) % 13 },
    (_, at) => PIECES[(seed * 31 + at * (seed % 7) + at) % PIECES.length],
  ).join('');

test('texts of many megabytes are cut nowhere', async () => {
  const rows = Array.from({ length: 20_000 }, (_, row) => [
    row,
    row % 11 === 0 ? null : pieced(row),
    pieced(row + 5),
  ]);
  await write([PERSON, { name: 'a', type: 'string' }, { name: 'b', type: 'string' }], rows);
  expect(rows.reduce((sum, row) => sum + row.join('').length, 0)).toBeGreaterThan(10 * 1024 ** 2);
  expect((await duck.runAndReadAll(`SELECT * FROM ${from('read_parquet')}`)).getRows()).toEqual(rows);
});

test('three thousand columns, and a line of megabytes', async () => {
  const columns = Array.from({ length: 3000 }, (_, at) => ({
    name: `v${at}`,
    type: at % 2 === 0 ? ('numeric' as const) : ('string' as const),
  }));
  const rows = Array.from({ length: 5 }, (_, row) =>
    columns.map(({ type }, at) => (type === 'numeric' ? row * at : row === 3 ? 'щ'.repeat(1000) : `${at}`)),
  );
  await write(columns, rows);
  expect(await cells()).toEqual(rows.map((row) => row.map(String)));
});

test('a table without rows has its columns', async () => {
  await write([PERSON, { name: 'words', type: 'string' }], []);
  expect(await types()).toEqual([
    ['pidp', 'TINYINT'],
    ['words', 'VARCHAR'],
  ]);
  expect(await cells()).toEqual([]);
});

test.each<[string, FileColumn['type'], Cell, RegExp]>([
  ['no day of the calendar', 'date', '1900-02-29', /x cannot be written: a cell is not a date/],
  ['a day with more behind it', 'date', '2024-02-29x', /not a date/],
  ['an empty day', 'date', '', /not a date/],
  ['a month that is none', 'month', '2024-13', /not a month/],
  ['a day for a month', 'month', '2024-12-01', /not a month/],
  ['an hour that is none', 'datetime', '2024-12-01T24:00', /not a date and a time/],
  ['an instant with a zone', 'datetime', '2024-12-01T10:00Z', /not a date and a time/],
  ['a number beyond doubles', 'numeric', '1e400', /greater than a double/],
  ['a number below doubles', 'numeric', '-1e400', /greater than a double/],
  ['a text with a NUL', 'string', 'secret\0', /number 0/],
])('%s is refused, and not quoted', async (_, type, cell, why) => {
  const written = write(
    [PERSON, { name: 'x', type }],
    [
      [1, type === 'numeric' ? 5 : null],
      [2, cell],
    ],
  );
  await expect(written).rejects.toMatchObject({
    code: 'export.cell_unwritable',
    message: expect.stringMatching(why),
  });
  if (cell !== '') await expect(written).rejects.not.toThrow(String(cell));
  expect(await readdir(work)).toEqual([]);
  expect(await readdir(folder)).toEqual(['work']);
});

test('a number that only the writer meets is refused before DuckDB does', async () => {
  const { table } = aTable([PERSON], [[1]]);
  const { read } = aTable([{ name: 'pidp', type: 'string' }], [['1,2']]);
  await expect(writeParquet(table, read, file, {}, work)).rejects.toMatchObject({
    code: 'export.cell_unwritable',
  });
});

test('what DuckDB refuses is told without its words, which quote cells', async () => {
  const { table } = aTable([PERSON], [[1]]);
  const { read } = aTable([{ name: 'pidp', type: 'string' }], [['1-777']]);
  const refused = writeParquet(table, read, file, {}, work);
  await expect(refused).rejects.toThrow(/^DuckDB could not write .*: [\w ]+ Error\.$/);
  await expect(refused).rejects.not.toThrow('777');
  expect(await readdir(work)).toEqual([]);
});

test('a file that is there already stays', async () => {
  await writeFile(file, 'kept');
  await expect(write([PERSON], [[1]])).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(file, 'utf8')).toBe('kept');
});

test('the same bytes each time, in any zone, and nothing is written elsewhere', async () => {
  const root = join(import.meta.dirname, '../../..');
  const program = `
    import { writeParquet } from '${root}/src/export/format/parquet.node.ts';
    import { aTable } from '${root}/test/make/file-table.ts';
    const rows = Array.from({ length: 30000 }, (_, row) => [row, 'слово ' + (row % 900), '2024-03-31', '2024-03-31T02:30', row / 7]);
    const types = ['numeric', 'string', 'date', 'datetime', 'numeric'];
    const { table, read } = aTable(types.map((type, at) => ({ name: 'c' + at, type })), rows);
    await writeParquet(table, read, process.argv[1], { codebook: '{}' }, process.argv[2]);`;
  const home = join(folder, 'home');
  await mkdir(home);
  const written: Buffer[] = [];
  for (const [nr, TZ] of ['UTC', 'Asia/Yerevan', 'Europe/Belgrade'].entries()) {
    const path = join(folder, `${nr}.parquet`);
    await promisify(execFile)(
      process.execPath,
      ['--import', join(root, 'test/make/typescript.mjs'), '--input-type=module', '-e', program, path, work],
      { env: { PATH: process.env.PATH, HOME: home, TZ, LC_ALL: nr === 0 ? 'C' : 'ru_RU.UTF-8' }, cwd: home },
    );
    written.push(await readFile(path));
  }
  expect(written.map((bytes) => bytes.equals(written[0] ?? Buffer.alloc(0)))).toEqual([true, true, true]);
  const elsewhere = [...(await readdir(home)), ...(await readdir(work))];
  expect(elsewhere.filter((name) => name !== '.cache')).toEqual([]); // the test's compiler makes that one
});
