import { ComponentCollection } from 'survey-core';
import * as fc from 'fast-check';
import {
  deriveTables,
  deriveVariables,
  type Variable,
} from '../../../src/questionnaire/variable/variables.js';
import { everyQuestionTypeWithFiles } from '../../make/every-question-type.js';

const derived = deriveTables(everyQuestionTypeWithFiles());
const namesOf = (item: string, variables = derived.variables) =>
  variables.filter((v) => v.item === item && v.table === 'main').map((v) => v.name);
const columnsOf = (table: string) => derived.variables.filter((v) => v.table === table).map((v) => v.name);
const named = (name: string, variables = derived.variables): Variable => {
  const found = variables.find((variable) => variable.name === name);
  if (!found) throw new Error(`no variable ${name}`);
  return found;
};
const derive = (...elements: object[]) => deriveVariables({ elements });

describe('variables of each question type', () => {
  test.each([
    ['city', ['city', 'city_mis']],
    ['age', ['age']],
    ['left_on', ['left_on', 'left_on_mis']],
    ['income', ['income']],
    ['story', ['story', 'story_mis']],
    ['host_country', ['host_country', 'host_country_other', 'host_country_other_mis']],
    ['work', ['work', 'work_own_txt', 'work_own_txt_mis']],
    ['children', ['children']],
    ['rooms', ['rooms']],
    ['mood', ['mood']],
    ['trust', ['trust']],
    ['plans_move', ['plans_move']],
    ['house', ['house']],
    ['wish', ['wish_deu', 'wish_usa', 'wish_fra', 'wish_none', 'wish_oth', 'wish_other', 'wish_other_mis']],
    ['help', ['help_friends', 'help_group', 'help_nobody', 'help_group_txt', 'help_group_txt_mis']],
    ['fruit', ['fruit_1', 'fruit_2']],
    ['languages', ['languages_hy', 'languages_tr']],
    ['houses', ['houses_old', 'houses_new']],
    ['places', ['places_north', 'places_south']],
    ['place', ['place']],
    ['priorities', ['priorities_work', 'priorities_safety', 'priorities_family']],
    ['effort', ['effort']],
    ['rent_range', ['rent_range_lo', 'rent_range_hi']],
    ['spending', ['spending_food', 'spending_notes', 'spending_notes_mis']],
    ['double_age', ['double_age']],
    ['note', []],
    ['picture', []],
    ['closeness', ['closeness_locals', 'closeness_stayed']],
    ['media', ['media_tv_morning', 'media_tv_evening', 'media_net_morning', 'media_net_evening']],
    ['trips', ['trips_n', 'trips_total_nights']],
    ['household', ['household_n']],
    ['papers', ['papers_n', 'papers_names', 'papers_names_mis']],
    ['signed', ['signed_signed']],
    ['adult', ['adult']],
  ])('%s', (item, names) => expect(namesOf(item)).toEqual(names));

  test('a matrix of several kinds of cells: rows × columns, its detail panel and its totals', () => {
    expect(namesOf('jobs').filter((name) => name.startsWith('jobs_main') || name.includes('total'))).toEqual([
      'jobs_main_paid',
      'jobs_main_hours',
      'jobs_main_tasks_write',
      'jobs_main_tasks_code',
      'jobs_main_remote',
      'jobs_main_liking',
      'jobs_main_twice',
      'jobs_main_employer',
      'jobs_main_employer_mis',
      'jobs_total_hours',
    ]);
    expect(named('jobs_main_paid').values?.map(({ code, value }) => [code, value])).toEqual([
      [1, 'yes'],
      [2, 'no'],
    ]);
  });

  test('dynamic panels and matrices are child tables, also inside one another', () => {
    expect(columnsOf('trips')).toEqual(['trips_i', 'destination', 'nights', 'purpose_visa', 'purpose_rest']);
    expect(columnsOf('household')).toContain('relation_other');
    expect(columnsOf('household_schools')).toEqual([
      'household_i',
      'household_schools_i',
      'school',
      'school_mis',
    ]);
    expect(derived.tables.map(({ name, parent, index }) => [name, parent, index])).toEqual([
      ['main', null, []],
      ['trips', 'main', ['trips_i']],
      ['household', 'main', ['household_i']],
      ['household_schools', 'household', ['household_i', 'household_schools_i']],
    ]);
    expect(named('school').path).toBe('household[].schools[].school');
  });

  test('components of ones own give what they contain', () => {
    ComponentCollection.Instance.add({
      name: 'fullname',
      elementsJSON: [
        { type: 'text', name: 'first' },
        { type: 'boolean', name: 'known' },
      ],
    } as never);
    ComponentCollection.Instance.add({
      name: 'yesno',
      questionJSON: { type: 'dropdown', choices: ['yes', 'no'] },
    } as never);
    const variables = derive({ type: 'fullname', name: 'friend' }, { type: 'yesno', name: 'agreed' });
    expect(variables.map((v) => [v.name, v.source.at])).toEqual([
      ['friend_first', ['friend', 'first']],
      ['friend_first_mis', ['friend', 'first']],
      ['friend_known', ['friend', 'known']],
      ['agreed', ['agreed']],
    ]);
    expect(named('agreed', variables).values).toHaveLength(2);
    ComponentCollection.Instance.clear();
  });

  test('questions that a choice opens are conditional on it', () => {
    const variables = derive({
      type: 'radiogroup',
      name: 'work',
      choices: ['no', { value: 'own', elements: [{ type: 'text', name: 'firm' }] }],
    });
    expect(named('firm', variables).universe.expression).toBe("{work} = 'own'");
  });
});

describe('codes and categories', () => {
  const codes = (question: object) =>
    deriveVariables({ elements: [{ name: 'q', ...question }] })[0]?.values?.map(({ code, value }) => [
      code,
      value,
    ]);

  test('a code of its own, else the integer, else the position', () => {
    expect(
      named('host_country')
        .values?.slice(0, 3)
        .map(({ code }) => code),
    ).toEqual([688, 398, 376]);
    expect(codes({ type: 'dropdown', choices: [0, 5, 9] })).toEqual([
      [0, 0],
      [5, 5],
      [9, 9],
    ]);
    expect(codes({ type: 'dropdown', choices: ['a', 5] })).toEqual([
      [1, 'a'],
      [2, 5],
    ]);
  });

  test('none and other stand apart; refused and do not know are never categories', () => {
    expect(named('host_country').values?.map(({ value }) => value)).toEqual([
      'srb',
      'kaz',
      'isr',
      'none',
      'other',
    ]);
    expect(named('host_country').missing).toEqual(expect.arrayContaining(['dontKnow', 'refused']));
    expect(
      codes({
        type: 'radiogroup',
        choices: ['a', 'refused', 'dontknow'],
        showOtherItem: true,
        showNoneItem: true,
      }),
    ).toEqual([
      [1, 'a'],
      [96, 'none'],
      [97, 'other'],
    ]);
    expect(namesOf('wish').some((name) => /refused|dontknow/.test(name))).toBe(false);
  });

  test('values below zero move the missing reasons out of their way', () => {
    const [scale, plain] = derive(
      { type: 'rating', name: 'scale', rateMin: -2, rateMax: 2 },
      { type: 'text', name: 'plain', inputType: 'number', min: 0 },
    );
    expect([scale?.negatives, plain?.negatives]).toEqual([true, false]);
  });

  test('choices carried forward are those of the source; entries of people stay text', () => {
    expect(named('first_wish').values?.map(({ value }) => value)).toEqual(['deu', 'usa', 'fra', 'other']);
    const variables = derive(
      { type: 'paneldynamic', name: 'jobs', templateElements: [{ type: 'text', name: 'title' }] },
      { type: 'dropdown', name: 'best', choicesFromQuestion: 'jobs', choiceValuesFromQuestion: 'title' },
    );
    expect(named('best', variables)).toMatchObject({ type: 'string' });
  });

  test('items that carry each other’s choices forward do not go round for ever', () => {
    const [one] = derive(
      { type: 'dropdown', name: 'a', choicesFromQuestion: 'b', choices: ['x'] },
      { type: 'dropdown', name: 'b', choicesFromQuestion: 'a', choices: ['y'] },
    );
    expect(one?.name).toBe('a');
  });

  test('the ends of a scale are called by their descriptions', () => {
    expect(named('trust').values?.at(0)?.label).toEqual({ en: 'None', ru: 'Нет' });
    expect(named('trust').values?.at(10)?.label.ru).toBe('Полное');
    expect(named('trust').values?.at(5)?.label.ru).toBe('5');
  });
});

describe('what a variable says of itself', () => {
  test('labels by locale, the default where one is missing, and the name where there is no text', () => {
    expect(named('wish_deu').label).toEqual({
      en: 'Where would you move? — Germany',
      ru: 'Куда бы вы переехали? — Германия',
    });
    const [lone] = deriveVariables({ elements: [{ type: 'boolean', name: 'lone' }] }, ['ru', 'en']);
    expect(lone?.label).toEqual({ ru: 'lone', en: 'lone' });
    expect(lone?.values?.map(({ label }) => label.ru)).toEqual(['Нет', 'Да']);
  });

  test('its universe is every condition on the way to it', () => {
    expect(named('steps').universe.expression).toBe(
      '({age} >= 18) and ({plans_move} = true) and ({months_left} < 12)',
    );
    expect(named('wish_usa').universe.expression).toBe('{age} >= 21');
    expect(named('closeness_stayed').universe.expression).toBe('{age} > 20');
    const [shared] = derive({
      type: 'checkbox',
      name: 'q',
      choices: ['a'],
      choicesVisibleIf: '{prev.list} contains {item}',
    });
    expect(shared?.universe.expression).toBe("{prev.list} contains 'a'");
  });

  test('the page it stands on and the last page its routing reads', () => {
    expect([named('steps').page, named('months_left').routedBy, named('city').routedBy]).toEqual([3, 1, -1]);
    const [, , through] = deriveVariables({
      calculatedValues: [{ name: 'calc', expression: '{b} + 1' }],
      pages: [
        { elements: [{ type: 'boolean', name: 'a' }] },
        { elements: [{ type: 'boolean', name: 'b' }] },
        { elements: [{ type: 'boolean', name: 'c', visibleIf: '{a} = true and {calc} > 1' }] },
      ],
    });
    expect(through?.routedBy).toBe(1);
  });

  test('types of dates, masks and expressions', () => {
    const variables = derive(
      { type: 'text', name: 'when', inputType: 'datetime-local' },
      { type: 'text', name: 'masked', maskType: 'pattern', maskSettings: { pattern: '99' } },
      { type: 'expression', name: 'words', expression: "iif({a} > 1, 'x', 'y')" },
      { type: 'expression', name: 'both', expression: '{a} > 1 and {b} < 2' },
      { type: 'expression', name: 'gap', expression: '{a} - {b}' },
      { type: 'expression', name: 'day', expression: 'today()' },
    );
    const types = Object.fromEntries(variables.map((v) => [v.name, v.type]));
    expect(types).toMatchObject({
      when: 'datetime',
      masked: 'string',
      words: 'string',
      both: 'numeric',
      gap: 'numeric',
      day: 'date',
    });
    expect(named('gap', variables).negatives).toBe(true);
    expect(named('both', variables).negatives).toBe(false);
  });

  test('the value name is where the answer is, the variable property is what it is called', () => {
    const [variable] = derive({
      type: 'boolean',
      name: 'Q1',
      valueName: 'shared',
      variable: 'wantsmove',
      concept: 'wish',
    });
    expect(variable).toMatchObject({
      name: 'wantsmove',
      path: 'shared',
      item: 'shared',
      concept: 'wish',
      source: { at: ['shared'] },
    });
  });

  test('a comment line under any question is a text', () => {
    expect(derive({ type: 'boolean', name: 'q', showCommentArea: true }).map((v) => v.name)).toEqual([
      'q',
      'q_comment',
      'q_comment_mis',
    ]);
  });
});

describe('names', () => {
  const nameOf = (name: string) => derive({ type: 'boolean', name })[0]?.name;

  test.each([
    ['hostCountry', 'host_country'],
    ['Ваш возраст', 'vash_vozrast'],
    ['щёлочь', 'shcheloch'],
    ['Café №1', 'cafe_no1'],
    ['2nd job', 'v2nd_job'],
    ['if', 'if_v'],
  ])('%s becomes %s', (name, alias) => expect(nameOf(name)).toBe(alias));

  test('a long name keeps its beginning and its end, and does not depend on its neighbours', () => {
    const long = { type: 'checkbox', name: 'reasons_for_leaving_the_country', choices: ['a', 'b'] };
    const alone = derive(long).map((v) => v.name);
    expect(alone).toEqual(
      derive({ type: 'text', name: 'before' }, long)
        .map((v) => v.name)
        .slice(2),
    );
    expect(alone.every((name) => name.startsWith('reasons_for_') && name.length <= 28)).toBe(true);
    expect(alone[0]?.endsWith('_1')).toBe(true);
  });

  test('match the pattern and are unique in their table, however hostile the questionnaire', () => {
    const wild = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
      fc.constantFrom(
        'Возраст',
        'возраст',
        '🎉',
        '🎉🎉',
        'a'.repeat(90),
        'a'.repeat(91),
        'if',
        '1',
        '_',
        'x_mis',
        'x',
      ),
    );
    const question = fc.record({
      type: fc.constantFrom(
        'text',
        'checkbox',
        'radiogroup',
        'ranking',
        'matrix',
        'matrixdynamic',
        'paneldynamic',
      ),
      name: wild,
      choices: fc.array(fc.oneof(wild, fc.integer({ min: -5, max: 5 })), { maxLength: 4 }),
    });
    const asElement = (q: { type: string; name: string; choices: unknown[] }, index: number) => ({
      type: q.type,
      name: `${q.name}${index > 3 ? index : ''}`,
      ...(q.type === 'matrix' ? { rows: q.choices, columns: q.choices } : {}),
      ...(q.type === 'matrixdynamic'
        ? { columns: q.choices.map((choice) => ({ name: String(choice) })) }
        : {}),
      ...(q.type === 'paneldynamic'
        ? { templateElements: q.choices.map((choice) => ({ type: 'text', name: String(choice) })) }
        : {}),
      ...(['checkbox', 'radiogroup', 'ranking'].includes(q.type)
        ? { choices: q.choices, showOtherItem: q.type !== 'ranking' }
        : {}),
    });
    fc.assert(
      fc.property(fc.array(question, { minLength: 1, maxLength: 6 }), (questions) => {
        const variables = deriveVariables({ elements: questions.map(asElement) });
        for (const { name } of variables) expect(name).toMatch(/^[a-z][a-z0-9_]{0,27}$/);
        const keys = variables.map(({ table, name }) => `${table}.${name}`);
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 60, seed: 11 },
    );
  });
});
