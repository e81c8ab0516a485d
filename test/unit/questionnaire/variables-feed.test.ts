import {
  deriveTables,
  deriveVariables,
  type Variable,
} from '../../../src/questionnaire/variable/variables.js';

const derive = (...elements: object[]) => deriveVariables({ elements });
const named = (name: string, variables: Variable[]): Variable => {
  const found = variables.find((variable) => variable.name === name);
  if (!found) throw new Error(`no variable ${name}`);
  return found;
};

describe('earlier answers', () => {
  const check = { type: 'radiogroup', name: 'said', choices: ['same', 'changed', 'wrong'] };
  const fed = (more: object) => ({ feedMode: 'proactive', feedBy: 'said', name: 'work', ...more });
  const parts = (root: string) => [
    ...['', '_wave', '_age', '_txt', '_txt_mis', '_out', '_mode'].map((part) => `ff_${root}${part}`),
  ];

  test('stand right after the item that they were fed to, coded like it, asked of nobody', () => {
    const variables = deriveVariables(
      {
        pages: [
          {
            elements: [
              check,
              fed({
                type: 'radiogroup',
                title: { en: 'Work?', ru: 'Работа?' },
                choices: [{ value: 'a', code: 4, text: { en: 'One', ru: 'Один' } }],
                showOtherItem: true,
                visibleIf: '{x} = 1',
              }),
              { type: 'text', name: 'x' },
            ],
          },
        ],
      },
      ['en', 'ru'],
    );
    const names = variables.map((v) => v.name);
    const own = ['work', 'work_other', 'work_other_mis'];
    expect(names).toEqual(['said', ...own, ...parts('work'), 'x', 'x_mis']);
    expect(named('ff_work', variables)).toMatchObject({
      type: 'numeric',
      measure: 'nominal',
      values: named('work', variables).values,
      label: { en: 'Work? — Earlier answer', ru: 'Работа? — Прежний ответ' },
      question: { en: 'Work?', ru: 'Работа?' },
      universe: { expression: null },
      item: 'work',
      page: 0,
      missing: ['inapplicable', 'error'],
    });
    expect(variables.filter((v) => v.computed).map((v) => v.name)).toEqual(parts('work'));
    for (const part of ['outcome', 'mode'])
      for (const { label } of variables.find((v) => 'part' in v.source.read && v.source.read.part === part)
        ?.values ?? [])
        expect(label).toEqual({ en: expect.stringMatching(/^[A-Z]/), ru: expect.stringMatching(/^[А-Я]/) });
    expect(named('ff_work_out', variables).values?.map(({ value }) => value)).toEqual([
      'confirmed',
      'changed',
      'disputed',
      'not_shown',
    ]);
    expect(named('ff_work_mode', variables).values?.map(({ code }) => code)).toEqual([1, 2, 3]);
  });

  test('a text is fed as text, with its companion; the routing of others does not depend on it', () => {
    const variables = derive(check, fed({ type: 'text', inputType: 'date' }));
    expect(variables.map((v) => v.name)).toEqual([
      ...['said', 'work', 'work_mis', 'ff_work', 'ff_work_mis'],
      ...parts('work').slice(1),
    ]);
    expect(named('ff_work', variables).type).toBe('date');
    expect(variables.filter((v) => v.confirms).map((v) => [v.name, v.confirms])).toEqual([
      ['work', 'work'],
      ['work_mis', 'work'],
    ]);
  });

  test('there are none of an item that looks back at nothing or has several values', () => {
    const independent = fed({ type: 'boolean', feedMode: 'independent' });
    const several = fed({ type: 'checkbox', name: 'many', choices: ['a'] });
    const inside = {
      type: 'paneldynamic',
      name: 'p',
      templateElements: [fed({ type: 'boolean', name: 'in' })],
    };
    const variables = derive(
      check,
      independent,
      several,
      inside,
      fed({ type: 'boolean', name: 'lone', feedBy: '' }),
    );
    expect(variables.filter((v) => v.source.read.as === 'fed')).toEqual([]);
  });

  test('long names keep one root for all parts, apart from that of another', () => {
    const twins = ['one', 'two'].map((end) => `why_did_you_leave_${end}`);
    const { variables, clashes } = deriveTables({
      elements: [check, ...twins.map((name) => fed({ type: 'boolean', name }))],
    });
    const names = variables.filter((v) => v.source.read.as === 'fed').map((v) => v.name);
    const [first = '', second = ''] = names
      .filter((_, index) => index % 7 === 0)
      .map((name) => name.slice(3));
    expect(names).toEqual([...parts(first), ...parts(second)]);
    expect(first).not.toBe(second);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,27}$/);
    expect(clashes).toEqual([]);
  });

  test('the known place is coded like the places that are told, and only where they are', () => {
    const asked = { type: 'radiogroup', name: 'res_same', choices: ['same', 'moved', 'wrong'] };
    const told = { type: 'dropdown', name: 'sp_country', choices: [{ value: 'SRB', code: 688 }, 'refused'] };
    const panel = { type: 'paneldynamic', name: 'spells', templateElements: [told] };
    const names = derive(asked, panel).map((v) => v.name);
    expect(names).toEqual(['res_same', ...parts('place'), 'spells_n', 'spells_i', 'sp_country']);
    expect(named('ff_place', derive(asked, panel)).values).toMatchObject([{ code: 688, value: 'SRB' }]);
    expect(derive(asked, told).map((v) => v.name)).toEqual(['res_same', 'sp_country']);
  });
});
