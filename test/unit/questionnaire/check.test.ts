import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { everyQuestionType } from '../../make/every-question-type.js';
import { A_DAY, randomAnswers, seeded } from '../../make/random-answers.js';

const context = { now: A_DAY };
const text = (name: string, more: object = {}) => ({ type: 'text', name, ...more });
const number = (name: string, more: object = {}) => text(name, { inputType: 'number', ...more });
const compile = (...elements: object[]) => compileQuestionnaire({ pages: [{ name: 'first', elements }] });
const rules = (verdict: { findings: { path: string; rule: string }[] }) =>
  verdict.findings.map(({ path, rule }) => `${path} ${rule}`);

describe('a submission', () => {
  const survey = compile(
    text('name', { isRequired: true }),
    number('age', { requiredIf: "{name} = 'A'" }),
    text('job', { visibleIf: '{age} > 17', isRequired: true }),
    { type: 'panel', name: 'p', isRequired: true, elements: [text('x'), text('y')] },
  );

  it('needs what is required and shown, and nothing else', () => {
    expect(rules(survey.checkSubmission({}, context))).toEqual(['name required', 'p required']);
    expect(rules(survey.checkSubmission({ name: 'A', y: 'y' }, context))).toEqual(['age required']);
    expect(rules(survey.checkSubmission({ name: 'A', age: 20, y: 'y' }, context))).toEqual(['job required']);
    expect(survey.checkSubmission({ name: 'A', age: 2, y: 'y' }, context).ok).toBe(true);
  });

  it('tells the item, the path, the rule and what to do', () => {
    const [finding] = survey.checkSubmission({ name: 'A', age: 'SECRET', y: 'y' }, context).findings;
    expect(finding).toEqual({
      item: 'age',
      path: 'age',
      rule: 'wrong_type',
      message: 'Send a value of the kind that this item stores.',
    });
  });

  it('is canonical: without blanks, in the order of the questionnaire', () => {
    const { answers } = survey.checkSubmission({ y: 'y', x: '', age: 3, name: 'A', job: null }, context);
    expect(Object.keys(answers)).toEqual(['name', 'age', 'y']);
  });

  it('has its computed values recomputed, whatever was sent', () => {
    const computed = compileQuestionnaire({
      calculatedValues: [{ name: 'twice', expression: '{n} * 2', includeIntoResult: true }],
      elements: [
        { type: 'expression', name: 'more', expression: '{twice} + 1' },
        number('n'),
        text('fixed', { readOnly: true, defaultValue: 'as it was' }),
      ],
    });
    const { ok, answers } = computed.checkSubmission(
      { n: 4, twice: 99, more: 'HACK', fixed: 'HACK' },
      context,
    );
    expect(ok).toBe(true);
    expect(Object.entries(answers)).toEqual([
      ['more', 9],
      ['n', 4],
      ['fixed', 'as it was'],
      ['twice', 8],
    ]);
  });

  it('takes the date in UTC wherever it is checked', () => {
    const dated = compile(text('d', { inputType: 'date', maxValueExpression: 'today()' }));
    const late = { now: new Date('2024-05-06T23:59:00Z') };
    expect(dated.checkSubmission({ d: '2024-05-06' }, late).ok).toBe(true);
    expect(dated.checkSubmission({ d: '2024-05-07' }, late).ok).toBe(false);
  });

  it('reads earlier waves and variables of the caller', () => {
    const waves = compile(text('q', { visibleIf: "{prev.spells[0].country} = 'srb' and {region} = 'x'" }));
    const prev = { spells: [{ country: 'srb' }] };
    expect(waves.checkSubmission({ q: 'a' }, { ...context, prev, variables: { Region: 'x' } }).ok).toBe(true);
    expect(waves.checkSubmission({ q: 'a' }, { ...context, prev }).ok).toBe(false);
  });

  it('leaves nothing behind for the next one', () => {
    const whole = compileQuestionnaire(everyQuestionType());
    const one = randomAnswers(whole, seeded(1));
    const first = JSON.stringify(whole.checkSubmission(one, context));
    whole.checkSubmission(randomAnswers(whole, seeded(2)), { ...context, prev: { a: 1 } });
    expect(JSON.stringify(whole.checkSubmission(one, context))).toBe(first);
  });

  it('is not changed by the check', () => {
    const sent = Object.freeze({ name: 'A', age: 2, y: 'y' });
    expect(survey.checkSubmission(sent, context).ok).toBe(true);
  });
});

describe('a draft', () => {
  const survey = compile(
    text('name', { isRequired: true, maxLength: 5 }),
    { type: 'checkbox', name: 'c', choices: ['a', 'b'], choicesVisibleIf: "{item} = 'a' or {name} = 'B'" },
    text('job', { visibleIf: "{name} = 'B'" }),
    text('pay', { visibleIf: '{job} notempty' }),
  );

  it('needs nothing', () => {
    expect(survey.checkDraft({}, context)).toMatchObject({ ok: true, answers: {}, dropped: [] });
  });

  it('leaves out what routing hides, and what depended on it', () => {
    const verdict = survey.checkDraft({ name: 'A', c: ['a', 'b'], job: 'x', pay: 'y' }, context);
    expect(verdict).toMatchObject({
      ok: true,
      answers: { name: 'A', c: ['a'] },
      dropped: ['c{b}', 'job', 'pay'],
    });
  });

  it('is refused for the same wrong values as a submission', () => {
    expect(rules(survey.checkDraft({ name: 'ABCDEF', HACK: 1 }, context))).toEqual([
      'HACK unknown_key',
      'name too_long',
    ]);
  });

  it('is not judged by checks between items, which later answers may still meet', () => {
    const ordered = compile(
      number('from'),
      number('to', { validators: [{ type: 'expression', expression: '{to} > {from}' }] }),
    );
    expect(ordered.checkDraft({ from: 5, to: 3 }, context).ok).toBe(true);
    expect(ordered.checkSubmission({ from: 5, to: 3 }, context).ok).toBe(false);
  });
});

describe('a refusal of an item', () => {
  const survey = compile(
    text('q', { isRequired: true }),
    text('must', { refusable: false }),
    { type: 'radiogroup', name: 'r', choices: ['a'], showRefuseItem: true },
    text('gone', { visibleIf: "{q} = 'x'" }),
    { type: 'matrix', name: 'm', columns: [1], rows: ['r'], eachRowRequired: true },
  );
  const m = { r: 1 };

  it('stands for an answer', () => {
    const verdict = survey.checkSubmission({ 'q-refused': true, 'm-refused': true }, context);
    expect(verdict).toMatchObject({ ok: true, answers: { 'q-refused': true, 'm-refused': true } });
  });

  it('is true, alone, and of an item that can be declined and is shown', () => {
    const of = (answers: object) => rules(survey.checkSubmission({ q: 'a', m, ...answers }, context));
    expect(of({ q: undefined, 'q-refused': 'yes' })).toEqual(['q-refused wrong_type', 'q required']);
    expect(of({ 'q-refused': true })).toEqual(['q-refused refused_and_answered']);
    expect(of({ 'must-refused': true })).toEqual(['must-refused unknown_key']);
    expect(of({ 'r-refused': true })).toEqual(['r-refused unknown_key']);
    expect(of({ 'gone-refused': true })).toEqual(['gone hidden']);
  });
});

describe('what is sent at all', () => {
  const survey = compile(text('q'));
  const ruleOf = (answers: unknown) =>
    survey.checkSubmission(answers, context).findings.map(({ rule }) => rule);

  it('is an object of plain values, not too deep, not too large', () => {
    expect(ruleOf(null)).toEqual(['not_an_object']);
    expect(ruleOf([])).toEqual(['not_an_object']);
    let deep: unknown = 1;
    for (let level = 0; level < 40; level++) deep = { deep };
    expect(ruleOf({ q: deep })).toEqual(['too_deep']);
    expect(ruleOf({ q: 'x'.repeat(270_000) })).toEqual(['too_large']);
    expect(ruleOf({ q: new Date() })).toEqual(['wrong_type']);
    expect(ruleOf(JSON.parse('{"__proto__": {"q": 1}}'))).toEqual(['forbidden_key']);
  });

  it('gets at most a hundred findings', () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, 1]));
    expect(ruleOf(many)).toHaveLength(100);
  });

  it('is not echoed, not even in a path', () => {
    const verdict = survey.checkSubmission({ '<script>alert(1)</script>': 'SECRET' }, context);
    expect(JSON.stringify(verdict.findings)).not.toMatch(/script|SECRET/);
  });
});

describe('what routing hides', () => {
  const survey = compileQuestionnaire({
    pages: [
      {
        name: 'one',
        elements: [
          number('age'),
          { type: 'panel', name: 'grown', visibleIf: '{age} > 17', elements: [text('job')] },
        ],
      },
      { name: 'two', visibleIf: '{age} > 90', elements: [text('old')] },
      {
        name: 'three',
        elements: [
          { type: 'checkbox', name: 'c', choices: ['a', { value: 'b', visibleIf: '{age} > 17' }] },
          {
            type: 'matrix',
            name: 'm',
            rows: ['x', { value: 'y', visibleIf: '{age} > 17' }],
            columns: [1, { value: 2, visibleIf: '{age} > 17' }],
          },
          {
            type: 'matrixdropdown',
            name: 'd',
            rows: ['x'],
            columns: [
              { name: 'k', cellType: 'text' },
              { name: 'l', cellType: 'text', visibleIf: "{row.k} = 'a'" },
            ],
          },
          {
            type: 'paneldynamic',
            name: 'h',
            maxPanelCount: 5,
            visibleIf: '{age} > 5',
            templateElements: [
              number('n'),
              text('s', { visibleIf: '{panel.n} > 3' }),
              { type: 'checkbox', name: 'f', choices: [{ value: 'z', visibleIf: '{panel.n} > 3' }] },
            ],
          },
        ],
      },
    ],
  });
  const at = (answers: object) => {
    const { inapplicable, ok } = survey.checkSubmission(answers, context);
    expect(ok).toBe(true);
    return inapplicable;
  };

  it('is hidden with everything inside', () => {
    const hides = at({ age: 10, d: { x: { k: 'b' } }, h: [{ n: 1 }, { n: 9 }] });
    const hidden = [
      'grown',
      'job',
      'two',
      'old',
      'c{b}',
      'm[y]',
      'm[y]{1}',
      'm[x].2',
      'm[x]{2}',
      'd[x].l',
      'h[0].s',
      'h[0].f{z}',
      'h[7]',
    ];
    const shown = [
      'one',
      'age',
      'three',
      'c',
      'c{a}',
      'm',
      'm[x]',
      'm[x].1',
      'd[x].k',
      'h',
      'h[].n',
      'h[].s',
      'h[1].s',
      'h[1].f{z}',
    ];
    expect([...hidden, ...shown].filter(hides)).toEqual(hidden);
  });

  it('is hidden for no entry when there is one to which it applies, and for all when the panel is hidden', () => {
    expect(at({ age: 10, h: [{ n: 1 }] })('h[].s')).toBe(true);
    expect(['h', 'h[].n', 'h[].s', 'h[0].n'].filter(at({ age: 2 }))).toEqual([
      'h',
      'h[].n',
      'h[].s',
      'h[0].n',
    ]);
  });
});
