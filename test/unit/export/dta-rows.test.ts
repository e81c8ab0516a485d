import { writerOf } from '../../../src/export/dta/dta-cells.js';
import { layoutOf } from '../../../src/export/dta/dta-column.js';
import { dtaOf } from '../../make/dta-file.js';
import { reasonsOf } from '../../make/dta-tables.js';
import { aTable, blocksOf, type Cell, type ColumnGiven } from '../../make/file-table.js';

const STORAGES: Record<number, string> = {
  65530: 'byte',
  65529: 'int',
  65528: 'long',
  65526: 'double',
  32768: 'strL',
};

/** A column's storage and the bytes of its cells. */
async function written(column: Omit<ColumnGiven, 'name'>, ...cells: Cell[]) {
  const rows = cells.map((cell) => [cell]);
  const file = await dtaOf(aTable([{ name: 'a_x', ...column }], rows, { key: [] }));
  const [type = 0] = file.types;
  return {
    storage: STORAGES[type] ?? `str${type}`,
    bytes: file.data.toString('hex'),
    format: file.formats[0],
    file,
  };
}

test.each<[Cell[], string, string]>([
  [[-127, 0, 100, null], 'byte', '81006465'],
  [[101], 'int', '6500'],
  [[-128, 32_740, null], 'int', '80ffe47fe57f'],
  [[-32_767], 'int', '0180'],
  [[-32_768, 32_740], 'long', '0080ffffe47f0000'],
  [[32_741, null], 'long', 'e57f0000e5ffff7f'],
  [[-2_147_483_647, 2_147_483_620], 'long', '01000080e4ffff7f'],
  [[2_147_483_621], 'double', '000040f9ffffdf41'],
  [[-2_147_483_648], 'double', '000000000000e0c1'],
  [[0, 0.5, 1], 'double', '0000000000000000' + '000000000000e03f' + '000000000000f03f'],
  [[0.5, null], 'double', '000000000000e03f000000000000e07f'],
  [['8.988465674311579e307'], 'double', 'ffffffffffffdf7f'],
  [['-1.7976931348623157e308'], 'double', 'ffffffffffffefff'],
  [[null, null], 'byte', '6565'],
])('the numbers %p are kept as %s', async (cells, storage, bytes) => {
  expect(await written({}, ...cells)).toMatchObject({ storage, bytes });
});

test('a reason is its letter in every type', async () => {
  const missing = reasonsOf(false);
  expect(await written({ missing }, 1, -1, -2, -12)).toMatchObject({ storage: 'byte', bytes: '01697778' });
  expect(await written({ missing }, 1000, -1, -9)).toMatchObject({ storage: 'int', bytes: 'e803e97fea7f' });
  expect(await written({ missing }, 100_000, -1)).toMatchObject({
    storage: 'long',
    bytes: 'a0860100e9ffff7f',
  });
  expect(await written({ missing }, 0.5, -1, '-1.0')).toMatchObject({
    storage: 'double',
    bytes: '000000000000e03f000000000004e07f000000000004e07f',
  });
  const z = [{ code: -1, stata: 'z', label: {} }];
  expect(await written({ missing: z }, 1, -1)).toMatchObject({ bytes: '017f' });
  expect(await written({ missing: z }, 0.5, -1)).toMatchObject({ bytes: '000000000000e03f00000000001ae07f' });
});

test('a number below zero that is no code of the column’s reasons is a value', async () => {
  expect(await written({ missing: reasonsOf(true) }, -1, -12)).toMatchObject({
    storage: 'byte',
    bytes: 'fff4',
  });
  expect(await written({ missing: reasonsOf(true) }, -1, -9_999_901)).toMatchObject({
    storage: 'long',
    bytes: 'ffffffffe9ffff7f',
  });
  expect(await written({ missing: reasonsOf(false).slice(0, 2) }, -1, -3)).toMatchObject({ bytes: '69fd' });
});

test('texts get the bytes of the longest, and beyond 2,045 stand behind the rows', async () => {
  const type = 'string';
  expect(await written({ type }, null, '')).toMatchObject({ storage: 'str1', bytes: '0000', format: '%-1s' });
  expect(await written({ type }, 'да', 'b', null)).toMatchObject({
    storage: 'str4',
    bytes: 'd0b4d0b06200000000000000',
  });
  const long = 'я'.repeat(1022);
  expect(await written({ type }, `${long}.`, long)).toMatchObject({
    storage: 'str2045',
    bytes: Buffer.from(`${long}.${long}\0`).toString('hex'),
    format: '%-244s',
  });
  const { file, ...longest } = await written({ type }, '', `${long}..`, null, 'b');
  expect(longest).toMatchObject({ storage: 'strL', format: '%-244s' });
  expect(longest.bytes).toBe(
    '0000000000000000' + '0100020000000000' + '0000000000000000' + '0100040000000000',
  );
  const first = `47534f01000000020000000000000082ff070000${Buffer.from(`${long}..`).toString('hex')}00`;
  expect(file.longTexts.toString('hex')).toBe(`${first}47534f0100000004000000000000008202000000` + '6200');
});

test('a long text of a row beyond four thousand million is found under its number', async () => {
  for (const [release, expected] of [
    [118, '0200010000000200'],
    [119, '0200000100000002'],
  ] as const) {
    const { table } = aTable([{ name: 'a_x' }, { name: 'a_y', type: 'string' }], [[1, 'x'.repeat(3_000)]]);
    const layout = layoutOf(table);
    const bytes = Buffer.alloc(layout.rowBytes);
    const [block] = blocksOf([[1, 'x']], 2);
    const [, column] = layout.columns;
    if (!block || !column) throw new Error('There are a row and two columns.');
    const out = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset) };
    writerOf(column, layout.rowBytes, release)(block, 0, 1, out, column.at, 2 ** 33);
    expect(bytes.toString('hex', column.at)).toBe(expected);
  }
});

test('a cell beyond what the scan of its column found is a bug that is told', async () => {
  const scan = { filled: 1, mostBytes: 1, allBytes: 1, least: 1, greatest: 1, decimals: 0 };
  for (const [type, cell] of [
    ['string', 'xy'],
    ['numeric', '0.5'],
    ['numeric', '101'],
  ] as const) {
    const { table, read } = aTable([{ name: 'a_x', type }], [[cell]], { key: [] });
    const columns = table.columns.map((column) => ({ ...column, scan }));
    await expect(dtaOf({ table: { ...table, columns }, read })).rejects.toThrow('beyond what its scan found');
  }
});

test('of a row that is longer than Stata takes, the longest texts stand behind the rows', async () => {
  const lengths = Array.from({ length: 700 }, (_, index) => 1201 + index);
  const columns = lengths.map((_, index) => ({ name: `v${index}`, type: 'string' as const }));
  const row = lengths.map((length) => 'x'.repeat(length));
  const file = await dtaOf(aTable(columns, [row], { key: [] }));
  expect(file.types).toEqual(lengths.map((length) => (length > 1880 ? 32_768 : length)));
  expect(file.data.length).toBe(1_047_700);
  const fewer = await dtaOf(aTable(columns.slice(0, 600), [row.slice(0, 600)], { key: [] }));
  expect(fewer.types).toEqual(lengths.slice(0, 600));
});

test('dates, months and moments are counted from 1960', async () => {
  expect(await written({ type: 'date' }, '1960-01-01', '1959-12-31', '2024-02-29', null)).toMatchObject({
    storage: 'long',
    bytes: '00000000ffffffff' + '8b5b0000' + 'e5ffff7f',
    format: '%td',
  });
  expect(await written({ type: 'month' }, '1960-01', '1959-12', '2022-02', null)).toMatchObject({
    storage: 'long',
    bytes: '00000000ffffffff' + 'e9020000' + 'e5ffff7f',
    format: '%tm',
  });
  expect(await written({ type: 'datetime' }, '1960-01-01T00:00', '1960-01-01T00:00:01', null)).toMatchObject({
    storage: 'double',
    bytes: '0000000000000000' + '0000000000408f40' + '000000000000e07f',
    format: '%tc',
  });
});

test.each<[ColumnGiven['type'], Cell, string]>([
  ['numeric', '8.98846567431158e307', 'beyond what Stata holds'],
  ['numeric', '1e999', 'beyond what Stata holds'],
  ['numeric', '-1e999', 'beyond what Stata holds'],
  ['date', '2023-02-29', 'YYYY-MM-DD'],
  ['month', '2023-13', 'YYYY-MM'],
  ['datetime', '2023-01-01 10:00', 'YYYY-MM-DDTHH:MM'],
  ['string', 'secret\0', 'NUL'],
  ['string', `secret${'x'.repeat(60)}\0y`, 'NUL'],
  ['string', `secret${'x'.repeat(3000)}\0y`, 'NUL'],
])(
  'of the type %s, a cell that Stata cannot hold is refused without being quoted',
  async (type, cell, why) => {
    const refusal = written({ type }, cell);
    await expect(refusal).rejects.toMatchObject({
      code: 'export.cell_unwritable',
      details: { variable: 'a_x', why: expect.stringContaining(why) },
    });
    await expect(refusal).rejects.not.toThrow(/secret|2023|999/);
  },
);
