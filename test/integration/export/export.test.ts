import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { ExportService } from '../../../src/export/export.service.js';
import { FieldworkService } from '../../../src/fieldwork/fieldwork.service.js';
import { type Field, inTheField } from '../../make/field.js';
import { answersUpTo, completeAnswers } from '../../make/wave-a-answers.js';
import { anna } from '../../make/actors.js';

type Row = Record<string, string>;
interface Book {
  leftOut: { file: string; why: Record<string, string> }[];
  files: {
    file: string;
    key: string[];
    variables: {
      name: string;
      type: string;
      label: Record<string, string>;
      values?: { code: number; label: Record<string, string> }[];
      missing: { code: number }[];
    }[];
  }[];
}

const SPELLS = [
  { sp_country: 'TUR', sp_year: 2022, sp_month: 'mar' },
  { sp_country: 'SRB', sp_year: 2023, sp_month: 'summer' },
];
const FORMULA = '=HYPERLINK("x")\nвторая строка, "в кавычках"';
const WHOLE = completeAnswers(3, { spells: SPELLS, occupation: FORMULA, faith: 'refused', last_word: null });

let field: Field;
let folder: string;
beforeAll(async () => {
  field = await inTheField(6);
  await (await field.visit(0)).submit(0, WHOLE);
  await (
    await field.visit(1)
  ).save(0, answersUpTo('p_country', WHOLE), { page: 'p_country', reached: 'p_country' });
  await (await field.visit(2)).submit(0, { consent_take_part: 'no' });
  await (await field.visit(3)).submit(0, { consent_take_part: 'under18' });
  await field.visit(4);
  folder = await mkdtemp(join(tmpdir(), 'onward-export-'));
  await field.services(ExportService).export(field.study.id, folder, anna);
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

const text = (file: string) => readFile(join(folder, file), 'utf8');
const rowsOf = async (file: string) => parse(await text(file), { columns: true }) as Row[];

test('respondents have one row each, with numbers, reasons and texts as they were written', async () => {
  const [row, ...others] = await rowsOf('a_indresp.csv');
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    a_country: '688',
    a_disp: '1.1',
    a_intlang: 'ru',
    a_faith: '-2',
    a_spells_n: '2',
    a_occupation: `'${FORMULA}`,
    a_occupation_mis: '',
    a_last_word: '',
    a_last_word_mis: '-3',
    a_out_note_mis: '-8',
  });
});

test('every issued case stands in the sample file with its disposition', async () => {
  const rows = await rowsOf('a_indsamp.csv');
  expect(rows.map((row) => [row['a_state'], row['a_disp'], row['a_final']].join(' ')).sort()).toEqual([
    'complete 1.1 1',
    'ineligible 4.10 1',
    'invited 3.19 0',
    'opened 2.1121 0',
    'refused 2.111 1',
    'started 2.12 0',
  ]);
  expect(new Set(rows.map((row) => row['pidp'])).size).toBe(6);
  for (const row of rows) expect(row['pidp']).toMatch(/^[1-9]\d{8}$/);
});

test('a child table has a row an entry, and its people are respondents', async () => {
  const rows = await rowsOf('a_spells.csv');
  expect(
    rows.map((row) => [row['a_spells_i'], row['a_sp_country'], row['a_sp_year'], row['a_sp_month']]),
  ).toEqual([
    ['1', '792', '2022', '3'],
    ['2', '688', '2023', '22'],
  ]);
  const people = (await rowsOf('a_indresp.csv')).map((row) => row['pidp']);
  expect(people).toContain(rows[0]?.['pidp']);
});

test('the codebook names exactly the columns of each file, and every number that is in them', async () => {
  const book = JSON.parse(await text('codebook.json')) as Book;
  expect(
    book.files
      .map(({ file }) => file)
      .concat('codebook.json')
      .sort(),
  ).toEqual((await readdir(folder)).sort());
  for (const { file, key, variables } of book.files) {
    const rows = await rowsOf(file);
    const header = (await text(file)).split('\r\n')[0]?.split(',');
    expect(header).toEqual(variables.map(({ name }) => name));
    expect(new Set(rows.map((row) => key.map((name) => row[name]).join('/'))).size).toBe(rows.length);
    for (const { name, label, values, missing } of variables) {
      expect(Object.keys(label).sort()).toEqual(['en', 'ru']);
      if (!values) continue;
      const known = new Set([...values, ...missing].map(({ code }) => String(code)));
      for (const row of rows) expect(known).toContain(row[name]);
    }
  }
});

test('one wave is its own panel: the files across waves are left out, and the codebook says why', async () => {
  const book = JSON.parse(await text('codebook.json')) as Book;
  expect(book.leftOut.map(({ file }) => file)).toEqual(['panel_long.csv', 'panel_wide.csv']);
  for (const { why } of book.leftOut) expect(Object.keys(why).sort()).toEqual(['en', 'ru']);
});

test('records end with CRLF (RFC 4180), while a break inside an answer stays as it was written', async () => {
  const content = await text('a_indresp.csv');
  expect(content.endsWith('\r\n')).toBe(true);
  expect(content.split('\r\n')).toHaveLength(3);
  expect(content).toContain('\nвторая строка');
});

test('an item of a newer version is not in the version that was answered', async () => {
  await field.rows(
    `WITH newer AS (
       INSERT INTO questionnaire_version (id, study_id, content, imported_at)
       SELECT 'newer', study_id, replace(content, '"name": "job_level"', '"name": "job_level_new"'), imported_at + interval '1 day'
       FROM questionnaire_version WHERE id = (SELECT questionnaire_id FROM wave WHERE letter = 'a') RETURNING id)
     UPDATE wave SET questionnaire_id = 'newer' FROM newer WHERE letter = 'a'`,
  );
  const again = await mkdtemp(join(tmpdir(), 'onward-export-'));
  await field.services(ExportService).export(field.study.id, again, anna);
  const [row] = parse(await readFile(join(again, 'a_indresp.csv'), 'utf8'), { columns: true }) as Row[];
  await rm(again, { recursive: true });
  expect(row?.['a_job_level_new']).toBe('-6');
  expect(Number(row?.['a_job_level'])).not.toBe(-6);
});

test('person numbers differ from export to export, and a key gives the same ones again', async () => {
  const numbers = async (key?: Buffer) => {
    const out = await mkdtemp(join(tmpdir(), 'onward-export-'));
    await field.services(ExportService).export(field.study.id, out, anna, { key });
    const rows = parse(await readFile(join(out, 'a_indsamp.csv'), 'utf8'), { columns: true }) as Row[];
    await rm(out, { recursive: true });
    return rows.map((row) => row['pidp']);
  };
  const key = Buffer.alloc(32, 9);
  expect(await numbers(key)).toEqual(await numbers(key));
  expect(await numbers()).not.toEqual(await numbers());
});

test('the fieldwork page counts the same cases and moves', async () => {
  const now = await field.services(FieldworkService).now(field.study.id);
  expect(now.cases.reduce((sum, count) => sum + count.cases, 0)).toBe(6);
  expect(now.moves).toEqual([{ from: 'TUR', to: 'SRB', month: '2023-06', class: 'host_to_host', people: 1 }]);
});
