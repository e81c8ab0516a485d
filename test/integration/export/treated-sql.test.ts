import { DataSource } from 'typeorm';
import { treatedCell } from '../../../src/analysis/disclosure/treated-cell.js';
import { type Treatment } from '../../../src/analysis/disclosure/treatment.js';
import { treatedSql } from '../../../src/export/release/treated-sql.js';
import { testApp, type TestApp } from '../../make/app.js';

let town: TestApp;
beforeAll(async () => void (town = await testApp()));
afterAll(() => town.close());

const why = { en: 'grouped', ru: 'объединено' };
const NUMBERS = [
  '-12',
  '-8',
  '-2',
  '-30',
  '-1',
  '0',
  '1',
  '1.5',
  '7',
  '12',
  '13',
  '24',
  '99',
  '1000000',
  '',
  null,
];
const DATES = ['2026-03-05', '1999-12-31', '', null];
const CASES: [Treatment, (string | null)[]][] = [
  [{ kind: 'keep' }, NUMBERS],
  [{ kind: 'month' }, DATES],
  [{ kind: 'year' }, [...DATES, '2026-03']],
  [{ kind: 'topCode', share: 0.01, atLeast: 3, bounds: { low: 1, high: 24.5 } }, NUMBERS],
  [{ kind: 'topCode', share: 0.01, atLeast: 3, bounds: { high: 7 } }, NUMBERS],
  [{ kind: 'topCode', share: 0.01, atLeast: 3, bounds: {} }, NUMBERS],
  [{ kind: 'bands', width: 5, from: 0 }, NUMBERS],
  [{ kind: 'bands', width: 12, from: 1 }, NUMBERS],
  [{ kind: 'group', why, map: { '1': '7', '7': '1', "it's": 'x' }, values: [] }, [...NUMBERS, "it's"]],
  [{ kind: 'group', why, map: { '1': '7' }, else: '99', values: [] }, NUMBERS],
];

test.each(CASES)('%j changes a cell in SQL as it does in words', async (treatment, cells) => {
  const reasons = [-12, -8, -2];
  const inWords = treatedCell(treatment, new Set(reasons));
  const rows = await town
    .services(DataSource)
    .query<{ cell: string | null }[]>(
      `SELECT ${treatedSql(treatment, 't.v', reasons)} AS cell FROM unnest($1::text[]) WITH ORDINALITY AS t(v, nr) ORDER BY nr`,
      [cells],
    );
  expect(rows.map(({ cell }) => cell)).toEqual(cells.map(inWords));
});
