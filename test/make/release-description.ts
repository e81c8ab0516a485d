import { type ConcordanceRow } from '../../src/codebook/concordance.js';
import { MISSING_REASONS } from '../../src/codebook/missing-reason.js';
import { type FileReason, type FileTable, type ReadRows } from '../../src/export/format/file-table.js';
import { FrequencyCount } from '../../src/export/meta/frequencies.js';
import { type ReleaseDescription } from '../../src/export/meta/release-description.js';
import { aTable, blocksOf, type Cell, type ColumnGiven } from './file-table.js';

/** The reasons of these letters, as the columns of a file have them. */
export const reasons = (letters: string, negatives = false): FileReason[] =>
  [...letters].map((letter) => {
    const { code, words } = MISSING_REASONS.find(
      ({ stata }) => stata === `.${letter}`,
    ) as (typeof MISSING_REASONS)[number];
    return { code: negatives ? code - 9_999_900 : code, stata: letter, label: { ...words } };
  });

export interface FileGiven {
  name: string;
  key: string[];
  columns: readonly ColumnGiven[];
  rows: readonly (readonly Cell[])[];
}
export interface MadeFile extends FileGiven {
  table: FileTable;
  read: ReadRows;
}

export const SEX = [
  { code: 1, label: { ru: 'Женский', en: 'Female' } },
  { code: 2, label: { ru: 'Мужской', en: 'Male' } },
];
export const PLANS = [
  { code: 1, label: { ru: 'Остаться', en: 'Stay' } },
  { code: 2, label: { ru: 'Уехать «в ЕС»', en: 'Leave for the "EU"' } },
  { code: 3, label: { ru: 'Другое: 100 % & <b>', en: 'Other: 100 % & <b>' } },
];
const pidp: ColumnGiven = {
  name: 'pidp',
  label: { ru: 'Номер человека', en: 'Person number' },
};
const asked = (name: string, wave: string, more: Partial<ColumnGiven>): ColumnGiven => ({
  name: `${wave}_${name}`,
  wave,
  item: name,
  ...more,
});

const interview = (wave: string): ColumnGiven[] => [
  pidp,
  {
    name: `${wave}_hostcountry`,
    type: 'string',
    label: { ru: 'Страна (ISO 3166-1 alpha-3)', en: 'Country (ISO 3166-1 alpha-3)' },
  },
  asked('sex', wave, {
    label: { ru: 'Пол', en: 'Sex' },
    question: { ru: 'Ваш пол?', en: 'What is your sex?' },
    values: SEX,
    missing: reasons('drmq'),
    concept: 'demography',
  }),
  asked('plans', wave, {
    label: { ru: 'Планы на год', en: 'Plans for the year' },
    question: { ru: 'Что вы собираетесь делать в ближайший год?', en: 'What are you going to do next year?' },
    universe: { expression: '{age} >= 18', text: { ru: 'Взрослые', en: 'Adults' } },
    values: PLANS,
    missing: reasons('dri'),
    concept: 'migration intentions',
  }),
  asked('income', wave, {
    measure: 'scale',
    label: { ru: 'Доход в месяц, евро', en: 'Monthly income, euros' },
    question: { ru: 'Сколько вы зарабатываете в месяц?', en: 'How much do you earn a month?' },
    missing: reasons('dr'),
  }),
  asked('balance', wave, {
    measure: 'scale',
    label: { ru: 'Сбережения минус долги', en: 'Savings less debts' },
    missing: reasons('dr', true),
  }),
  asked('born', wave, {
    type: 'date',
    measure: 'scale',
    label: { ru: 'Дата рождения', en: 'Date of birth' },
  }),
  asked('words', wave, {
    type: 'string',
    label: { ru: 'Своими словами', en: 'In own words' },
    question: { ru: 'Расскажите своими словами.', en: 'Tell us in your own words.' },
  }),
];
const LONG = 'Жить «здесь», עברית, հայերեն 🙂 '.repeat(60).trim();

/** A small release of two waves, made up: every kind of column, reasons of both kinds, and words that are hard to quote. */
export const FILES: FileGiven[] = [
  {
    name: 'a_indresp',
    key: ['pidp'],
    columns: interview('a'),
    rows: [
      [100000123, 'SRB', 1, 1, 1200, 150.5, '1985-02-28', 'Спокойно, "тихо"'],
      [200000456, 'GEO', 2, 2, -1, -9999901, '1900-01-01', ''],
      [300000789, 'SRB', -2, -8, 830.25, -40, null, null],
      [400000012, 'ARM', 2, 3, -2, -1, '2004-12-31', LONG],
      [500000345, 'KAZ', -6, 1, 0, -9999902, '1999-10-31', "'=1+1"],
    ],
  },
  {
    name: 'b_indresp',
    key: ['pidp'],
    columns: interview('b'),
    rows: [
      [100000123, 'SRB', 1, 2, 1300, 0, '1985-02-28', null],
      [400000012, 'ARM', 2, -1, 900, 12, '2004-12-31', 'Да, «так» и есть; a, b'],
    ],
  },
  {
    name: 'panel_long',
    key: ['pidp', 'wave'],
    columns: [
      pidp,
      { name: 'wave', measure: 'ordinal', label: { ru: 'Волна; a — 1', en: 'Wave; a is 1' } },
      {
        name: 'plans',
        item: 'plans',
        label: { ru: 'Планы на год', en: 'Plans for the year' },
        values: PLANS,
        missing: reasons('driy'),
      },
    ],
    rows: [
      [100000123, 1, 1],
      [100000123, 2, 2],
      [200000456, 1, 2],
      [300000789, 1, -8],
      [400000012, 1, 3],
      [400000012, 2, -1],
      [500000345, 1, 1],
    ],
  },
  {
    name: 'spell_residence',
    key: ['pidp', 'spell'],
    columns: [
      pidp,
      { name: 'spell', measure: 'scale', label: { ru: 'Номер периода', en: 'Number of the spell' } },
      { name: 'country', type: 'string', label: { ru: 'Страна', en: 'Country' } },
      { name: 'movedin', type: 'month', label: { ru: 'Месяц приезда', en: 'Month of moving in' } },
      { name: 'movedout', type: 'month', label: { ru: 'Месяц отъезда', en: 'Month of moving out' } },
      { name: 'begin_m', measure: 'scale', label: { ru: 'Первый месяц', en: 'First month' } },
      { name: 'end_m', measure: 'scale', label: { ru: 'Последний месяц', en: 'Last month' } },
      {
        name: 'open',
        label: { ru: 'Не окончен', en: 'Open' },
        values: [
          { code: 0, label: { ru: 'Нет', en: 'No' } },
          { code: 1, label: { ru: 'Да', en: 'Yes' } },
        ],
      },
      { name: 'confirmedon', type: 'date', label: { ru: 'Подтверждено', en: 'Confirmed' } },
    ],
    rows: [
      [100000123, 1, 'RUS', '1985-02', '2022-03', -442, 2, 0, null],
      [100000123, 2, 'SRB', '2022-03', null, 3, 50, 1, '2026-02-14'],
      [200000456, 1, 'GEO', '2021-09', null, -3, 38, 1, '2025-02-01'],
    ],
  },
  {
    name: 'moves',
    key: ['pidp', 'move'],
    columns: [
      pidp,
      { name: 'move', measure: 'scale', label: { ru: 'Номер переезда', en: 'Number of the move' } },
      { name: 'to_country', type: 'string', label: { ru: 'Куда', en: 'Country of arrival' } },
      { name: 'month', type: 'month', label: { ru: 'Месяц приезда', en: 'Month of arrival' } },
    ],
    rows: [
      [100000123, 1, 'DEU', '2023-05'],
      [100000123, 2, 'SRB', '2024-01'],
    ],
  },
];

const wording = (): ConcordanceRow[] =>
  ['sex', 'plans', 'income'].flatMap((variable) =>
    ['a', 'b'].map((wave): ConcordanceRow => {
      const column = interview(wave).find(({ name }) => name === `${wave}_${variable}`);
      const changed = variable === 'plans' && wave === 'b';
      return {
        variable,
        wave,
        asked: true,
        version: changed ? 2 : 1,
        type: 'numeric',
        measure: column?.measure ?? 'nominal',
        question: changed
          ? { ru: 'Что вы будете делать?', en: 'What will you do?' }
          : (column?.question ?? {}),
        codes: column?.values?.map(({ code, label }) => ({ code, label, value: code })),
        comparable: true,
        recode: undefined,
      };
    }),
  );

/** Made from files as they are read; `more` replaces parts of the description. */
export function aRelease(
  files: readonly FileGiven[] = FILES,
  more: Partial<ReleaseDescription> = {},
): { release: ReleaseDescription; files: MadeFile[] } {
  const made = files.map((file): MadeFile => {
    const { table, read } = aTable(file.columns, file.rows, {
      name: file.name,
      key: file.key,
      label: { ru: `Файл ${file.name}`, en: `File ${file.name}` },
    });
    return { ...file, table, read };
  });
  const release: ReleaseDescription = {
    study: {
      id: 'new-russian-diasporas',
      code: 'nrd',
      title: { ru: 'Жизнь на новом месте', en: 'Life in a new place' },
      population: { ru: 'Уехавшие после 24 февраля 2022 года', en: 'People who left after 24 February 2022' },
      hostCountries: [
        { code: 'SRB', name: { ru: 'Сербия', en: 'Serbia' } },
        { code: 'ARM', name: { ru: 'Армения', en: 'Armenia' } },
      ],
    },
    kind: 'SUF',
    version: '1.0',
    name: 'nrd-1.0',
    directory: 'nrd_SUF_v1.0',
    madeAt: new Date('2026-03-01T23:30:00Z'),
    software: 'Onward 0.1.0',
    authors: [{ name: 'Example, Anna' }, { name: 'Группа исследования' }],
    locales: ['ru', 'en'],
    formats: ['csv'],
    waves: [
      {
        letter: 'a',
        title: { ru: 'Первая волна', en: 'First wave' },
        openedOn: '2025-01-10',
        closedOn: '2025-03-10',
        questionnaire: { id: '11111111-1111-4111-8111-111111111111', sha256: 'a'.repeat(64) },
      },
      {
        letter: 'b',
        title: { ru: 'Вторая волна', en: 'Second wave' },
        openedOn: '2026-01-10',
        closedOn: null,
        questionnaire: { id: '22222222-2222-4222-8222-222222222222', sha256: 'b'.repeat(64) },
      },
    ],
    files: made.map(({ table, columns, rows }) => {
      const count = new FrequencyCount(table.columns);
      for (const block of blocksOf(rows, columns.length)) count.add(block);
      return { table, frequencies: count.result() };
    }),
    wording: wording(),
    leftOut: [{ file: 'panel_wide', why: { ru: 'Столбцов слишком много.', en: 'Too many columns.' } }],
    notPooled: [{ variable: 'work', why: ['wave b: code 1 was “yes” and is “no”'] }],
    erased: 1,
    rules: [{ ru: 'Даты округлены до месяца.', en: 'Dates are given by month.' }],
    ...more,
  };
  return { release, files: made };
}

/** A file as the CSV of a release: quotes where they are needed, nothing for an empty cell. */
export const csvOf = ({ columns, rows }: FileGiven): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(csvCellOf).join(',')}\r\n`).join('');

function csvCellOf(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export const asText = (pieces: Iterable<string>): string => [...pieces].join('');
