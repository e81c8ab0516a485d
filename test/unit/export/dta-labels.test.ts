import { cutToBytes, cutToCharacters } from '../../../src/export/dta/dta-text.js';
import { type FileColumn } from '../../../src/export/format/file-table.js';
import { dtaOf } from '../../make/dta-file.js';
import { reasonsOf } from '../../make/dta-tables.js';
import { aTable, type ColumnGiven } from '../../make/file-table.js';

const LETTER_D = 2_147_483_621 + 4;
const yesNo: FileColumn['values'] = [
  { code: 2, label: { ru: 'Нет', en: 'No' } },
  { code: 1, label: { ru: 'Да', en: 'Yes' } },
];
const dontKnow = [{ code: -1, stata: 'd', label: { ru: 'Не знает', en: 'Does not know' } }];

const fileOf = (columns: ColumnGiven[], more = {}) => dtaOf(aTable(columns, [], { key: [], ...more }));
test('a column’s numbers and letters have their words in each language, in the order of the numbers', async () => {
  const file = await fileOf([{ name: 'a_x', values: yesNo, missing: dontKnow }]);
  expect(file.labelNames).toEqual(['a_x']);
  expect(file.tables).toEqual({
    a_x: { 1: 'Да', 2: 'Нет', [LETTER_D]: 'Не знает' },
    a_x_en: { 1: 'Yes', 2: 'No', [LETTER_D]: 'Does not know' },
  });
  expect(file.characteristics).toMatchObject({
    '_dta[_lang_list]': 'ru en',
    '_dta[_lang_c]': 'ru',
    '_dta[_lang_v_en]': 'Respondents',
    'a_x[_lang_v_en]': 'Column a_x',
    'a_x[_lang_l_en]': 'a_x_en',
  });
});

test('columns that say the same share their labels; what differs in one language only does not', async () => {
  const other = yesNo.map(({ code, label }) => ({ code, label: { ...label, en: `${label.en}!` } }));
  const file = await fileOf([
    { name: 'a_x', values: yesNo },
    { name: 'a_y', values: [...yesNo].reverse() },
    { name: 'a_z', values: other },
    { name: 'a_free' },
    { name: 'a_text', type: 'string' },
  ]);
  expect(file.labelNames).toEqual(['a_x', 'a_x', 'a_z', '', '']);
  expect(file.characteristics['a_y[_lang_l_en]']).toBe('a_x_en');
  expect(file.characteristics['a_free[_lang_l_en]']).toBeUndefined();
  expect(Object.keys(file.tables)).toEqual(['a_x', 'a_x_en', 'a_z', 'a_z_en']);
});

test('no two label tables have one name, and none is longer than 32', async () => {
  const long = `a${'b'.repeat(31)}`;
  const columns = ['a_x', 'a_x_en', long, `${long.slice(0, 29)}_en`].map((name, index) => ({
    name,
    values: [{ code: index, label: { ru: 'слово', en: 'word' } }],
  }));
  const file = await fileOf(columns);
  expect(file.characteristics['a_x[_lang_l_en]']).toBe('a_x_en_2');
  expect(file.tables.a_x_en_2).toEqual({ 0: 'word' });
  expect(file.tables.a_x_en).toEqual({ 1: 'слово' });
  const names = Object.keys(file.tables);
  expect(names.length).toBe(8);
  expect(names.every((name) => name.length <= 32)).toBe(true);
});

test('a code that is a reason’s has the reason’s words; a label without words is none', async () => {
  const values = [...yesNo, { code: -1, label: { ru: 'Минус' } }, { code: 3, label: {} }];
  const file = await fileOf([{ name: 'a_x', values, missing: dontKnow }]);
  expect(file.tables.a_x).toEqual({ 1: 'Да', 2: 'Нет', [LETTER_D]: 'Не знает' });
  const wordless = await fileOf([{ name: 'a_x', values: [{ code: 3, label: {} }] }]);
  expect(wordless).toMatchObject({ labelNames: [''], tables: {} });
});

test('words that a language lacks are those of the main one', async () => {
  const file = await fileOf([
    { name: 'a_x', label: { ru: 'Только так' }, values: [{ code: 1, label: { ru: 'Да' } }] },
  ]);
  expect(file.characteristics['a_x[_lang_v_en]']).toBe('Только так');
  expect(file.tables.a_x_en).toEqual({ 1: 'Да' });
});

test('a language is named as Stata takes it', async () => {
  const locales = ['sr-Latn', 'ru'];
  const file = await fileOf(
    [{ name: 'a_x', label: { 'sr-Latn': 'Posao' }, question: { 'sr-Latn': 'Imate li?' } }],
    { locales },
  );
  expect(file.labels).toEqual(['Posao']);
  expect(file.characteristics).toMatchObject({
    '_dta[_lang_list]': 'sr_Latn ru',
    '_dta[_lang_c]': 'sr_Latn',
    'a_x[question_sr_Latn]': 'Imate li?',
  });
});

test('whole texts stand beside the data', async () => {
  const long = 'Ы'.repeat(81);
  const file = await fileOf(
    [
      {
        name: 'a_x',
        label: { ru: long, en: 'Short' },
        question: { ru: 'Вопрос "да" или `нет`?\n%', en: 'Question?' },
        universe: { expression: '{a} = 1', text: { ru: 'Работающие', en: 'Workers' } },
        concept: 'job',
        wave: 'a',
        item: 'job',
      },
      { name: 'a_y', universe: { expression: null } },
    ],
    { label: { ru: long } },
  );
  expect(file.labels[0]).toBe('Ы'.repeat(80));
  const { characteristics } = file;
  expect(Object.entries(characteristics).filter(([name]) => !name.includes('_lang_'))).toEqual([
    ['_dta[label_ru]', long],
    ['_dta[source_ru]', 'Исследование, выпуск 1.0'],
    ['_dta[source_en]', 'A study, release 1.0'],
    ['a_x[label_ru]', long],
    ['a_x[question_ru]', 'Вопрос "да" или `нет`?\n%'],
    ['a_x[question_en]', 'Question?'],
    ['a_x[universe]', '{a} = 1'],
    ['a_x[universe_ru]', 'Работающие'],
    ['a_x[universe_en]', 'Workers'],
    ['a_x[concept]', 'job'],
    ['a_x[wave]', 'a'],
    ['a_x[item]', 'job'],
  ]);
});

test('what is too long is cut between characters as people see them', async () => {
  const family = '👩‍👩‍👧‍👦';
  expect(cutToCharacters(`${'x'.repeat(74)}${family}`, 80)).toBe('x'.repeat(74));
  expect(cutToCharacters(`${'x'.repeat(73)}${family}`, 80)).toBe(`${'x'.repeat(73)}${family}`);
  expect(cutToCharacters(`${'😀'.repeat(79)}e\u0301y`, 80)).toBe('😀'.repeat(79));
  expect(cutToCharacters('e' + '\u0301'.repeat(100), 80)).toBe('e' + '\u0301'.repeat(79));
  expect(cutToCharacters('😀'.repeat(80), 80)).toBe('😀'.repeat(80));
  expect(cutToBytes('дом', 6)).toBe('дом');
  expect(cutToBytes('дом', 5)).toBe('до');
  expect(cutToBytes(`a${family}`, 20)).toBe('a');
  expect(cutToBytes('a\0b', 5)).toBe('a\uFFFDb');
  const file = await fileOf([
    {
      name: 'a_x',
      question: { ru: 'ы'.repeat(40_000) },
      values: [{ code: 1, label: { ru: `x${'ы'.repeat(20_000)}` } }],
    },
  ]);
  expect(file.characteristics['a_x[question_ru]']).toBe('ы'.repeat(33_891));
  expect(file.tables.a_x?.[1]).toBe(`x${'ы'.repeat(15_999)}`);
});

test.each<[string, Omit<ColumnGiven, 'name'>]>([
  ['labels whole numbers', { values: [{ code: 1.5, label: { ru: 'Полтора' } }] }],
  ['labels whole numbers', { values: [{ code: 2_147_483_621, label: { ru: 'Много' } }] }],
  ['two labels', { values: [...yesNo, { code: 1, label: { ru: 'Ага' } }] }],
  ['65,536', { values: Array.from({ length: 65_537 }, (_, code) => ({ code, label: { ru: 'x' } })) }],
  ['no letter', { missing: [{ code: -1, stata: '.d', label: {} }] }],
  ['share', { missing: [...reasonsOf(false), { code: -13, stata: 'd', label: {} }] }],
  ['share', { missing: [...reasonsOf(false), { code: -1, stata: 'z', label: {} }] }],
])('labels that Stata cannot hold are refused: %s', async (why, column) => {
  await expect(fileOf([{ name: 'a_x', ...column }])).rejects.toMatchObject({
    code: 'export.cell_unwritable',
    details: { variable: 'a_x', why: expect.stringContaining(why) },
  });
});
