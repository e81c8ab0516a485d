import * as fc from 'fast-check';
import { FunctionFactory } from 'survey-core';
import { loadSurvey } from '../../../src/questionnaire/survey.js';
import { type Finding, lintQuestionnaire } from '../../../src/questionnaire/lint/lint.js';
import { everyQuestionType, everyQuestionTypeWithFiles, ONE_PIXEL } from '../../make/every-question-type.js';

const t = (en: string, ru: string) => ({ en, ru });
const lint = (json: unknown, locales = ['en']) => lintQuestionnaire(json, { locales });
const page = (...elements: object[]) => ({ pages: [{ name: 'p', elements }] });
const text = (name: string, more: object = {}) => ({ type: 'text', name, title: name, ...more });
const choice = (name: string, more: object = {}) => ({
  type: 'radiogroup',
  name,
  title: name,
  choices: [1, 2],
  ...more,
});
const brief = (findings: Finding[], level: Finding['level'] = 'error') =>
  findings.filter((one) => one.level === level).map(({ path, rule }) => `${path} ${rule}`);
const errors = async (json: unknown, locales?: string[]) => brief(await lint(json, locales));
const warnings = async (json: unknown, locales?: string[]) => brief(await lint(json, locales), 'warning');
const Q = 'pages[0].elements[0]';

describe('what passes', () => {
  test('every question type that is fielded, in both languages, without a word', async () => {
    expect(await lint(everyQuestionType(), ['ru', 'en'])).toEqual([]);
  });

  test('a questionnaire as SurveyJS Creator saves it', async () => {
    const creator = {
      $schema: 'https://unpkg.com/survey-core/surveyjs_definition.json',
      title: 'A survey',
      logoPosition: 'right',
      widthMode: 'static',
      width: '900px',
      fitToContainer: true,
      headerView: 'advanced',
      showProgressBar: true,
      progressBarType: 'pages',
      questionErrorLocation: 'bottom',
      questionsOnPageMode: 'questionPerPage',
      showTOC: true,
      completeText: 'Send',
      triggers: [
        { type: 'setvalue', expression: '{question1} = true', setToName: 'question3', setValue: 'yes' },
      ],
      calculatedValues: [{ name: 'score', expression: 'iif({question2} > 1, 1, 0)' }],
      pages: [
        {
          name: 'page1',
          title: 'First',
          elements: [
            {
              type: 'boolean',
              name: 'question1',
              title: 'Do you work?',
              titleLocation: 'left',
              isRequired: true,
            },
            {
              type: 'rating',
              name: 'question2',
              title: { default: 'How well?' },
              rateType: 'smileys',
              rateCount: 4,
              rateMax: 4,
              displayMode: 'buttons',
              startWithNewLine: false,
              minWidth: '256px',
            },
            {
              type: 'comment',
              name: 'question3',
              title: 'Why?',
              autoGrow: true,
              allowResize: false,
              maxLength: 100,
            },
            {
              type: 'panel',
              name: 'panel1',
              title: 'More',
              state: 'expanded',
              elements: [
                {
                  type: 'checkbox',
                  name: 'question4',
                  title: 'Which?',
                  choices: ['Item 1', { value: 'Item 2', text: 'Second' }],
                  colCount: 2,
                  showSelectAllItem: true,
                  choicesOrder: 'random',
                },
              ],
            },
            { type: 'image', name: 'image1', imageLink: ONE_PIXEL, imageFit: 'cover', imageHeight: 'auto' },
            { type: 'html', name: 'question5', html: 'Thanks & **goodbye**: 3 < 4' },
          ],
        },
      ],
    };
    expect(await lint(creator)).toEqual([]);
  });
});

describe('shape, before anything is built', () => {
  test.each([[null], [[]], ['{}'], [7], [undefined]])('%p is no questionnaire', async (json) =>
    expect(await errors(json)).toEqual([' not-a-questionnaire']),
  );

  test('depth, size, hostile keys and endless lists', async () => {
    let deep: object = { type: 'text', name: 'q' };
    for (let level = 0; level < 50_000; level++) deep = { a: deep };
    expect((await lint({ elements: [deep] }))[0]).toMatchObject({ rule: 'too-deep' });
    expect(await errors({ title: 'a'.repeat(3_000_000) })).toEqual([' too-large']);
    expect(
      await errors(JSON.parse('{"pages":[{"elements":[{"type":"text","__proto__":{"x":1}}]}]}')),
    ).toEqual(['pages[0].elements[0].__proto__ forbidden-key']);
    expect(await errors(page(choice('q', { choices: Array.from({ length: 1001 }, (_, i) => i) })))).toEqual([
      `${Q}.choices list-too-long`,
    ]);
  });
});

describe('the allow-list names each refused thing by its path', () => {
  test.each<[string, object, string]>([
    [
      'choices by address',
      page(choice('q', { choicesByUrl: { url: 'https://x.org/{q}' } })),
      `${Q}.choicesByUrl choices-by-url`,
    ],
    ['navigation', { ...page(text('q')), navigateToUrl: 'javascript:alert(1)' }, 'navigateToUrl navigation'],
    [
      'navigation by answers',
      { ...page(text('q')), navigateToUrlOnCondition: [{ expression: '{q} = 1', url: 'x' }] },
      'navigateToUrlOnCondition navigation',
    ],
    ['a foreign service', { ...page(text('q')), surveyPostId: 'abc' }, 'surveyPostId survey-service'],
    ['a cookie', { ...page(text('q')), cookieName: 'me' }, 'cookieName trace-on-device'],
    ['tags', page({ type: 'html', name: 'h', html: '<b onclick="x()">hi</b>' }), `${Q}.html raw-html`],
    [
      'tags in one language',
      page({ type: 'html', name: 'h', html: t('hi', '<i>да</i>') }),
      `${Q}.html.ru raw-html`,
    ],
    ['entities', page({ type: 'html', name: 'h', html: '&lt;script&gt;' }), `${Q}.html raw-html`],
    [
      'answers in raw HTML',
      page({ type: 'html', name: 'h', html: 'Hello {q}' }, text('q')),
      `${Q}.html raw-html`,
    ],
    [
      'tags on the last page',
      { ...page(text('q')), completedHtml: '<h1>Bye</h1>' },
      'completedHtml raw-html',
    ],
    [
      'tags on a conditional last page',
      { ...page(text('q')), completedHtmlOnCondition: [{ expression: '{q} = 1', html: '<p>Bye' }] },
      'completedHtmlOnCondition[0].html raw-html',
    ],
    ['tags in a title', page(text('q', { title: 'A <img src=x>' })), `${Q}.title html-in-text`],
    [
      'a foreign picture',
      page({ type: 'image', name: 'i', imageLink: 'https://x.org/a.png' }),
      `${Q}.imageLink external-address`,
    ],
    [
      'a foreign picture of a choice',
      page({
        type: 'imagepicker',
        name: 'i',
        title: 'i',
        choices: [{ value: 1, imageLink: '//x.org/a.png' }],
      }),
      `${Q}.choices[0].imageLink external-address`,
    ],
    [
      'a foreign logo',
      { ...page(text('q')), logo: { default: 'http://x.org/l.png' } },
      'logo.default external-address',
    ],
    ['a background', { ...page(text('q')), backgroundImage: 'a.png' }, 'backgroundImage external-address'],
    [
      'a picture with scripts',
      page({ type: 'image', name: 'i', imageLink: 'data:image/svg+xml;base64,AAAA' }),
      `${Q}.imageLink external-address`,
    ],
    [
      'a heavy picture',
      page({ type: 'image', name: 'i', imageLink: `data:image/png;base64,${'A'.repeat(200_000)}` }),
      `${Q}.imageLink image-too-large`,
    ],
    [
      'an address in a text',
      page(text('q', { description: 'See https://x.org' })),
      `${Q}.description external-address`,
    ],
    [
      'a script in a link',
      page(text('q', { description: '[x](javascript:alert(1))' })),
      `${Q}.description external-address`,
    ],
    ['files', page({ type: 'file', name: 'f', title: 'f' }), `${Q}.type type-not-fielded`],
    ['signatures', page({ type: 'signaturepad', name: 's', title: 's' }), `${Q}.type type-not-fielded`],
    [
      'files in cells',
      page({
        type: 'matrixdropdown',
        name: 'm',
        title: 'm',
        rows: [1],
        columns: [{ name: 'c', cellType: 'file' }],
      }),
      `${Q}.columns[0].cellType type-not-fielded`,
    ],
    [
      'ending early',
      { ...page(text('q')), triggers: [{ type: 'complete', expression: '{q} = 1' }] },
      'triggers[0].type trigger-not-allowed',
    ],
    [
      'jumping',
      { ...page(text('q')), triggers: [{ type: 'skip', expression: '{q} = 1', gotoName: 'q' }] },
      'triggers[0].type trigger-not-allowed',
    ],
    [
      'open lists',
      page({ type: 'dropdown', name: 'q', title: 'q', choices: [1], allowCustomChoices: true }),
      `${Q}.allowCustomChoices custom-choices`,
    ],
    [
      'lists from elsewhere',
      page({ type: 'dropdown', name: 'q', title: 'q', choicesLazyLoadEnabled: true }),
      `${Q}.choicesLazyLoadEnabled choices-elsewhere`,
    ],
  ])('%s', async (_name, json, finding) => expect(await errors(json)).toContain(finding));

  test('both types with files, and nothing else, in the questionnaire that has them', async () => {
    expect(await errors(everyQuestionTypeWithFiles(), ['ru', 'en'])).toEqual([
      'pages[5].elements[0].type type-not-fielded',
      'pages[5].elements[1].type type-not-fielded',
    ]);
  });

  test('nothing is fetched while a questionnaire is read', async () => {
    const fetched = jest.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no'));
    const json = { surveyId: 'x', ...page(choice('q', { choicesByUrl: { url: 'https://x.org/' } })) };
    expect(await errors(json)).toEqual([
      'surveyId survey-service',
      `${Q}.choicesByUrl choices-by-url`,
      `${Q}.choicesByUrl.url external-address`,
    ]);
    expect(fetched).not.toHaveBeenCalled();
    fetched.mockRestore();
  });

  test('functions that answer later', async () => {
    FunctionFactory.Instance.register('askServer', () => undefined, true);
    expect(await errors(page(text('a'), text('q', { visibleIf: 'askServer({a}) = 1' })))).toEqual([
      'pages[0].elements[1].visibleIf async-function',
    ]);
    FunctionFactory.Instance.unregister('askServer');
  });
});

describe('expressions and reachability', () => {
  test.each<[string, object, string]>([
    [
      'a name that nothing has',
      page(text('q', { visibleIf: '{zz} = 1' })),
      `${Q}.visibleIf reference/unknown`,
    ],
    [
      'a function that nothing has',
      page(text('q'), text('b', { visibleIf: 'foo({q}) = 1' })),
      'pages[0].elements[1].visibleIf expression/unknown-function',
    ],
    [
      'what is no expression',
      page(text('q'), text('b', { visibleIf: '{q} = = 1' })),
      'pages[0].elements[1].visibleIf expression/syntax',
    ],
    [
      'a choice that is none',
      page(choice('q'), text('b', { visibleIf: '{q} = 3' })),
      'pages[0].elements[1].visibleIf expression/unknown-choice',
    ],
    ['always false', page(text('q', { visibleIf: '1 = 2' })), `${Q}.visibleIf expression/contradiction`],
    [
      'a contradiction',
      page(choice('q'), text('b', { visibleIf: '{q} = 1 and {q} = 2' })),
      'pages[0].elements[1].visibleIf expression/contradiction',
    ],
    [
      'outside the range',
      page(text('q', { inputType: 'number', min: 0, max: 110 }), text('b', { visibleIf: '{q} > 120' })),
      'pages[0].elements[1].visibleIf expression/contradiction',
    ],
    [
      'dependent on what is never shown',
      page(
        choice('q'),
        text('b', { visibleIf: '{q} = 1 and {q} = 2' }),
        text('c', { visibleIf: '{b} notempty' }),
      ),
      'pages[0].elements[2].visibleIf element/never-visible',
    ],
    ['hidden for good', page(text('q', { visible: false })), `${Q}.visible unreachable`],
    [
      'a contradiction with the panel around',
      page(choice('q'), {
        type: 'panel',
        name: 'x',
        visibleIf: '{q} = 1',
        elements: [text('b', { visibleIf: '{q} = 2' })],
      }),
      'pages[0].elements[1].elements[0].visibleIf unreachable',
    ],
    [
      'a contradiction with the page around',
      {
        pages: [
          { name: 'p', elements: [choice('q')] },
          { name: 'r', visibleIf: '{q} = 1', elements: [text('b', { visibleIf: '{q} = 2' })] },
        ],
      },
      'pages[1].elements[0].visibleIf unreachable',
    ],
    [
      'a trigger on nothing',
      { ...page(text('q')), triggers: [{ type: 'setvalue', expression: '{q} = 1', setToName: 'zz' }] },
      'triggers[0].setToName trigger/unknown-target',
    ],
    ['an unknown type', page({ type: 'hologram', name: 'h' }), `${Q} element/unknown-type`],
    [
      'thousands of clauses',
      page(choice('q'), text('b', { visibleIf: Array.from({ length: 3000 }, () => '{q} = 1').join(' or ') })),
      'pages[0].elements[1].visibleIf expression-too-large',
    ],
  ])('%s', async (_name, json, finding) => expect(await errors(json)).toContain(finding));

  test('earlier answers and special choices are known', async () => {
    expect(
      await errors(
        page(
          {
            type: 'radiogroup',
            name: 'q',
            title: 'q',
            choices: ['a'],
            showOtherItem: true,
            showRefuseItem: true,
          },
          text('b', { visibleIf: "{q} = 'other' and {prev.spells[0].sp_country} notempty" }),
          text('c', { visibleIf: "{q} = 'refused'" }),
        ),
      ),
    ).toEqual([]);
  });
});

describe('patterns', () => {
  const pattern = (regex: string, more: object = {}) =>
    errors(page(text('q', { validators: [{ type: 'regex', regex, text: 'No.' }], ...more })));
  const refused = [`${Q}.validators[0].regex regex`];

  test('endless backtracking is refused, and so is what does not compile or cannot be checked', async () => {
    expect(await pattern('^(a+)+$')).toEqual(refused);
    expect(await pattern('^([a-zA-Z0-9_.\\-])+@(([a-zA-Z0-9\\-])+\\.)+([a-zA-Z0-9]{2,4})+$')).toEqual(
      refused,
    );
    expect(await pattern('([a-z')).toEqual(refused);
    expect(
      (await lint(page(text('q', { validators: [{ type: 'regex', regex: '([a-z' }] }))))[0]?.message,
    ).toContain('syntax');
    expect(await pattern('a'.repeat(600))).toEqual(refused);
  });

  test('a pattern that is slow on long texts only needs short ones', async () => {
    expect(await pattern('^\\d+\\s*\\d+$')).toEqual(refused);
    expect(await pattern('^\\d+\\s*\\d+$', { maxLength: 100 })).toEqual([]);
    expect(await pattern('^[0-9]{5,6}$')).toEqual([]);
  });
});

describe('texts in every language', () => {
  const both = ['en', 'ru'];

  test.each<[string, object, string[]]>([
    ['a title in one language', page({ type: 'boolean', name: 'q', title: 'Work?' }), [`${Q}.title`]],
    ['an empty text', page({ type: 'boolean', name: 'q', title: t('Work?', ' ') }), [`${Q}.title`]],
    [
      'a choice, a row, a column, an item',
      page(
        {
          type: 'dropdown',
          name: 'q',
          title: t('A', 'А'),
          choices: ['yes', { value: 'no' }, { value: 1, text: 'One' }],
        },
        {
          type: 'matrixdropdown',
          name: 'm',
          title: t('B', 'Б'),
          rows: [{ value: 'r', text: 'Row' }],
          columns: [{ name: 'c' }],
        },
        { type: 'multipletext', name: 'x', title: t('C', 'В'), items: [{ name: 'food' }] },
      ),
      [
        `${Q}.choices[0]`,
        `${Q}.choices[1].text`,
        `${Q}.choices[2].text`,
        'pages[0].elements[1].rows[0].text',
        'pages[0].elements[1].columns[0].text',
        'pages[0].elements[2].items[0].text',
      ],
    ],
    [
      'messages, reasons and sections',
      {
        title: 'T',
        pages: [
          {
            section: 'S',
            elements: [
              {
                type: 'boolean',
                name: 'q',
                title: t('A', 'А'),
                why: 'W',
                requiredIf: '1 = 1',
                requiredErrorText: 'E',
              },
            ],
          },
        ],
      },
      ['title', 'pages[0].section', `${Q}.why`, `${Q}.requiredErrorText`],
    ],
  ])('%s', async (_name, json, paths) => {
    const findings = (await lint(json, both)).filter(({ rule }) => rule === 'missing-translation');
    expect(findings.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(findings.every(({ level, message }) => level === 'error' && message.includes('ru'))).toBe(true);
  });

  test('a plain string is in the questionnaire’s own language', async () => {
    const json = { locale: 'ru', ...page({ type: 'boolean', name: 'q', title: 'Работа?' }) };
    expect((await lint(json, both))[0]?.message).toContain('in: en.');
    expect(await errors(json, ['ru'])).toEqual([]);
    const mixed = {
      locale: 'ru',
      ...page({ type: 'boolean', name: 'q', title: { default: 'Work?', ru: 'Работа?' } }),
    };
    expect(await errors(mixed, both)).toEqual([]);
  });

  test('numbers, signs and piped answers need no translation', async () => {
    const json = page(
      { type: 'dropdown', name: 'q', title: t('A', 'А'), choices: [1, { value: 2, text: '2+' }] },
      { type: 'boolean', name: 'b', title: '{q}', labelTrue: '+', labelFalse: '—' },
    );
    expect(await errors(json, both)).toEqual([]);
  });

  test('a language without interface words is told of', async () => {
    const json = page({ type: 'boolean', name: 'q', title: { en: 'A', hy: 'Ա', ru: 'А' } });
    expect(await warnings(json, ['en', 'ru', 'hy'])).toEqual(['locale no-interface-language']);
  });
});

describe('names, bounds and sensitive items', () => {
  test.each<[string, object, string]>([
    ['a name twice', page(text('q'), text('q')), 'pages[0].elements[1].name name-duplicate'],
    [
      'a shared value name',
      page(text('q'), text('b', { valueName: 'q' })),
      'pages[0].elements[1].valueName value-name-shared',
    ],
    [
      'dynamic panels that share a value name',
      page(
        ...['a', 'b'].map((name) => ({
          type: 'paneldynamic',
          name,
          title: name,
          valueName: 'both',
          maxPanelCount: 3,
          templateElements: [text(`${name}1`)],
        })),
      ),
      'pages[0].elements[1].valueName value-name-shared',
    ],
    [
      'a row twice',
      page({ type: 'matrix', name: 'q', title: 'q', rows: ['a', 'a'], columns: [1] }),
      `${Q}.rows[1] choices/duplicate`,
    ],
    ['a choice twice', page(choice('q', { choices: [1, 1] })), `${Q}.choices[1] choices/duplicate`],
    ['a member of every object', page(text('constructor')), `${Q}.name name-reserved`],
    [
      'a row called __proto__',
      page({ type: 'matrix', name: 'q', title: 'q', rows: ['__proto__'], columns: [1] }),
      `${Q}.rows[0] name-reserved`,
    ],
    ['syntax in a name', page(text('a.b')), `${Q}.name name-syntax`],
    ['a kept suffix', page(text('q-refused')), `${Q}.name name-reserved`],
    ['the name of earlier answers', page(text('prev')), `${Q}.name name-reserved`],
    ['an unreadable name', page(text('🎉')), `${Q}.name variable-name`],
    ['an impossible variable', page(text('q', { variable: 'Мой возраст' })), `${Q}.variable variable-name`],
    ['a kept word', page(text('q', { variable: 'if' })), `${Q}.variable variable-name`],
    ['a long name', page(text('a'.repeat(29))), `${Q}.name variable-name`],
    [
      'names alike in the data',
      page(text('hostCountry'), text('host_country')),
      'pages[0].elements[1].name variable-name',
    ],
    [
      'cells alike in the data',
      page(text('a', { maxLength: 9 }), text('a_mis')),
      'pages[0].elements[1] variable-name',
    ],
    [
      'an unbounded matrix',
      page({ type: 'matrixdynamic', name: 'q', title: 'q', columns: [{ name: 'c', cellType: 'text' }] }),
      `${Q}.maxRowCount unbounded-entries`,
    ],
    [
      'too many panels',
      page({ type: 'paneldynamic', name: 'q', title: 'q', maxPanelCount: 51, templateElements: [text('x')] }),
      `${Q}.maxPanelCount unbounded-entries`,
    ],
    [
      'an unbounded panel inside another',
      page({
        type: 'paneldynamic',
        name: 'q',
        title: 'q',
        maxPanelCount: 5,
        templateElements: [{ type: 'paneldynamic', name: 'x', title: 'x', templateElements: [text('y')] }],
      }),
      `${Q}.templateElements[0].maxPanelCount unbounded-entries`,
    ],
    [
      'a sensitive choice without refusal',
      page(choice('q', { sensitive: true })),
      `${Q} sensitive-without-refusal`,
    ],
    [
      'a sensitive text that cannot be declined',
      page(text('q', { sensitive: true, refusable: false })),
      `${Q}.refusable sensitive-without-refusal`,
    ],
    [
      'a code twice',
      page(
        choice('q', {
          choices: [
            { value: 'a', text: 'a', code: 1 },
            { value: 'b', text: 'b', code: 1 },
          ],
        }),
      ),
      `${Q}.choices[1].code code`,
    ],
    [
      'a code of a missing reason',
      page(choice('q', { choices: [{ value: 'a', text: 'a', code: -8 }] })),
      `${Q}.choices[0].code code`,
    ],
    ['something without a name', page({ type: 'text', title: 'q' }), `${Q} property/required`],
  ])('%s', async (_name, json, finding) => expect(await errors(json)).toContain(finding));

  test('a sensitive choice with a refusal of its own passes, and a sensitive text that can be declined', async () => {
    expect(
      await errors(
        page(
          choice('q', { sensitive: true, showRefuseItem: true }),
          choice('r', { sensitive: true, choices: [1, { value: 'refused', text: 'No' }] }),
          text('s', { sensitive: true }),
        ),
      ),
    ).toEqual([]);
  });

  test('advice: long matrices, numbers without a minimum, aliases, missing titles, unknown properties', async () => {
    expect(
      await warnings(
        page(
          { type: 'matrix', name: 'm', title: 'm', rows: [1, 2, 3, 4, 5, 6], columns: [1, 2] },
          text('n', { inputType: 'number' }),
          text('hostCountry'),
          { type: 'boolean', name: 'b' },
          text('u', { shiny: true }),
        ),
      ),
    ).toEqual([
      'pages[0].elements[3] no-title',
      'pages[0].elements[0].rows matrix-rows',
      'pages[0].elements[1].min number-without-minimum',
      'pages[0].elements[2].name variable-alias',
      'pages[0].elements[4].shiny property/unknown',
    ]);
  });
});

test.each<[string, object]>([
  ['an unknown property', page(text('q', { validators: [{ type: 'numeric', foo: 1 }] }))],
  ['an unknown property of a choice', page(choice('q', { choices: [{ value: 1, foo: 2 }] }))],
  ['no list', page(text('q', { validators: 'x' }))],
  ['no name', page({ type: 'multipletext', name: 'q', title: 'q', items: [{}] })],
  ['no type', page({ name: 'q', title: 'q' })],
  ['an unknown validator', page(text('q', { validators: [{ type: 'zz' }] }))],
  ['an unknown trigger', { ...page(text('q')), triggers: [{ type: 'zz' }] }],
  ['a computed value without a name', { ...page(text('q')), calculatedValues: [{}] }],
])('what SurveyJS objects to while reading is found: %s', async (_name, json) => {
  expect(loadSurvey(json).jsonErrors).not.toHaveLength(0);
  expect(await lint(json)).not.toHaveLength(0);
});

test('whatever JSON is given, the lint answers with findings and does not fall over', async () => {
  const element = fc.record(
    {
      type: fc.constantFrom(
        'text',
        'checkbox',
        'matrix',
        'matrixdynamic',
        'paneldynamic',
        'panel',
        'slider',
        'multipletext',
      ),
      name: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
      title: fc.jsonValue({ maxDepth: 2 }),
      choices: fc.jsonValue({ maxDepth: 2 }),
      columns: fc.jsonValue({ maxDepth: 2 }),
      rows: fc.jsonValue({ maxDepth: 2 }),
      elements: fc.jsonValue({ maxDepth: 2 }),
      templateElements: fc.jsonValue({ maxDepth: 2 }),
      visibleIf: fc.oneof(fc.string(), fc.integer()),
    },
    { requiredKeys: [] },
  );
  const json = fc.record(
    {
      pages: fc.oneof(
        fc.jsonValue({ maxDepth: 2 }),
        fc.array(fc.record({ elements: fc.array(element, { maxLength: 3 }) }), { maxLength: 2 }),
      ),
      triggers: fc.jsonValue({ maxDepth: 2 }),
      calculatedValues: fc.jsonValue({ maxDepth: 2 }),
    },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(json, async (hostile) => {
      for (const one of await lint(hostile))
        expect(one).toEqual({
          path: expect.any(String),
          rule: expect.any(String),
          level: expect.any(String),
          message: expect.any(String),
        });
    }),
    { numRuns: 150, seed: 5 },
  );
});

describe('names in dynamic panels', () => {
  const panel = (name: string, items: string[]) => ({
    type: 'paneldynamic',
    name,
    title: { en: name, ru: name },
    maxPanelCount: 5,
    templateElements: items.map((item) => ({ type: 'comment', name: item, title: { en: item, ru: item } })),
  });
  const findings = async (...elements: object[]) =>
    (await lintQuestionnaire({ pages: [{ name: 'p', elements }] }, { locales: ['en', 'ru'] })).filter(
      ({ rule }) => rule === 'name/duplicate',
    );

  it('may stand again in the template of another panel, but not in the same one nor outside', async () => {
    expect(await findings(panel('one', ['place']), panel('two', ['place']))).toEqual([]);
    expect(await findings(panel('one', ['place', 'place']))).not.toEqual([]);
    expect(await findings(panel('one', ['place']), { type: 'comment', name: 'place' })).not.toEqual([]);
  });
});
