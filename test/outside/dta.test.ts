import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { dtaBytes } from '../../src/export/dta/dta.js';
import {
  type FileColumn,
  type FileTable,
  type ReadRows,
  wordsIn,
} from '../../src/export/format/file-table.js';
import {
  readByHaven,
  readByPandas,
  readByReadstata13,
  type ReadCell,
  type ReadFile,
  type ReadWithCharacteristics,
  run,
} from '../make/dta-readers.js';
import { randomTable, reasonsOf } from '../make/dta-tables.js';
import { aTable, type Cell } from '../make/file-table.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-dta-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, { table, read }: { table: FileTable; read: ReadRows }): Promise<string> {
  const path = join(folder, name);
  await pipeline(Readable.from(dtaBytes(table, read)), createWriteStream(path));
  return path;
}

const letterOf = (column: FileColumn, cell: Cell) =>
  column.missing.find(({ code }) => code === Number(cell))?.stata;

/** What a cell is to Stata: days, months or milliseconds from 1960 for what is a moment. */
function stored(column: FileColumn, cell: Cell): ReadCell {
  if (column.type === 'string') return cell === null ? '' : String(cell);
  if (cell === null) return { missing: '.' };
  const [year = 0, month = 0] = String(cell).split('-').map(Number);
  if (column.type === 'month') return (year - 1960) * 12 + month - 1;
  if (column.type === 'date') return (Date.parse(String(cell)) - Date.UTC(1960, 0, 1)) / 86_400_000;
  if (column.type === 'datetime') return Date.parse(`${cell}Z`) - Date.UTC(1960, 0, 1);
  const letter = letterOf(column, cell);
  return letter === undefined ? Number(cell) + 0 : { missing: `.${letter}` };
}

/** What haven makes of a cell: dates as texts. */
function shown(column: FileColumn, cell: Cell): ReadCell {
  if (cell === null || !/date/.test(column.type)) return stored(column, cell);
  return column.type === 'datetime' ? `${cell}:00`.slice(0, 19) : String(cell);
}

function valuesIn({ locales }: FileTable, column: FileColumn, locale: string): Record<string, string> {
  const numbers = column.values.map(
    ({ code, label }) => [String(code), wordsIn(label, locale, locales)] as const,
  );
  const letters = column.missing.map(
    ({ stata, label }) => [`.${stata}`, wordsIn(label, locale, locales)] as const,
  );
  return Object.fromEntries([...numbers, ...letters].filter(([, words]) => words !== ''));
}

interface Told {
  name: string;
  values: Record<string, string>;
  cells: ReadCell[];
}

const toldBy = ({ columns }: ReadFile): Told[] =>
  columns.map(({ name, values, cells }) => ({ name, values, cells }));
const expectedOf = (
  table: FileTable,
  rows: Cell[][],
  of: (column: FileColumn, cell: Cell) => ReadCell,
): Told[] =>
  table.columns.map((column, index) => ({
    name: column.name,
    values: valuesIn(table, column, 'ru'),
    cells: rows.map((row) => of(column, row[index] ?? null)),
  }));

/** Without blanks at the end of texts: haven takes some of them off. */
const unpadded = (told: Told[]): Told[] =>
  told.map(({ name, values, cells }) => ({
    name,
    values: Object.fromEntries(Object.entries(values).map(([code, words]) => [code, trimmed(words)])),
    cells: cells.map((cell) => (typeof cell === 'string' ? trimmed(cell) : cell)),
  }));
const trimmed = (text: string) => text.replace(/ +$/, '');

/** Whether a label is the whole text, or its beginning of at most 80 characters. */
const isLabelOf = (whole: string, label: string) =>
  [...whole].length <= 80
    ? label === whole
    : whole.startsWith(label) && [...label].length <= 80 && label !== '';

/** What readstata13 read wrong of the texts beside the data. */
function wrongTexts(table: FileTable, file: ReadWithCharacteristics): string[] {
  const wrong: string[] = [];
  const see = (isRight: boolean, what: string) => isRight || wrong.push(what);
  const { characteristics, languages } = file;
  see(
    characteristics['_dta[_lang_list]'] === 'ru en' && characteristics['_dta[_lang_c]'] === 'ru',
    'languages',
  );
  see(characteristics['_dta[source_ru]'] === (table.source.ru || undefined), 'source');
  table.columns.forEach((column, index) => {
    const { name, label } = column;
    const of = (key: string) => characteristics[`${name}[${key}]`] ?? '';
    for (const locale of ['ru', 'en']) {
      const words = wordsIn(label, locale, table.locales);
      const seen = languages[locale]?.[name];
      see(isLabelOf(words, seen?.label ?? ''), `${name}: label ${locale}`);
      see(
        JSON.stringify(seen?.values) === JSON.stringify(valuesOrdered(table, column, locale)),
        `${name}: values ${locale}`,
      );
      const whole = label[locale] ?? '';
      see(of(`label_${locale}`) === ([...whole].length > 80 ? whole : ''), `${name}: whole label ${locale}`);
      see(of(`question_${locale}`) === (column.question?.[locale] ?? ''), `${name}: question ${locale}`);
      see(
        of(`universe_${locale}`) === (column.universe?.text?.[locale] ?? ''),
        `${name}: universe ${locale}`,
      );
    }
    see(of('universe') === (column.universe?.expression ?? ''), `${name}: universe`);
    see(of('concept') === column.concept, `${name}: concept`);
    see(file.columns[index]?.label === languages.ru?.[name]?.label, `${name}: present label`);
  });
  return wrong;
}

/** In Stata's order: numbers, then letters. */
const valuesOrdered = (table: FileTable, column: FileColumn, locale: string) =>
  Object.fromEntries(
    Object.entries(valuesIn(table, column, locale)).sort(([a], [b]) => {
      const [left, right] = [Number(a), Number(b)];
      if (Number.isNaN(left) && Number.isNaN(right)) return a < b ? -1 : 1;
      return Number.isNaN(left) ? 1 : Number.isNaN(right) ? -1 : left - right;
    }),
  );

test('random tables come back from pandas, haven and readstata13 with every cell, label and reason', async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const tables = fc.sample(randomTable, { numRuns: 40, seed });
  const paths: string[] = [];
  for (const [index, made] of tables.entries()) paths.push(await write(`random-${index}.dta`, made));
  const [pandas, haven, readstata13] = await Promise.all([
    readByPandas(paths),
    readByHaven(paths),
    readByReadstata13(paths),
  ]);
  tables.forEach(({ table, rows }, index) => {
    const at = { seed, index };
    const [byPandas, byHaven, byReadstata13] = [pandas[index], haven[index], readstata13[index]];
    if (!byPandas || !byHaven || !byReadstata13)
      throw new Error(`File ${index} of the seed ${seed} was not read.`);
    const expected = expectedOf(table, rows, stored);
    expect({ ...at, columns: toldBy(byPandas) }).toEqual({ ...at, columns: expected });
    expect({ ...at, columns: unpadded(toldBy(byHaven)) }).toEqual({
      ...at,
      columns: unpadded(expectedOf(table, rows, shown)),
    });
    // Where there is no row, readstata13 makes one up.
    const none = rows.length === 0 ? { cells: [] } : {};
    const columns = toldBy(byReadstata13).map((column) => ({ ...column, ...none }));
    expect({ ...at, columns }).toEqual({ ...at, columns: expected });
    expect({ ...at, wrong: wrongTexts(table, byReadstata13) }).toEqual({ ...at, wrong: [] });
    expect(isLabelOf(wordsIn(table.label, 'ru', table.locales), byReadstata13.label)).toBe(true);
  });
}, 300_000);

const known = () =>
  aTable(
    [
      { name: 'pidp' },
      {
        name: 'a_job',
        label: { ru: 'Работа', en: 'Job' },
        values: [
          { code: 1, label: { ru: 'Есть', en: 'Has one' } },
          { code: 2, label: { ru: 'Нет', en: 'Has none' } },
        ],
        missing: reasonsOf(false),
      },
      { name: 'a_change', measure: 'scale', missing: reasonsOf(true) },
      { name: 'a_text', type: 'string' },
      { name: 'a_on', type: 'date' },
      { name: 'a_month', type: 'month' },
      { name: 'a_at', type: 'datetime' },
    ],
    [
      [100000001, 1, -5, 'Привет, мир', '1960-01-01', '1960-01', '1960-01-01T00:00'],
      [100000002, -1, 0.25, 'ы'.repeat(1500), '2024-02-29', '2022-02', '2022-02-24T05:30:09'],
      [100000003, -8, -9999902, '', '1900-03-01', '1959-12', '1959-12-31T23:59:59'],
      [999999999, null, null, null, null, null, null],
    ],
  );

test('known values: letters, dates, long texts and both languages, in haven and readstata13', async () => {
  const path = await write('known.dta', known());
  const [[haven], [readstata13]] = await Promise.all([readByHaven([path]), readByReadstata13([path])]);
  const cells = Object.fromEntries(haven?.columns.map((column) => [column.name, column.cells]) ?? []);
  expect(cells).toEqual({
    pidp: [100000001, 100000002, 100000003, 999999999],
    a_job: [1, { missing: '.d' }, { missing: '.i' }, { missing: '.' }],
    a_change: [-5, 0.25, { missing: '.r' }, { missing: '.' }],
    a_text: ['Привет, мир', 'ы'.repeat(1500), '', ''],
    a_on: ['1960-01-01', '2024-02-29', '1900-03-01', { missing: '.' }],
    a_month: [0, 745, -1, { missing: '.' }],
    a_at: ['1960-01-01T00:00:00', '2022-02-24T05:30:09', '1959-12-31T23:59:59', { missing: '.' }],
  });
  expect(haven?.label).toBe('Ответившие');
  expect(haven?.columns[1]).toMatchObject({
    label: 'Работа',
    values: { 1: 'Есть', 2: 'Нет', '.d': 'Причина d' },
  });
  expect(readstata13?.languages.en?.a_job).toMatchObject({
    label: 'Job',
    values: { 1: 'Has one', 2: 'Has none', '.d': 'Reason d' },
  });
  expect(readstata13?.columns.map(({ format }) => format)).toEqual([
    '%12.0g',
    '%8.0g',
    '%10.0g',
    '%-244s',
    '%td',
    '%tm',
    '%tc',
  ]);
});

test('ReadStat and gretl read a file', async () => {
  const path = await write('plain.dta', known());
  expect(await run('readstat', [path], folder)).toMatch(
    /Columns: 7\nRows: 4\nTable label: Ответившие\nFormat version: 118\n/,
  );
  await writeFile(join(folder, 'summary.inp'), `open ${path}\nprintf "sum %g\\n", sum(a_change)\n`);
  expect(await run('gretlcli', ['-b', 'summary.inp'], folder)).toContain('sum -4.75');
});

test('33,000 columns become a file of format 119', async () => {
  const columns = Array.from({ length: 33_000 }, (_, index) => ({
    name: `v${index}`,
    type: index === 32_900 ? ('string' as const) : ('numeric' as const),
    question: { ru: `Вопрос ${index}` },
  }));
  const cellsOf = (row: number) =>
    columns.map(({ type }, index) => (type === 'string' ? 'ы'.repeat(1100 + row) : index + row));
  const path = await write('wide.dta', aTable(columns, [cellsOf(0), cellsOf(1)], { key: ['v0'] }));
  const [[pandas], [haven]] = await Promise.all([readByPandas([path]), readByHaven([path])]);
  expect(pandas?.columns.map(({ cells }) => cells[1])).toEqual(cellsOf(1));
  expect(pandas?.columns[32_999]).toMatchObject({ name: 'v32999', label: 'Столбец v32999' });
  // Of the format 119, haven finds no long texts.
  const numbers = (cells: ReadCell[]) => cells.filter((_, index) => index !== 32_900);
  expect(numbers(haven?.columns.map(({ cells }) => cells[1] ?? '') ?? [])).toEqual(numbers(cellsOf(1)));
}, 120_000);
