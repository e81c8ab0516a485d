import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import {
  type FileColumn,
  type FileTable,
  type ReadRows,
  wordsIn,
} from '../../src/export/format/file-table.js';
import { savBytes } from '../../src/export/sav/sav.js';
import { zsavBytes } from '../../src/export/sav/zsav.node.js';
import { run } from '../make/dta-readers.js';
import { randomTable, reasonsOf } from '../make/dta-tables.js';
import { aTable, type Cell } from '../make/file-table.js';
import { type HavenFile, type PsppFile, readSavByHaven, readSavByPspp } from '../make/sav-readers.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-sav-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Made {
  table: FileTable;
  read: ReadRows;
}

/** Writes a table as .sav and as .zsav. */
async function write(name: string, { table, read }: Made): Promise<string[]> {
  const paths = [join(folder, `${name}.sav`), join(folder, `${name}.zsav`)];
  await pipeline(Readable.from(savBytes(table, read)), createWriteStream(paths[0] ?? ''));
  await pipeline(Readable.from(zsavBytes(table, read)), createWriteStream(paths[1] ?? ''));
  return paths;
}

/** Strings are padded with spaces, so readers take those at the end off. */
const unpadded = (text: string) => text.replace(/ +$/, '');
const bytesOf = (text: string) => Buffer.byteLength(text);
const secondsOf = (cell: Cell) =>
  Date.parse(`${`${cell}-01`.slice(0, 10)}T${String(cell).slice(11) || '00:00'}Z`) / 1000;
/** Seconds from SPSS's epoch to 1970, by the calendar of ECMAScript. */
const EPOCH = -Date.UTC(1582, 9, 14) / 1000;

/** What haven makes of a cell. */
function shown({ type }: FileColumn, cell: Cell): Cell {
  if (type === 'string') return unpadded(String(cell ?? ''));
  if (cell === null) return null;
  if (type === 'numeric') return Number(cell);
  return secondsOf(cell) + (type === 'month' ? EPOCH : 0);
}

/** What PSPP writes of a cell into CSV, of numbers twelve digits and of an end of a line one character. */
function printed({ type }: FileColumn, cell: Cell): Cell {
  if (type === 'string') return unpadded(String(cell ?? '').replaceAll('\r\n', '\n'));
  if (cell === null) return null;
  if (type === 'numeric') return Number(Number(cell).toPrecision(12));
  const [year, month, day = '01'] = String(cell).slice(0, 10).split('-');
  const date = `${month}/${day}/${year}`;
  return type === 'datetime' ? `${date} ${`${String(cell).slice(11)}:00`.slice(0, 8)}` : date;
}
const parsed = ({ type }: FileColumn, cell: string): Cell => {
  if (type === 'string') return unpadded(cell);
  if (cell.trim() === '') return null;
  return type === 'numeric' ? Number(Number(cell).toPrecision(12)) : cell;
};

/** Whether a label is the text, or as much of its beginning as has room. */
const isLabelOf = (whole: string, label: string, most: number) =>
  bytesOf(whole) <= most
    ? label === unpadded(whole)
    : whole.startsWith(label) && bytesOf(label) <= most && !label.endsWith('\ufffd') && bytesOf(label) > 0;

/** Whole texts by attribute, as they were given. */
function attributesOf(column: FileColumn, locales: readonly string[]): Record<string, string[]> {
  const line = (text: string) => text.replaceAll(/\r\n|[\r\n]/g, ' ');
  const labelled = [...column.values, ...column.missing];
  const isCut = labelled.some(({ label }) => bytesOf(wordsIn(label, 'ru', locales)) > 120);
  const given: [string, string[]][] = [
    ...['ru', 'en'].flatMap((locale): [string, string[]][] => [
      [`label_${locale}`, [column.label[locale] ?? '']],
      [`question_${locale}`, [column.question?.[locale] ?? '']],
      [`universe_${locale}`, [column.universe?.text?.[locale] ?? '']],
      [
        `values_${locale}`,
        locale === 'en' || isCut
          ? labelled.map(({ code, label }) => (label[locale] ? `${code}=${label[locale]}` : ''))
          : [],
      ],
    ]),
    ['universe', [column.universe?.expression ?? '']],
    ['concept', [column.concept ?? '']],
    ['wave', [column.wave ?? '']],
    ['item', [column.item ?? '']],
  ];
  return Object.fromEntries(
    given
      .map(([name, texts]) => [name, texts.filter((text) => text !== '').map(line)] as const)
      .filter(([, texts]) => texts.length > 0),
  );
}

/** What haven read wrong. */
function wrongByHaven(table: FileTable, rows: Cell[][], file: HavenFile): string[] {
  const wrong: string[] = [];
  const see = (isRight: boolean, what: string) => isRight || wrong.push(what);
  const same = (one: unknown, other: unknown, what: string) =>
    see(
      JSON.stringify(one) === JSON.stringify(other),
      `${what}: ${JSON.stringify(one)} for ${JSON.stringify(other)}`,
    );
  see(isLabelOf(wordsIn(table.label, 'ru', table.locales), file.label, 64), 'label of the file');
  same(
    file.columns.map(({ name }) => name),
    table.columns.map(({ name }) => name),
    'names',
  );
  table.columns.forEach((column, index) => {
    const seen = file.columns[index];
    if (!seen) return;
    see(isLabelOf(wordsIn(column.label, 'ru', table.locales), seen.label, 255), `${column.name}: label`);
    const high = (column.missing[0]?.code ?? 0) < -100 ? -9_999_901 : -1;
    same(
      seen.range?.map(String),
      column.missing.length > 0 ? ['-Infinity', String(high)] : undefined,
      `${column.name}: range`,
    );
    const labelled = [...column.values, ...column.missing].filter(({ label }) =>
      wordsIn(label, 'ru', table.locales),
    );
    same(Object.keys(seen.values).length, labelled.length, `${column.name}: number of values`);
    for (const { code, label } of labelled)
      see(
        isLabelOf(wordsIn(label, 'ru', table.locales), seen.values[code] ?? '', 120),
        `${column.name}: value ${code}`,
      );
    rows.forEach((row, nr) => {
      const cell = shown(column, row[index] ?? null);
      see(
        Object.is(seen.cells[nr], cell),
        `${column.name}: ${JSON.stringify(seen.cells[nr])} for ${JSON.stringify(cell)}`,
      );
    });
  });
  return wrong;
}

/** PSPP prints texts without the space that they may begin with. */
const begun = (texts?: string[]) => JSON.stringify(texts?.map((text) => text.replace(/^ +/, '')));

/** What PSPP read wrong. */
function wrongByPspp(table: FileTable, rows: Cell[][], file: PsppFile): string[] {
  const wrong: string[] = [];
  table.columns.forEach((column, index) => {
    const expected = attributesOf(column, table.locales);
    const seen = file.attributes[column.name] ?? {};
    for (const name of new Set([...Object.keys(expected), ...Object.keys(seen)]))
      if (begun(expected[name]) !== begun(seen[name]))
        wrong.push(
          `${column.name}: ${name} ${JSON.stringify(seen[name])} for ${JSON.stringify(expected[name])}`,
        );
    rows.forEach((row, nr) => {
      const cell = parsed(column, file.rows[nr]?.[index] ?? '?');
      const given = printed(column, row[index] ?? null);
      if (cell !== given) wrong.push(`${column.name}: ${JSON.stringify(cell)} for ${JSON.stringify(given)}`);
    });
  });
  return wrong;
}

test('random tables come back from haven and PSPP with every cell, label, reason and attribute', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const tables = fc.sample(randomTable, { numRuns: 40, seed });
  const paths: string[] = [];
  for (const [index, made] of tables.entries()) paths.push(...(await write(`random-${index}`, made)));
  const [haven, pspp] = [await readSavByHaven(paths), await readSavByPspp(paths)];
  expect([haven.length, pspp.length]).toEqual([80, 80]);
  paths.forEach((path, index) => {
    const { table, rows } = tables[index >> 1] as (typeof tables)[number];
    const wrong = [
      ...wrongByHaven(table, rows, haven[index] as HavenFile),
      ...wrongByPspp(table, rows, pspp[index] as PsppFile),
    ];
    expect({ seed, path, wrong: wrong.map((each) => each.slice(0, 300)) }).toEqual({ seed, path, wrong: [] });
  });
}, 300_000);

const known = () =>
  aTable(
    [
      { name: 'pidp' },
      {
        name: 'a_job',
        label: { ru: 'Работа', en: 'Job' },
        measure: 'ordinal',
        values: [
          { code: 1, label: { ru: 'Есть', en: 'Has one' } },
          { code: 2, label: { ru: 'Нет', en: 'Has none' } },
        ],
        missing: reasonsOf(false),
      },
      { name: 'a_change', measure: 'scale', missing: reasonsOf(true) },
      { name: 'a_deep', missing: reasonsOf(false).slice(0, 2) },
      { name: 'a_text', type: 'string' },
      { name: 'a_on', type: 'date' },
      { name: 'a_month', type: 'month' },
      { name: 'a_at', type: 'datetime' },
    ],
    [
      [100000001, 1, -5, -7, 'Привет, мир', '1582-10-15', '1960-01', '1960-01-01T00:00'],
      [100000002, -1, '-0', -1, 'ы'.repeat(1500), '2024-02-29', '2022-02', '2022-02-24T05:30:09'],
      [100000003, -8, -9999902, 5, '', '1900-03-01', '1582-11', '2100-12-31T23:59:59'],
      [999999999, null, null, null, null, null, null, null],
    ],
  );

test('known values: reasons, dates, long texts and labels, in haven and PSPP', async () => {
  const paths = await write('known', known());
  const [haven, pspp] = [await readSavByHaven(paths), await readSavByPspp(paths)];
  expect(haven[0]).toEqual(haven[1]);
  expect(pspp[0]).toEqual(pspp[1]);
  const [file] = haven;
  expect(Object.fromEntries(file?.columns.map(({ name, cells }) => [name, cells]) ?? [])).toEqual({
    pidp: [100000001, 100000002, 100000003, 999999999],
    a_job: [1, -1, -8, null],
    a_change: [-5, -0, -9999902, null],
    a_deep: [-7, -1, 5, null],
    a_text: ['Привет, мир', 'ы'.repeat(1500), '', ''],
    a_on: [-12219292800, 1709164800, -2203891200, null],
    a_month: [11903760000, 13863052800, 1555200, null],
    a_at: [-315619200, 1645680609, 4133980799, null],
  });
  expect(file?.label).toBe('Ответившие');
  expect(file?.notes).toEqual([
    'Исследование, выпуск 1.0',
    'Ответившие',
    'A study, release 1.0',
    'Respondents',
  ]);
  expect(file?.columns.map(({ format }) => format)).toEqual([
    'F9.0',
    'F3.0',
    'F8.0',
    'F2.0',
    'A3001',
    'SDATE10',
    'MOYR8',
    'DATETIME20',
  ]);
  expect(file?.columns[1]).toMatchObject({
    label: 'Работа',
    values: { 1: 'Есть', 2: 'Нет', '-1': 'Причина d', '-12': 'Причина s' },
  });
  // Where a value lies below the reasons, they are missing by themselves.
  expect(file?.columns[3]).toMatchObject({ range: null, discrete: [-1, -2] });
  expect(pspp[0]?.missing).toMatchObject({
    pidp: '',
    a_job: 'LOWEST THRU -1',
    a_change: 'LOWEST THRU -9999901',
    a_deep: '-1; -2',
  });
  expect(pspp[0]?.rows.map((row) => row.slice(5))).toEqual([
    ['10/15/1582', '01/01/1960', '01/01/1960 00:00:00'],
    ['02/29/2024', '02/01/2022', '02/24/2022 05:30:09'],
    ['03/01/1900', '11/01/1582', '12/31/2100 23:59:59'],
    [' ', ' ', ' '],
  ]);
  expect(pspp[0]?.attributes['(dataset)']).toEqual({
    key: ['pidp'],
    label_en: ['Respondents'],
    label_ru: ['Ответившие'],
    name: ['a_indresp'],
    source_en: ['A study, release 1.0'],
    source_ru: ['Исследование, выпуск 1.0'],
  });
  for (const path of paths)
    expect(await run('readstat', [path], folder)).toMatch(/Columns: 8\nRows: 4\nTable label: Ответившие\n/);
});

/** A text of exactly so many bytes that repeats a character. */
const exactly = (character: string, bytes: number) => {
  const whole = character.repeat(Math.floor(bytes / bytesOf(character)));
  return whole + 'x'.repeat(bytes - bytesOf(whole));
};

test('texts of every length up to the longest come back byte by byte', async () => {
  const lengths = [
    1, 7, 8, 9, 254, 255, 256, 257, 504, 505, 758, 1013, 1785, 2000, 2040, 20_000, 32_752, 32_766,
  ];
  const scripts = ['ы', '😀', 'ש', 'Հ'];
  const columns = lengths.map((length) => ({ name: `text_of_${length}_bytes`, type: 'string' as const }));
  const rows = scripts.map((character) => lengths.map((length) => exactly(character, length)));
  const paths = await write('long', aTable(columns, rows));
  const [haven, pspp] = [await readSavByHaven(paths), await readSavByPspp(paths)];
  paths.forEach((_, index) => {
    expect(haven[index]?.columns.map(({ cells }) => cells)).toEqual(
      lengths.map((__, nr) => rows.map((row) => row[nr])),
    );
    expect(pspp[index]?.rows).toEqual(rows);
  });
  // What fills the longest string of a file, R is asked for by itself.
  const alone: string[] = [];
  for (const length of lengths.slice(7)) {
    const cells = [[exactly('ы', length)]];
    alone.push((await write(`alone-${length}`, aTable([{ name: 's', type: 'string' }], cells)))[0] ?? '');
  }
  expect((await readSavByHaven(alone)).map(({ columns: [column] }) => column?.cells)).toEqual(
    lengths.slice(7).map((length) => [exactly('ы', length)]),
  );
  // ReadStat drops the last byte of what fills the longest string, so only PSPP is asked.
  const longest = exactly('ы', 32_767);
  const [[read]] = [
    await readSavByPspp(await write('longest', aTable([{ name: 's', type: 'string' }], [[longest]]))),
  ];
  expect(read?.rows).toEqual([[longest]]);
});

test('a table without rows, and one of 3,000 columns', async () => {
  const columns = Array.from({ length: 3000 }, (_, index) => ({
    name: `a_variable_of_the_file_${index}`,
    type: index % 100 === 7 ? ('string' as const) : ('numeric' as const),
    question: { ru: `Вопрос ${index}`, en: `Question ${index}` },
  }));
  const row = columns.map(({ type }, index) => (type === 'string' ? `${'ы'.repeat(1000)}${index}` : index));
  const none = await write('none', aTable([{ name: 'x' }, { name: 's', type: 'string' }], []));
  const wide = await write('wide', aTable(columns, [row]));
  const [haven, pspp] = [await readSavByHaven([...none, ...wide]), await readSavByPspp([...none, ...wide])];
  for (const index of [0, 1]) {
    expect(haven[index]?.columns.map(({ name, cells }) => [name, cells])).toEqual([
      ['x', []],
      ['s', []],
    ]);
    expect(pspp[index]?.rows).toEqual([]);
  }
  for (const index of [2, 3]) {
    expect(haven[index]?.columns.map(({ name, cells }) => [name, ...cells])).toEqual(
      columns.map(({ name }, nr) => [name, row[nr]]),
    );
    expect(pspp[index]?.rows).toEqual([row.map(String)]);
    expect(pspp[index]?.attributes.a_variable_of_the_file_2999?.question_ru).toEqual(['Вопрос 2999']);
  }
}, 120_000);

test('a .zsav of many blocks is the .sav', async () => {
  const cells = Array.from({ length: 100 }, (_, row) => [row, Math.sqrt(row + 2), `текст ${row * row}`]);
  const { table, read } = aTable([{ name: 'x' }, { name: 'y' }, { name: 's', type: 'string' }], cells);
  const times = 6000;
  const made: Made = {
    table: { ...table, rows: cells.length * times },
    read: async function* () {
      for (let time = 0; time < times; time += 1) yield* read();
    },
  };
  const [sav = '', zsav = ''] = await write('many', made);
  const script = `library(haven); a <- read_sav('${sav}'); cat(identical(a, read_sav('${zsav}')), dim(a), sum(a$x))`;
  expect(await run('Rscript', ['-e', script], folder)).toBe('TRUE 600000 3 29700000');
  const [one, other] = [await readSavByPspp([sav]), await readSavByPspp([zsav])];
  expect(one[0]?.rows.length).toBe(600_000);
  expect(one[0]?.rows.join('\n') === other[0]?.rows.join('\n')).toBe(true);
}, 120_000);
