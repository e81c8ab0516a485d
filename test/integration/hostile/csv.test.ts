import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { neutralised } from '../../../src/export/sql-text.js';
import { ExportService } from '../../../src/export/export.service.js';
import { notAFormulaCell } from '../../../src/kit/csv.js';
import { anna } from '../../make/actors.js';
import { type Field, inTheField } from '../../make/field.js';
import { hostileText } from '../../make/hostile-text.js';
import { filesIn, textOf } from '../../make/repository.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

/** What a person, or whoever wrote the list of people, may say to reach the analyst's spreadsheet. */
const PLANTED = '=HYPERLINK("https://foreign.example")\n;@SUM(1)\t+1';

let field: Field;
let folder: string;
beforeAll(async () => {
  field = await inTheField([{ cohort: PLANTED, recruitmentSource: PLANTED }, {}]);
  const answers = completeAnswers(3, { occupation: PLANTED, last_word: PLANTED });
  expect((await (await field.visit(0)).submit(0, answers)).status).toBe(201);
  await field.database.asAdmin(
    'SET session_replication_role = replica; UPDATE residence_spell SET region = $$' + PLANTED + '$$',
  );
  folder = await mkdtemp(join(tmpdir(), 'onward-csv-'));
  await field.services(ExportService).export(field.study.id, folder, anna);
});
afterAll(async () => {
  await field.close();
  await rm(folder, { recursive: true, force: true });
});

test('PostgreSQL takes the same for a formula as we do', async () => {
  const texts = fc.sample(hostileText, 3000).filter((text) => !text.includes('\0'));
  const [row] = await field.rows<{ told: string[] }>(
    `SELECT array_agg(${neutralised('t.told')} ORDER BY t.nr) AS told FROM unnest($1::text[]) WITH ORDINALITY AS t (told, nr)`,
    [texts],
  );
  expect(row?.told).toEqual(texts.map(notAFormulaCell));
});

test('no cell of an export is one', async () => {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.csv'));
  expect(files.length).toBeGreaterThan(5);
  const found: string[] = [];
  let planted = 0;
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    for (const cell of (parse(text) as string[][]).flat()) {
      if (cell === notAFormulaCell(PLANTED)) planted += 1;
      if (/^\s*[=+\-@＝＋－＠]/.test(cell) && !/^-\d+(\.\d+)?$/.test(cell)) found.push(`${name}: ${cell}`);
    }
  }
  expect(found).toEqual([]);
  expect(planted).toBeGreaterThan(4);
});

test('whoever makes lines of cells makes them of cells that are none', () => {
  const makers = filesIn('src').filter((path) => /\.join\('[,;]'\)[^]*?\\r\\n|FORMAT csv/.test(textOf(path)));
  expect(makers).toEqual(expect.arrayContaining(['src/contact/mail-merge.ts', 'src/export/column.ts']));
  expect(makers.filter((path) => !/\b(csvCell|neutralised)\b/.test(textOf(path)))).toEqual([]);
});
