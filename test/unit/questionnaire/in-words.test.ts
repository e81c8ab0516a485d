import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerReader } from '../../../src/questionnaire/in-words.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const WAVE_A = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas/a.json'), 'utf8'),
) as object;

const SMALL = {
  pages: [
    {
      name: 'one',
      section: { ru: 'Работа', default: 'Work' },
      elements: [
        {
          type: 'radiogroup',
          name: 'job',
          title: { ru: 'Работаете ли вы, {prev.name}?', default: 'Do you work, {prev.name}?' },
          choices: [{ value: 'y', text: { ru: 'Да', default: 'Yes' } }],
        },
        {
          type: 'checkbox',
          name: 'langs',
          title: 'Languages',
          choices: ['de', 'sr'],
          visibleIf: '{job} = "n"',
        },
        {
          type: 'paneldynamic',
          name: 'kids',
          title: 'Children',
          templateElements: [
            { type: 'text', name: 'age', title: 'Age' },
            { type: 'text', name: 'town', title: 'Town' },
          ],
        },
        { type: 'comment', name: 'last', title: 'Anything else?' },
      ],
    },
  ],
};

it('gives the words of question and answer in the reader’s language, with the earlier answers that it names', () => {
  const answers = { job: 'y', kids: [{ age: 3, town: 'Нови-Сад' }, { age: 5 }] };
  expect(answerReader(SMALL, 'ru')(answers, { name: 'Вера' })).toEqual([
    { item: 'job', section: 'Работа', question: 'Работаете ли вы, Вера?', answer: ['Да'], refused: false },
    expect.objectContaining({
      item: 'kids',
      answer: expect.arrayContaining(['Age: 3', 'Town: Нови-Сад']) as unknown,
    }),
  ]);
  expect(answerReader(SMALL, 'en')({ job: 'y' })[0]).toMatchObject({ section: 'Work', answer: ['Yes'] });
});

it('keeps back nothing that is stored: refusals, what routing hides, what no question asks any more', () => {
  const read = answerReader(SMALL, 'en')({ 'last-refused': true, langs: ['de', 'sr'], gone: { a: 1 } });
  expect(read).toEqual([
    expect.objectContaining({ item: 'langs', answer: ['de, sr'] }),
    { item: 'last', section: 'Work', question: 'Anything else?', answer: [], refused: true },
    { item: 'gone', section: '', question: 'gone', answer: ['{"a":1}'], refused: false },
  ]);
});

it('keeps nothing of one person for the next', () => {
  const read = answerReader(SMALL, 'en');
  read({ last: 'secret', job: 'y' }, { name: 'Vera' });
  expect(read({})).toEqual([]);
  expect(JSON.stringify(read({ job: 'y' }))).not.toMatch(/secret|Vera/);
});

it('reads a whole questionnaire: every answer that is stored has words', () => {
  const answers = completeAnswers(5);
  const read = answerReader(WAVE_A, 'ru')(answers);
  const read2 = answerReader(WAVE_A, 'en')(answers);
  expect(read.length).toBeGreaterThan(30);
  const items = new Set(read.map(({ item }) => item));
  for (const item of Object.keys(answers)) expect(items).toContain(item.replace(/-(refused|Comment)$/, ''));
  for (const { answer, refused, question } of [...read, ...read2]) {
    expect(refused || answer.every((line) => line !== '')).toBe(true);
    expect(question).not.toMatch(/[{}]/);
  }
});
