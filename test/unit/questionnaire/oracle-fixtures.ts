import { ONE_PIXEL } from '../../make/every-question-type.js';

/** A small questionnaire that shows one kind of item in its variants. */
export interface Fixture {
  name: string;
  json: object;
}

const page = (name: string, elements: object[], more: object = {}) => ({ name, elements, ...more });
const one = (name: string, elements: object[], more: object = {}): Fixture => ({
  name,
  json: { pages: [page('p1', elements)], ...more },
});
const text = (name: string, more: object = {}) => ({ type: 'text', name, ...more });
const LETTERS = ['a', 'b', 'c', 'd'];

export const FIXTURES: Fixture[] = [
  one('texts', [
    text('t', { maxLength: 12, isRequired: true }),
    text('mail', { inputType: 'email' }),
    text('n', { inputType: 'number', min: 3, max: 40, step: 0.5 }),
    text('d', { inputType: 'date', min: '2022-02-24', maxValueExpression: 'today()' }),
    text('dt', { inputType: 'datetime-local' }),
    text('m', { inputType: 'month', min: '2022-02' }),
    text('w', { inputType: 'week' }),
    text('h', { inputType: 'time', min: '08:00', max: '20:00' }),
    text('after', { inputType: 'number', minValueExpression: '{n} + 1' }),
    { type: 'comment', name: 'c', maxLength: 60, showCommentArea: true },
  ]),
  one('masks', [
    text('amount', { maskType: 'numeric', maskSettings: { precision: 2, min: 0, max: 5000 } }),
    text('price', { maskType: 'currency', maskSettings: { prefix: '€' } }),
    text('born', { maskType: 'datetime', maskSettings: { pattern: 'dd.mm.yyyy' } }),
    text('code', { maskType: 'pattern', maskSettings: { pattern: '99-aa' } }),
    text('phone', { maskType: 'pattern', maskSettings: { pattern: '+9 999', saveMaskedValue: true } }),
  ]),
  one('validators', [
    text('num', { inputType: 'number', validators: [{ type: 'numeric', minValue: 2, maxValue: 9 }] }),
    text('word', { validators: [{ type: 'text', minLength: 3, maxLength: 9, allowDigits: false }] }),
    text('zip', { validators: [{ type: 'regex', regex: '^[A-Z]{2}$', caseInsensitive: true }] }),
    text('post', { validators: [{ type: 'email' }] }),
    text('more', { inputType: 'number', validators: [{ type: 'expression', expression: '{more} > {num}' }] }),
    text('soft', { validators: [{ type: 'text', minLength: 99, notificationType: 'warning' }] }),
    {
      type: 'checkbox',
      name: 'some',
      choices: LETTERS,
      validators: [{ type: 'answercount', minCount: 2, maxCount: 3 }],
    },
  ]),
  one('single choices', [
    {
      type: 'radiogroup',
      name: 'r',
      choices: [1, 2, '3', { value: 'x', enableIf: '{never} = 1' }],
      showOtherItem: true,
      showNoneItem: true,
      showRefuseItem: true,
      showDontKnowItem: true,
    },
    { type: 'radiogroup', name: 'free', choices: LETTERS, showOtherItem: true, storeOthersAsComment: false },
    {
      type: 'radiogroup',
      name: 'noted',
      choices: [
        'a',
        { value: 'b', showCommentArea: true, isCommentRequired: true },
        { value: 'c', showCommentArea: true },
      ],
    },
    { type: 'dropdown', name: 'few', choicesMin: 2, choicesMax: 10, choicesStep: 2, showCommentArea: true },
    { type: 'buttongroup', name: 'bg', choices: LETTERS, choicesVisibleIf: '{item} != {r}' },
    { type: 'rating', name: 'rate', rateMin: 0, rateMax: 10, rateStep: 2 },
    { type: 'rating', name: 'words', rateValues: ['bad', 'good'] },
    { type: 'boolean', name: 'yes' },
    { type: 'boolean', name: 'da', valueTrue: 1, valueFalse: 0, isRequired: true },
    {
      type: 'imagepicker',
      name: 'img',
      choices: [
        { value: 'i1', imageLink: ONE_PIXEL },
        { value: 'i2', imageLink: ONE_PIXEL },
      ],
    },
  ]),
  one('several choices', [
    {
      type: 'checkbox',
      name: 'c',
      choices: [...LETTERS, { value: 'only', isExclusive: true }],
      maxSelectedChoices: 3,
      showOtherItem: true,
      showNoneItem: true,
      showRefuseItem: true,
    },
    { type: 'checkbox', name: 'min', choices: LETTERS, minSelectedChoices: 2, showNoneItem: true },
    { type: 'checkbox', name: 'fr', choices: LETTERS, showOtherItem: true, storeOthersAsComment: false },
    {
      type: 'checkbox',
      name: 'notes',
      choices: [
        'a',
        { value: 'b', showCommentArea: true, isCommentRequired: true },
        { value: 'c', showCommentArea: true },
      ],
    },
    { type: 'checkbox', name: 'obj', valuePropertyName: 'fruit', choices: [1, 2, 3] },
    { type: 'tagbox', name: 'tags', choices: LETTERS, showOtherItem: true },
    { type: 'ranking', name: 'rank', choices: LETTERS },
    { type: 'ranking', name: 'top', choices: LETTERS, selectToRankEnabled: true, maxSelectedChoices: 2 },
    {
      type: 'imagemap',
      name: 'map',
      imageLink: ONE_PIXEL,
      maxSelectedAreas: 2,
      areas: LETTERS.map((value) => ({ value, shape: 'rect', coords: '0,0,1,1' })),
    },
    {
      type: 'imagepicker',
      name: 'imgs',
      multiSelect: true,
      choices: [
        { value: 'i1', imageLink: ONE_PIXEL },
        { value: 'i2', imageLink: ONE_PIXEL },
      ],
    },
  ]),
  one('sliders', [
    { type: 'slider', name: 's', min: 10, max: 60, step: 5 },
    {
      type: 'slider',
      name: 'range',
      sliderType: 'range',
      min: 0,
      max: 100,
      minRangeLength: 10,
      maxRangeLength: 50,
    },
    {
      type: 'multipletext',
      name: 'mt',
      isRequired: true,
      items: [
        { name: 'x', inputType: 'number' },
        { name: 'y', maxLength: 5, isRequired: true },
      ],
    },
  ]),
  one('matrices', [
    {
      type: 'matrix',
      name: 'm',
      columns: [1, 2, { value: 3, visibleIf: '{flag} = true' }],
      rows: ['a', { value: 'b', visibleIf: '{flag} = true' }, 'c'],
      eachRowRequired: true,
    },
    { type: 'boolean', name: 'flag' },
    { type: 'matrix', name: 'uniq', columns: [1, 2, 3], rows: ['a', 'b'], eachRowUnique: true },
    {
      type: 'matrix',
      name: 'multi',
      cellType: 'checkbox',
      columns: [1, 2, { value: 9, isExclusive: true }],
      rows: ['a', 'b'],
    },
    {
      type: 'matrixdropdown',
      name: 'md',
      choices: LETTERS,
      columns: [
        { name: 'pick', isRequired: true },
        { name: 'why', cellType: 'text', visibleIf: "{row.pick} = 'a'", maxLength: 8 },
        { name: 'many', cellType: 'checkbox', choices: [1, 2, 3] },
        { name: 'n', cellType: 'text', inputType: 'number', totalType: 'sum', min: 0, max: 9 },
        { name: 'twice', cellType: 'expression', expression: '{row.n} * 2' },
      ],
      rows: ['r1', { value: 'r2', visibleIf: '{flag} = true' }],
      detailPanelMode: 'underRow',
      detailElements: [text('more', { maxLength: 9 })],
    },
  ]),
  one('entries', [
    {
      type: 'matrixdynamic',
      name: 'dyn',
      rowCount: 0,
      minRowCount: 1,
      maxRowCount: 3,
      keyName: 'k',
      columns: [
        { name: 'k', cellType: 'text', isRequired: true },
        { name: 'n', cellType: 'rating', totalType: 'max' },
        { name: 'i', cellType: 'boolean', visibleIf: '{rowIndex} > 1' },
      ],
    },
    {
      type: 'paneldynamic',
      name: 'pan',
      maxPanelCount: 3,
      keyName: 'who',
      templateElements: [
        text('who', { isRequired: true }),
        text('age', { inputType: 'number', min: 0, max: 99 }),
        {
          type: 'panel',
          name: 'inner',
          visibleIf: '{panel.age} > 17',
          elements: [
            {
              type: 'radiogroup',
              name: 'work',
              choices: LETTERS,
              requiredIf: '{panel.age} > 30',
              showOtherItem: true,
            },
          ],
        },
        {
          type: 'paneldynamic',
          name: 'kids',
          maxPanelCount: 2,
          visibleIf: '{panel.age} > 20',
          templateElements: [text('kid', { visibleIf: '{parentPanel.age} > 25' })],
        },
      ],
    },
    { type: 'expression', name: 'total', expression: "sumInArray({pan}, 'age')" },
    { type: 'expression', name: 'grown', expression: "countInArray({pan}, 'age', {age} > 17)" },
    { type: 'dropdown', name: 'pickone', choicesFromQuestion: 'pan', choiceValuesFromQuestion: 'who' },
  ]),
  {
    name: 'routing',
    json: {
      calculatedValues: [
        { name: 'score', expression: '{a} + {b}', includeIntoResult: true },
        { name: 'hidden_score', expression: '{score} * 2' },
      ],
      pages: [
        page('one', [
          text('a', { inputType: 'number', min: 0, max: 9 }),
          text('b', { inputType: 'number', min: 0, max: 9, visibleIf: '{a} > 3' }),
          { type: 'checkbox', name: 'pickc', choices: LETTERS },
          {
            type: 'radiogroup',
            name: 'carry',
            choicesFromQuestion: 'pickc',
            choicesFromQuestionMode: 'selected',
            hideIfChoicesEmpty: true,
          },
        ]),
        page('two', [
          text('early', { visibleIf: "{late} = 'x'", enableIf: '{a} > 5', defaultValue: 'dflt' }),
          { type: 'radiogroup', name: 'late', choices: ['x', 'y'], requiredIf: '{hidden_score} > 8' },
          text('ro', { readOnly: true, defaultValueExpression: '{a} + 100' }),
          text('fixed', { readOnly: true, defaultValue: 'konst' }),
          { type: 'html', name: 'note', html: 'x' },
        ]),
        page(
          'three',
          [
            {
              type: 'panel',
              name: 'group',
              isRequired: true,
              elements: [text('g1'), text('g2', { visibleIf: '{g1} notempty' })],
            },
            text('since', { visibleIf: "{prev.country} = 'srb' and {prev.jobs[0].year} < 2023" }),
            text('aged', { visibleIf: "age('2000-05-07') < 24" }),
          ],
          { visibleIf: "{a} notempty and {carry} empty or {pickc} anyof ['a', 'b']" },
        ),
      ],
    },
  },
];
