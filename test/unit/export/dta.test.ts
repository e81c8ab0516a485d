import { execFileSync } from 'node:child_process';
import { dtaBytes } from '../../../src/export/dta/dta.js';
import { type ReadRows } from '../../../src/export/format/file-table.js';
import { dtaOf } from '../../make/dta-file.js';
import { aTable, blocksOf, type Cell, type ColumnGiven } from '../../make/file-table.js';

const refused = (variable: string, why: string | RegExp) => ({
  code: 'export.cell_unwritable',
  details: {
    variable,
    why: typeof why === 'string' ? expect.stringContaining(why) : expect.stringMatching(why),
  },
});

test('a file begins with its header, and the map leads to each section', async () => {
  const file = await dtaOf(aTable([{ name: 'pidp' }, { name: 'a_text', type: 'string' }], [[1, 'да']]));
  const label = Buffer.from('Ответившие');
  expect(file.header.toString('latin1')).toBe(
    '<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>\x02\0</K><N>\x01\0\0\0\0\0\0\0</N>' +
      `<label>\x14\0${label.toString('latin1')}</label><timestamp>\x1101 Mar 2026 12:00</timestamp></header>`,
  );
  expect(file.begins).toEqual([
    '<stata_dta>',
    '<map>',
    '<variable_types>',
    '<varnames>',
    '<sortlist>',
    '<formats>',
    '<value_label_names>',
    '<variable_labels>',
    '<characteristics>',
    '<data>',
    '<strls>',
    '<value_labels>',
    '</stata_dta>',
    '',
  ]);
  expect(file.bytes.toString('latin1').endsWith('</strls><value_labels></value_labels></stata_dta>')).toBe(
    true,
  );
  expect(file).toMatchObject({
    names: ['pidp', 'a_text'],
    types: [65530, 4],
    formats: ['%8.0g', '%-4s'],
    sortedBy: [1],
  });
  expect(file.labels).toEqual(['Столбец pidp', 'Столбец a_text']);
  expect(file.data).toEqual(Buffer.from('\x01да'));
});

test('beyond 32,767 columns the format is 119, with wider counts', async () => {
  const columns = Array.from({ length: 32_768 }, (_, index) => ({
    name: `v${index}`,
    type: 'string' as const,
  }));
  const row = columns.map((_, index) => (index === 32_767 ? 'ы'.repeat(1023) : ''));
  const file = await dtaOf(aTable(columns, [row], { key: [] }));
  expect(file.release).toBe('119');
  expect(file.header.toString('latin1')).toContain('<K>\0\x80\0\0</K>');
  expect(file.names[32_767]).toBe('v32767');
  expect(file.data.subarray(32_767)).toEqual(Buffer.from([0, 0x80, 0, 1, 0, 0, 0, 0]));
  expect(file.longTexts.subarray(0, 20).toString('hex')).toBe('47534f00800000010000000000000082ff070000');
  const fewer = columns.slice(1);
  expect((await dtaOf(aTable(fewer, [row.slice(1)], { key: [] }))).release).toBe('118');
});

test('without rows, and without columns, a file is whole', async () => {
  const empty = await dtaOf(aTable([{ name: 'a_x' }], []));
  expect(empty.types).toEqual([65530]);
  expect(empty.data.length).toBe(0);
  const none = await dtaOf(aTable([], [], { key: [] }));
  expect(none.names).toEqual([]);
});

test('the bytes are the same however the rows come in blocks, and every time', async () => {
  const columns: ColumnGiven[] = [
    { name: 'pidp' },
    { name: 'a_text', type: 'string' },
    { name: 'a_long', type: 'string' },
  ];
  const rows = Array.from({ length: 2_000 }, (_, row): Cell[] => [
    row,
    `${row}`.repeat(500).slice(0, 2045),
    row % 3 ? '' : 'я'.repeat(1100),
  ]);
  const { table, read } = aTable(columns, rows);
  const whole = await dtaOf({ table, read });
  for (const size of [1, 7, 1_999, 5_000]) {
    const inBlocks: ReadRows = async function* () {
      for (const block of blocksOf(rows, columns.length, size)) yield await Promise.resolve(block);
    };
    expect((await dtaOf({ table, read: inBlocks })).bytes.equals(whole.bytes)).toBe(true);
  }
});

test('the bytes are the same in any time zone and language', () => {
  const script = `
    const { dtaBytes } = await import('./src/export/dta/dta.ts');
    const { aTable } = await import('./test/make/file-table.ts');
    const columns = ['date', 'month', 'datetime'].map((type) => ({ name: type, type }));
    const { table, read } = aTable(columns, [['1991-03-31', '1991-03', '1991-03-31T02:30'], ['2022-02-24', '2022-02', '2022-02-24T05:00:01']]);
    for await (const bytes of dtaBytes(table, read)) process.stdout.write(bytes);`;
  const bytesIn = (TZ: string, LC_ALL: string) =>
    execFileSync(
      process.execPath,
      ['--import', './test/make/typescript.mjs', '--input-type=module', '--eval', script],
      { env: { ...process.env, TZ, LC_ALL }, cwd: `${import.meta.dirname}/../../..` },
    );
  const first = bytesIn('UTC', 'C');
  expect(first.length).toBeGreaterThan(1000);
  expect(bytesIn('Asia/Almaty', 'ru_RU.UTF-8').equals(first)).toBe(true);
  expect(bytesIn('America/New_York', 'tr_TR.UTF-8').equals(first)).toBe(true);
});

test('a name that Stata does not take, or takes twice, is refused before the first byte', async () => {
  for (const name of ['a-b', '1a', 'A', '_a', 'имя', '', `a${'b'.repeat(32)}`]) {
    const { table, read } = aTable([{ name }], [[1]]);
    await expect(dtaBytes(table, read).next()).rejects.toMatchObject(refused(name, 'lower-case letter'));
  }
  await dtaOf(aTable([{ name: `a${'b'.repeat(31)}` }], [[1]]));
  const { table, read } = aTable([{ name: 'a_x' }, { name: 'a_x' }], [[1, 2]]);
  await expect(dtaBytes(table, read).next()).rejects.toMatchObject(refused('a_x', 'two columns'));
});

test('more columns than Stata has room for are refused', async () => {
  const columns = Array.from({ length: 120_001 }, (_, index) => ({ name: `v${index}` }));
  const { table, read } = aTable(columns, []);
  await expect(dtaBytes(table, read).next()).rejects.toMatchObject(refused('v120000', '120,000'));
});

test('rows that are not those that the table describes are a bug that is told', async () => {
  const { table, read } = aTable([{ name: 'a_x' }], [[1], [2]]);
  await expect(dtaOf({ table: { ...table, rows: 3 }, read })).rejects.toThrow('not those that it describes');
  await expect(dtaOf({ table: { ...table, rows: 1 }, read })).rejects.toThrow('not those that it describes');
});

test('the file is sorted by the numbers and dates that its key begins with', async () => {
  const columns: ColumnGiven[] = [
    { name: 'a_text', type: 'string' },
    { name: 'on', type: 'date' },
    { name: 'pidp' },
    { name: 'a_y', missing: [{ code: -1, stata: 'd', label: {} }] },
  ];
  const row = ['x', '2024-01-01', 7, 1];
  const sortedBy = async (...key: string[]) => (await dtaOf(aTable(columns, [row], { key }))).sortedBy;
  expect(await sortedBy('pidp', 'on')).toEqual([3, 2]);
  expect(await sortedBy('pidp', 'a_text', 'on')).toEqual([3]);
  expect(await sortedBy('a_y', 'pidp')).toEqual([]);
  expect(await sortedBy('elsewhere')).toEqual([]);
});

test('rows out of the order that the file would claim are a bug that is told', async () => {
  const sorted = [
    [1, '2024-01-02'],
    [1, '2024-01-02'],
    [2, '2024-01-01'],
    [3, null],
    [null, '2023-01-01'],
  ];
  const columns: ColumnGiven[] = [{ name: 'pidp' }, { name: 'on', type: 'date' }];
  const key = ['pidp', 'on'];
  expect((await dtaOf(aTable(columns, sorted, { key }))).sortedBy).toEqual([1, 2]);
  for (const wrong of [
    [...sorted, [3, '2024-01-01']],
    [[2, '2024-01-01'], ...sorted],
    [[1, '2024-01-03'], ...sorted],
  ])
    await expect(dtaOf(aTable(columns, wrong, { key }))).rejects.toThrow('not in the order of its key');
  await dtaOf(aTable(columns, [...sorted].reverse(), { key: [] }));
});
