import { lintQuestionnaire } from '../../../src/questionnaire/lint/lint.js';
import { lintFeeds } from '../../../src/questionnaire/lint/lint-feeds.js';

const Q = 'pages[0].elements';
const by = (name: string, values = ['same', 'changed', 'wrong'], more: object = {}) => ({
  type: 'radiogroup',
  name,
  title: name,
  choices: values,
  showRefuseItem: true,
  ...more,
});
const fed = (more: object = {}) => ({
  ...{ type: 'radiogroup', name: 'x', title: 'x', choices: ['a', 'b'], showRefuseItem: true },
  ...{ feedMode: 'reactive', feedBy: 'x_check' },
  ...more,
});
const check = by('x_check', ['changed', 'wrong']);
const secret = fed({ sensitive: true });
const page = (...elements: object[]) => ({ pages: [{ name: 'p', elements }] });
const found = (json: object) => lintFeeds(json).map(({ path, rule }) => `${path} ${rule}`);
const shown = (condition: string) => ({ type: 'text', name: 't', title: 't', visibleIf: condition });

describe('what is fed', () => {
  test('both ways of feeding, as the contract has them, pass the whole lint', async () => {
    const proactive = {
      pages: [
        {
          name: 'p',
          elements: [
            by('x_by', undefined, {
              title: 'Last time, {prev.x_when}, you answered: “{prev.x_text}”. Is that still so?',
              visibleIf: '{prev.x} notempty',
            }),
            fed({
              feedMode: 'proactive',
              feedBy: 'x_by',
              feedFrom: 'x_old',
              visibleIf: "{prev.x} empty or {x_by} <> 'same'",
            }),
            { ...secret, name: 's', title: 's', feedBy: 's_check' },
            by('s_check', ['changed', 'wrong'], { visibleIf: '{s} notempty and {prev.s_differs} = true' }),
            shown(
              "{prev.interview_when} notempty and {prev.place_class} = 'eu' and {prev.spells[0].sp_year} > 1",
            ),
          ],
        },
      ],
      calculatedValues: [{ name: 'met', expression: "iif({prev.s} = 'a', 1, 0)", includeIntoResult: true }],
    };
    const errors = (await lintQuestionnaire(proactive, { locales: ['en'] })).filter(
      (f) => f.level === 'error',
    );
    expect(errors).toEqual([]);
  });

  test('what is wrong of it refuses the questionnaire', async () => {
    const findings = await lintQuestionnaire(page(fed(), shown('{prev.y} = 1')), { locales: ['en'] });
    expect(findings.filter((f) => f.level === 'error').map(({ rule }) => rule)).toEqual([
      'feed-by',
      'prev-unknown',
    ]);
  });

  test.each([
    ['nothing confirms or checks', page(fed({ feedBy: undefined }), check)],
    ['what checks does not exist', page(fed())],
    ['what checks is no radiogroup', page(fed(), { ...check, type: 'dropdown' })],
    ['the check lacks an answer', page(fed(), by('x_check', ['changed']))],
    ['the confirmation cannot confirm', page(fed({ feedMode: 'proactive' }), check)],
    [
      'what checks stands in a panel of many',
      page(fed(), { type: 'paneldynamic', name: 'd', title: 'd', templateElements: [check] }),
    ],
  ])('%s', (_name, json) => expect(found(json)).toEqual([`${Q}[0].feedBy feed-by`]));

  test('one answer does not speak of two items', () => {
    const json = page(fed(), fed({ name: 'y', title: 'y' }), check);
    expect(found(json)).toEqual([`${Q}[1].feedBy feed-by`]);
  });

  test('a mode that does not exist', () => {
    expect(found(page(fed({ feedMode: 'retroactive' }), check))).toEqual([`${Q}[0].feedMode feed-mode`]);
  });

  test('a sensitive answer is never shown', () => {
    const json = page({ ...secret, feedMode: 'proactive', feedBy: 'x_by' }, by('x_by'));
    expect(found(json)).toEqual([`${Q}[0].feedMode feed-sensitive`]);
  });

  test.each([
    ['checkbox', {}],
    ['tagbox', {}],
    ['ranking', {}],
    ['matrix', {}],
    ['multipletext', {}],
    ['paneldynamic', {}],
    ['expression', {}],
    ['slider', { sliderType: 'range' }],
    ['imagepicker', { multiSelect: true }],
    ['radiogroup', { valueName: 'elsewhere' }],
  ])('only an item with one value of its own: %s %j', (type, more) =>
    expect(found(page(fed({ type, ...more }), check))).toEqual([`${Q}[0].feedMode feed-kind`]),
  );

  test('an item with one value may stand in a panel, but not in a panel of many or under a choice', () => {
    const within = (type: string, list: string) => page({ type, name: 'd', [list]: [fed()] }, check);
    expect(found(within('panel', 'elements'))).toEqual([]);
    expect(found(within('paneldynamic', 'templateElements'))).toEqual([
      `${Q}[0].templateElements[0].feedMode feed-kind`,
    ]);
    const opened = { type: 'radiogroup', name: 'c', choices: [{ value: 1, elements: [fed()] }] };
    expect(found(page(opened, check))).toEqual([`${Q}[0].choices[0].elements[0].feedMode feed-kind`]);
  });

  test('the known place has its answers and a list of places', () => {
    const asked = by('res_same', ['same', 'moved', 'wrong']);
    const told = {
      type: 'paneldynamic',
      name: 'spells',
      templateElements: [{ type: 'dropdown', name: 'sp_country', choices: ['SRB'] }],
    };
    expect(found(page(asked, told))).toEqual([]);
    expect(found(page(asked))).toEqual([`${Q}[0] feed-place`]);
    expect(found(page(by('res_same'), told))).toEqual([`${Q}[0] feed-place`]);
  });
});

describe('what is named of earlier answers', () => {
  test.each([
    '{prev.y}',
    '{prev.y_text}',
    '{prev.x_words}',
    '{prev.x_differs}',
    '{prev}',
    '{Prev.x}',
    '{prev.placed}',
  ])('%s is provided by nothing', (name) =>
    expect(found(page(fed(), check, shown(`${name} notempty`)))).toEqual([`${Q}[2].visibleIf prev-unknown`]),
  );

  test('in texts too, and in every language', () => {
    const text = { type: 'text', name: 't', title: { en: 'Still {prev.z_text}?', ru: 'Да?' } };
    expect(found(page(text))).toEqual([`${Q}[0].title.en prev-unknown`]);
  });

  test.each([
    ['routing', { visibleIf: '{prev.x} notempty' }, 'visibleIf'],
    ['a title', { title: 'You said: {prev.x_text}.' }, 'title'],
    ['a value filled in', { defaultValueExpression: '{prev.x}' }, 'defaultValueExpression'],
    ['a computed item', { type: 'expression', expression: '{prev.x}' }, 'expression'],
  ])('a sensitive answer is not named in %s', (_name, more, property) =>
    expect(found(page(secret, check, { ...shown(''), ...more }))).toEqual([
      `${Q}[2].${property} prev-sensitive`,
    ]),
  );

  test('a computed value may be made of it, unless it steers or shows, itself or through others', () => {
    const calculatedValues = [
      { name: 'outer', expression: "iif({Middle} = 1, 'yes', 'no')" },
      { name: 'middle', expression: '{inner} + 1' },
      { name: 'inner', expression: "iif({prev.x_text} = 'a', 1, 0)" },
      { name: 'round', expression: '{round} + {t}' },
    ];
    const json = (condition: string) => ({ ...page(secret, check, shown(condition)), calculatedValues });
    expect(found(json('{round} > 1 and {prev.x_differs} = true'))).toEqual([]);
    for (const name of ['inner', 'middle', 'outer'])
      expect(found(json(`{${name}} = 1`))).toEqual([`${Q}[2].visibleIf prev-sensitive`]);
    const told = { type: 'text', name: 'u', title: 'It is {outer}.' };
    expect(found({ ...page(secret, check, told), calculatedValues })).toEqual([
      `${Q}[2].title prev-sensitive`,
    ]);
  });

  test('an answer that is not sensitive may steer', () => {
    expect(found(page(fed(), check, shown('{prev.x} notempty')))).toEqual([]);
  });

  test.each([
    ['Вы жили в{prev.place_text}?', true],
    ['Вы жили в {prev.place_text}е?', true],
    ['Вы жили в {prev.place_text}-е?', true],
    ['Сверх-{ prev.x_text }', true],
    ['Вы жили здесь: {prev.place_text}.', false],
    ['Вы ответили: «{prev.x_text}» — верно?', false],
  ])('%s', (title, glued) => {
    const json = page(fed(), check, { type: 'text', name: 't', title: { en: 'Right?', ru: title } });
    expect(found(json)).toEqual(glued ? [`${Q}[2].title.ru prev-glued`] : []);
  });
});

test('a hostile questionnaire is looked through in time', () => {
  const chain = Array.from({ length: 1000 }, (_, index) => ({
    name: `c${index}`,
    expression: index === 999 ? '{prev.x}' : `{c${index + 1}}`,
  }));
  const braces = { type: 'text', name: 'long', title: `${'{prev.'.repeat(50_000)}${'{ '.repeat(50_000)}` };
  const before = process.cpuUsage();
  expect(found({ ...page(secret, check, braces, shown('{c0} = 1')), calculatedValues: chain })).toEqual([
    `${Q}[3].visibleIf prev-sensitive`,
  ]);
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(1);
});
