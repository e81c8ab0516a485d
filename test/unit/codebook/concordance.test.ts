import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  byVariable,
  concordanceOf,
  type ConcordanceRow,
  pooled,
  poolingFault,
} from '../../../src/codebook/concordance.js';
import { concordanceText } from '../../../src/codebook/concordance-text.js';
import { parseRecodes } from '../../../src/codebook/recode.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';

interface Choice {
  value: string | number;
  code?: number;
  text: { ru: string; en: string };
}
const choice = (value: string | number, en: string, code?: number): Choice => ({
  value,
  text: { ru: `по-русски: ${en}`, en },
  ...(code === undefined ? {} : { code }),
});
const STAY = choice('stay', 'Stay', 1);
const MOVE = choice('move', 'Move', 2);
const BACK = choice('back', 'Go back', 3);

/** A wave whose questionnaire asks these questions. */
const wave = (letter: string, ...elements: object[]) => ({
  letter,
  variables: deriveVariables({ pages: [{ name: 'p', elements }] }, ['ru', 'en']),
});
const plan = (choices: Choice[], en = 'What do you plan?') => ({
  type: 'radiogroup',
  name: 'plan',
  title: { ru: `по-русски: ${en}`, en },
  choices,
});
const number = {
  type: 'text',
  inputType: 'number',
  name: 'plan',
  title: { ru: 'Сколько?', en: 'How many?' },
};

const rowsOf = (rows: readonly ConcordanceRow[], variable: string) =>
  rows.filter((row) => row.variable === variable);

describe('identity and versions', () => {
  test('a row for each variable and wave, in order; words that come back have their earlier number', () => {
    const rows = concordanceOf(
      [
        wave('a', plan([STAY, MOVE])),
        wave('b', plan([STAY, MOVE], 'And now?')),
        wave('c', { type: 'comment', name: 'last' }),
        wave('d', plan([STAY, MOVE])),
      ],
      [],
    );
    expect(rowsOf(rows, 'plan').map((row) => [row.wave, row.asked, row.version])).toEqual([
      ['a', true, 1],
      ['b', true, 2],
      ['c', false, 0],
      ['d', true, 1],
    ]);
    expect(rowsOf(rows, 'plan')[1]?.question).toEqual({ ru: 'по-русски: And now?', en: 'And now?' });
    expect(rows.map((row) => row.variable).filter((name, index, all) => all.indexOf(name) === index)).toEqual(
      ['plan', 'last', 'last_mis'],
    );
    expect(rowsOf(rows, 'plan')[2]).toMatchObject({ question: {}, codes: undefined, type: 'numeric' });
  });

  test('a change in one language or of one option is a version', () => {
    const inRussian = plan([STAY, { ...MOVE, text: { ...MOVE.text, ru: 'иначе' } }]);
    const rows = concordanceOf(
      [wave('a', plan([STAY, MOVE])), wave('b', inRussian), wave('c', plan([STAY, MOVE, BACK]))],
      [],
    );
    expect(rowsOf(rows, 'plan').map((row) => row.version)).toEqual([1, 2, 3]);
    expect(rows.every((row) => row.comparable)).toBe(true);
  });

  test('rows of child tables are left out', () => {
    const places = {
      type: 'paneldynamic',
      name: 'places',
      templateElements: [{ type: 'text', name: 'town' }],
    };
    expect(byVariable(concordanceOf([wave('a', places)], [])).map(([row]) => row?.variable)).toEqual([
      'places_n',
    ]);
  });
});

describe('comparable', () => {
  test('more options, and fewer again, stay comparable and say so', () => {
    const rows = concordanceOf(
      [wave('a', plan([STAY, MOVE])), wave('b', plan([STAY, MOVE, BACK])), wave('c', plan([STAY]))],
      [],
    );
    expect(rows.map((row) => [row.comparable, row.why])).toEqual([
      [true, undefined],
      [true, 'comparable, more options: 3'],
      [true, 'comparable, not offered: 2, 3'],
    ]);
    expect(pooled(rows).codes?.map(({ code }) => code)).toEqual([1, 2, 3]);
  });

  test('a code that means another value, and a value that has another code, are not comparable', () => {
    const swapped = plan([choice('stay', 'Stay', 2), choice('move', 'Move', 1)]);
    const moved = plan([STAY, choice('move', 'Move', 7)]);
    for (const other of [swapped, moved]) {
      const rows = concordanceOf([wave('a', plan([STAY, MOVE])), wave('b', other)], []);
      expect(rows.map((row) => row.comparable)).toEqual([true, false]);
      expect(() => pooled(rows)).toThrow(expect.objectContaining({ code: 'codebook.codes_not_comparable' }));
    }
    const [, row] = concordanceOf([wave('a', plan([STAY, MOVE])), wave('b', moved)], []);
    expect(row?.why).toBe('“move” had code 2 and has 7');
  });

  test('another type, or numbers in the place of categories, are not comparable; numbers for equal codes are', () => {
    const text = { type: 'text', name: 'plan', title: { ru: 'Что?', en: 'What?' } };
    const after = (first: object, second: object) =>
      concordanceOf([wave('a', first), wave('b', second)], []).find(
        (row) => row.variable === 'plan' && row.wave === 'b',
      );
    expect(after(plan([STAY, MOVE]), text)).toMatchObject({
      comparable: false,
      why: 'it is string and was numeric',
    });
    expect(after(plan([STAY, MOVE]), number)?.comparable).toBe(false);
    expect(after(plan([choice(1, 'One'), choice(2, 'Two')]), number)?.comparable).toBe(true);
  });

  test('a later wave is held against all the waves before, not only the last', () => {
    const rows = concordanceOf(
      [
        wave('a', plan([STAY, MOVE])),
        wave('b', plan([STAY])),
        wave('c', plan([STAY, choice('rest', 'Rest', 2)])),
      ],
      [],
    );
    expect(rows.map((row) => row.comparable)).toEqual([true, true, false]);
  });
});

describe('recodes', () => {
  const first = wave('a', plan([STAY, MOVE, BACK]));
  const second = wave('b', plan([choice('move', 'Move', 1), choice('stay', 'Stay', 2)]));
  const recode = (map: Record<string, number>, of = 'b') =>
    parseRecodes([{ variable: 'plan', wave: of, map, reason: 'the same words in another order' }]);

  test('a declared recode lets the waves be pooled, whichever of them it is for', () => {
    const rows = concordanceOf([first, second], recode({ 1: 2, 2: 1 }));
    expect(rows[1]).toMatchObject({ comparable: false, recode: { 1: 2, 2: 1 } });
    expect(rows[1]?.why).toContain('recoded: the same words in another order');
    expect(pooled(rows)).toMatchObject({ variable: 'plan', recodes: { b: { 1: 2, 2: 1 } } });
    expect(pooled(rows).codes?.map(({ code, value }) => [code, value])).toEqual([
      [1, 'stay'],
      [2, 'move'],
      [3, 'back'],
    ]);
    const other = concordanceOf([first, second], recode({ 1: 2, 2: 1, 3: 1 }, 'a'));
    expect(other.map((row) => row.comparable)).toEqual([false, true]);
    expect(pooled(other).codes?.map(({ value }) => value)).toEqual(['move', 'stay']);
  });

  test('a recode must cover every code of its wave, no others, and lead to codes that there are', () => {
    const faultsOf = (map: Record<string, number>, of?: string): unknown => {
      try {
        return concordanceOf([first, second], recode(map, of));
      } catch (cause) {
        return (cause as { details: { faults: string[] } }).details.faults;
      }
    };
    expect(faultsOf({ 1: 2 })).toEqual(['plan: say what code 2 of wave b becomes.']);
    expect(faultsOf({ 1: 2, 2: 1, 9: 1 })).toEqual(['plan: wave b has no code 9; leave it out.']);
    expect(faultsOf({ 1: 2, 2: 8 })).toEqual(['plan: code 2 of wave b becomes 8, which no other wave has.']);
    expect(faultsOf({ 1: 2 }, 'z')).toEqual(['plan: there is no wave z.']);
  });

  test('recodes of a wrong shape are told with their place', () => {
    const faultsOf = (json: unknown): unknown => {
      try {
        return parseRecodes(json);
      } catch (cause) {
        return (cause as { details: { faults: string[] } }).details.faults;
      }
    };
    expect(parseRecodes(undefined)).toEqual([]);
    expect(faultsOf({})).toEqual(['recodes: Give a list of recodes.']);
    expect(faultsOf([{ variable: 'plan', wave: 'b', map: { x: 1 }, reason: '' }])).toEqual([
      'recodes[0].map.x: Give the old code as a whole number in quotes.',
      'recodes[0].reason: Say why the codes may be read so.',
    ]);
    const one = { variable: 'plan', wave: 'b', map: { 1: 1 }, reason: 'as before' };
    expect(faultsOf([one, one])).toEqual(['plan in wave b is recoded twice; keep one.']);
  });
});

test('a list of many options is told by its beginning', () => {
  const many = Array.from({ length: 30 }, (_, index) => choice(`c${index}`, `Country ${index}`, index + 1));
  const rows = concordanceOf([wave('a', plan(many.slice(0, 2))), wave('b', plan(many))], []);
  expect(rows[1]?.why).toBe('comparable, more options: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 16 more');
  const text = concordanceText(rows, ['a', 'b'], []);
  expect(text).toContain('Country 10');
  expect(text).not.toContain('Country 28');
  expect(text).toContain('and 16 more words of options: see --json');
});

test('in a terminal: changes of words as before → after, and what cannot be pooled first', () => {
  const rows = concordanceOf(
    [
      wave('a', plan([STAY, MOVE])),
      wave('b', plan([STAY, choice('rest', 'Rest', 2)], 'And now?')),
      wave('c', { type: 'comment', name: 'last' }),
    ],
    [],
  );
  const faults = byVariable(rows).flatMap((of) => poolingFault(of)?.message ?? []);
  const text = concordanceText(rows, ['a', 'b', 'c'], faults);
  expect(text).toContain('1 cannot be pooled:\n  The waves of “plan” cannot be pooled: wave b: code 2 was');
  expect(text).toContain('en: What do you plan? → And now?');
  expect(text).toContain('en 2: Move → Rest');
  expect(text).toContain('ru 2: по-русски: Move → по-русски: Rest');
  expect(text).not.toContain('en 1: Stay →');
  expect(text).toContain('not asked in c');
});

describe('the study', () => {
  const rows = concordanceOf(
    ['a', 'b', 'c', 'd'].map((letter) => {
      const file = join(import.meta.dirname, `../../../surveys/new-russian-diasporas/${letter}.json`);
      return {
        letter,
        variables: deriveVariables(JSON.parse(readFileSync(file, 'utf8')) as object, ['ru', 'en']),
      };
    }),
    [],
  );

  test('every variable of waves 1 to 4 can be pooled as it stands', () => {
    const faults = byVariable(rows).flatMap((of) => poolingFault(of)?.message ?? []);
    expect(faults).toEqual([]);
  });

  test('the country question has other options from wave 2 on, and keeps its codes', () => {
    const country = rowsOf(rows, 'country');
    expect(country.map((row) => row.version)).toEqual([1, 2, 2, 2]);
    expect(country[1]?.why).toMatch(/^comparable, more options: /);
  });

  test('the strategy is the same question in every wave', () => {
    expect(rowsOf(rows, 'work_strategy').map(({ version, comparable }) => [version, comparable])).toEqual(
      ['a', 'b', 'c', 'd'].map(() => [1, true]),
    );
  });
});
