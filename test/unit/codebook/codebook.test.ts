import { codebook } from '../../../src/codebook/codebook.js';
import { codebookText } from '../../../src/codebook/codebook-text.js';
import { MISSING_REASONS } from '../../../src/codebook/missing-reason.js';
import { makeRecorder } from '../../../src/questionnaire/record.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';
import { everyQuestionTypeWithFiles } from '../../make/every-question-type.js';
import { readJson } from '../surveys/follow-up.js';

const json = everyQuestionTypeWithFiles();
const book = codebook(json, { locales: ['ru', 'en'], wave: 'a' });
const find = (name: string) => {
  const found = book.tables.flatMap((table) => table.variables).find((variable) => variable.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

test('every file declares its unique key', () => {
  expect(book.tables.map(({ name, key }) => [name, key])).toEqual([
    ['main', ['pidp']],
    ['trips', ['pidp', 'a_trips_i']],
    ['household', ['pidp', 'a_household_i']],
    ['household_schools', ['pidp', 'a_household_i', 'a_household_schools_i']],
  ]);
});

test('a variable with its words in every language', () => {
  expect(find('a_host_country')).toMatchObject({
    type: 'numeric',
    measure: 'nominal',
    concept: 'residence',
    label: { ru: 'Где вы живёте?', en: 'Where do you live?' },
    page: 2,
    universe: { expression: null },
  });
  expect(find('a_host_country').values?.[0]).toEqual({
    code: 688,
    value: 'srb',
    label: { ru: 'Сербия', en: 'Serbia' },
  });
  expect(find('a_host_country').missing.map(({ code, stata }) => [code, stata])).toEqual([
    [-1, '.d'],
    [-2, '.r'],
    [-3, '.m'],
    [-4, '.b'],
    [-9, '.e'],
  ]);
  expect(find('a_host_country').missing[1]?.label).toEqual({ ru: 'Отказ от ответа', en: 'Refused' });
});

test('the reasons of a text stand in its companion', () => {
  expect(find('a_city').missing).toEqual([]);
  expect(find('a_city_mis').missing.map(({ code }) => code)).toContain(-3);
});

test.each([
  ['every kind of question', json, { trips: [{}], household: [{ schools: [{}] }] }],
  ['a follow-up wave', readJson('b.json'), { spells: [{}], spells_fix: [{}] }],
])('the codebook and the record of %s name the same columns', (_name, questionnaire, answers) => {
  const { main, children } = makeRecorder(deriveVariables(questionnaire))(answers, {
    inapplicable: () => false,
    reachedPage: 'submitted',
  });
  const plain = codebook(questionnaire, { locales: ['en'] });
  for (const table of plain.tables) {
    const row = table.name === 'main' ? main : children[table.name]?.[0];
    expect(Object.keys(row ?? {})).toEqual(table.variables.map(({ name }) => name));
  }
});

test('an earlier answer is coded like the item, and says what became of it in every language', () => {
  const follow = codebook(readJson('b.json'), { locales: ['ru', 'en'], wave: 'b' });
  const of = (name: string) => follow.tables[0]?.variables.find((variable) => variable.name === name);
  expect(of('b_ff_init_has')).toMatchObject({
    computed: true,
    item: 'init_has',
    label: { ru: expect.stringContaining('Прежний ответ'), en: expect.stringContaining('Earlier answer') },
    values: of('b_init_has')?.values,
    missing: [{ code: -8 }, { code: -9 }],
  });
  expect(of('b_ff_init_has_out')?.values?.[0]).toEqual({
    code: 1,
    value: 'confirmed',
    label: { ru: 'Подтверждён', en: 'Confirmed' },
  });
  expect(of('b_ff_place')?.values).toContainEqual({
    code: 688,
    value: 'SRB',
    label: { ru: 'Сербия', en: 'Serbia' },
  });
});

test('every cell holds a value of its type, a category or a declared reason', () => {
  const { main } = makeRecorder(deriveVariables(json))(
    { age: 33 },
    { inapplicable: (p) => p === 'wish', reachedPage: 3 },
  );
  for (const variable of codebook(json, { locales: ['en'] }).tables[0]?.variables ?? []) {
    const cell = main[variable.name];
    if (cell === null || variable.name === 'age') continue;
    const known = [...variable.missing, ...(variable.values ?? [])].map(({ code }) => code);
    if (variable.path !== 'wish' && !variable.path.startsWith('wish{'))
      expect([variable.name, known]).toEqual([variable.name, expect.arrayContaining([cell])]);
  }
});

test('missing reasons are those of the panel, each once', () => {
  expect(MISSING_REASONS.map(({ code, stata }) => `${code}${stata}`)).toEqual([
    '-1.d',
    '-2.r',
    '-3.m',
    '-4.b',
    '-5.v',
    '-6.q',
    '-7.p',
    '-8.i',
    '-9.e',
    '-10.y',
    '-11.w',
    '-12.s',
  ]);
  for (const { words } of MISSING_REASONS)
    expect(words).toEqual({ en: expect.any(String), ru: expect.stringMatching(/[а-я]/) });
});

test('plain text for a terminal, in the language asked for', () => {
  const text = codebookText(book, 'ru');
  expect(text).toContain('== household ==\nСтрока на: pidp × a_household_i');
  expect(text).toContain('a_host_country  (numeric, nominal)\n  Где вы живёте?');
  expect(text).toContain('     688  Сербия');
  expect(text).toContain('Задаётся, если: ({age} >= 18) and ({plans_move} = true)');
  expect(codebookText(book, 'en')).toContain('-2 Refused');
});
