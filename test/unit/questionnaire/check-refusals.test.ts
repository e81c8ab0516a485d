import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import type { CompileRefusal } from '../../../src/questionnaire/check/check.problems.js';
import { Problem } from '../../../src/kit/problem.js';
import { ONE_PIXEL } from '../../make/every-question-type.js';
import { A_DAY } from '../../make/random-answers.js';

const context = { now: A_DAY };
const text = (more: object = {}) => ({ type: 'text', name: 'q', ...more });
const radio = (more: object = {}) => ({ type: 'radiogroup', name: 'q', choices: ['a', 'b', 3], ...more });
const boxes = (more: object = {}) => ({ type: 'checkbox', name: 'q', choices: ['a', 'b', 'c'], ...more });
const tall = { maxPanelCount: 3, minPanelCount: 1, templateElements: [{ type: 'text', name: 'x' }] };
const wide = { maxRowCount: 3, minRowCount: 2, columns: [{ name: 'x', cellType: 'text' }] };
const map = {
  type: 'imagemap',
  name: 'q',
  imageLink: ONE_PIXEL,
  areas: [{ value: 'n', shape: 'rect', coords: '0,0,1,1' }],
};
const table = {
  type: 'matrixdropdown',
  name: 'q',
  columns: [{ name: 'x', cellType: 'text' }],
  rows: ['r', 's'],
};

/** What survey-core accepts, or silently alters and accepts. */
const TAMPERED: [what: string, element: object, answer: unknown, rule: string, path?: string][] = [
  ['an object in a text', text(), { x: 1 }, 'wrong_type'],
  ['a list in a text', text(), ['x'], 'wrong_type'],
  ['a number in a text', text(), 5, 'wrong_type'],
  ['a text over its length', text({ maxLength: 3 }), 'abcd', 'too_long'],
  ['a text over any length', text(), 'x'.repeat(10_001), 'too_long'],
  ['a zero character', text(), 'a\u0000b', 'forbidden_character'],
  ['half a character', text(), 'a\ud800', 'forbidden_character'],
  ['an object in a comment', { type: 'comment', name: 'q' }, {}, ''],
  ['a text in a number', text({ inputType: 'number' }), '5', 'wrong_type'],
  ['a number too small', text({ inputType: 'number', min: 6 }), 5, 'out_of_range'],
  ['a number between steps', text({ inputType: 'number', step: 2 }), 5, 'wrong_step'],
  ['words in a date', text({ inputType: 'date' }), 'yesterday', 'pattern'],
  ['a day that is none', text({ inputType: 'date' }), '2023-02-30', 'pattern'],
  [
    'a date too late',
    text({ inputType: 'date', maxValueExpression: 'today()' }),
    '2024-05-07',
    'out_of_range',
  ],
  ['no month', text({ inputType: 'month' }), '2023-13', 'pattern'],
  ['no e-mail', text({ inputType: 'email' }), 'a@b', 'pattern'],
  ['a mask not kept', text({ maskType: 'pattern', maskSettings: { pattern: '99-99' } }), 'HACK', 'pattern'],
  ['a masked number as text', text({ maskType: 'numeric' }), '12', 'wrong_type'],
  ['a choice outside the list', radio(), 'HACK', 'not_a_choice'],
  ['a number for the text of it', radio(), '3', 'not_a_choice'],
  ['a list for one choice', radio(), ['a'], 'wrong_type'],
  ['an object for one choice', radio(), { value: 'a' }, 'wrong_type'],
  ['any value where another may be written', radio({ showOtherItem: true }), 'HACK', 'not_a_choice'],
  ['an unwritten other', radio({ showOtherItem: true }), 'other', 'comment_required', 'q-Comment'],
  ['a disabled choice', radio({ choicesEnableIf: "{item} != 'a'" }), 'a', 'disabled_choice', 'q{a}'],
  ['a hidden choice', radio({ choicesVisibleIf: "{item} != 'a'" }), 'a', 'hidden', 'q{a}'],
  ['one value for a list', boxes(), 'a', 'wrong_type'],
  ['too many choices', boxes({ maxSelectedChoices: 1 }), ['a', 'b'], 'too_many'],
  ['too few choices', boxes({ minSelectedChoices: 2 }), ['a'], 'too_few'],
  ['a choice twice', boxes(), ['a', 'a'], 'duplicate'],
  ['none and others', boxes({ showNoneItem: true }), ['none', 'a'], 'exclusive_choice'],
  ['a choice outside among others', boxes({ showOtherItem: true }), ['a', 'HACK'], 'not_a_choice'],
  ['a foreign key in a choice', boxes({ valuePropertyName: 'f' }), [{ f: 'a', x: 1 }], 'unknown_key'],
  ['half an order', { type: 'ranking', name: 'q', choices: ['a', 'b'] }, ['a'], 'incomplete'],
  ['an area outside the map', map, ['HACK'], 'not_a_choice'],
  ['a boolean that is none', { type: 'boolean', name: 'q' }, 'HACK', 'wrong_type'],
  [
    'another value for yes',
    { type: 'boolean', name: 'q', valueTrue: 'j', valueFalse: 'n' },
    'HACK',
    'not_a_choice',
  ],
  ['a rating too high', { type: 'rating', name: 'q' }, 999, 'not_a_choice'],
  [
    'a rating between steps',
    { type: 'rating', name: 'q', rateMin: 0, rateMax: 10, rateStep: 5 },
    3,
    'not_a_choice',
  ],
  ['a slider too high', { type: 'slider', name: 'q' }, 101, 'out_of_range'],
  ['a slider between steps', { type: 'slider', name: 'q', step: 5 }, 3, 'wrong_step'],
  ['a slider in words', { type: 'slider', name: 'q' }, '5', 'wrong_type'],
  ['a range the wrong way round', { type: 'slider', name: 'q', sliderType: 'range' }, [9, 3], 'out_of_range'],
  ['a scalar matrix', { type: 'matrix', name: 'q', columns: [1], rows: ['r'] }, 1, 'wrong_type'],
  ['a foreign row', { type: 'matrix', name: 'q', columns: [1], rows: ['r'] }, { HACK: 1 }, 'unknown_key'],
  [
    'a foreign column',
    { type: 'matrix', name: 'q', columns: [1], rows: ['r'] },
    { r: 2 },
    'not_a_choice',
    'q[r]',
  ],
  [
    'a missing row',
    { type: 'matrix', name: 'q', columns: [1], rows: ['r', 's'], eachRowRequired: true },
    { r: 1 },
    'required',
    'q[s]',
  ],
  ['a foreign cell', table, { r: { HACK: 1 } }, 'unknown_key', 'q[r].HACK'],
  ['an object in a cell', table, { r: { x: {} } }, ''],
  ['a list for a row', table, { r: ['x'] }, 'wrong_type', 'q[r]'],
  ['too many rows', { type: 'matrixdynamic', name: 'q', ...wide }, [{}, {}, {}, { x: 'a' }], 'too_many'],
  ['too few rows', { type: 'matrixdynamic', name: 'q', ...wide }, [{ x: 'a' }], 'too_few'],
  ['too many entries', { type: 'paneldynamic', name: 'q', ...tall }, [{}, {}, {}, { x: 'a' }], 'too_many'],
  [
    'a foreign key in an entry',
    { type: 'paneldynamic', name: 'q', ...tall },
    [{ HACK: 1 }],
    'unknown_key',
    'q[0].HACK',
  ],
  ['an entry that is none', { type: 'paneldynamic', name: 'q', ...tall }, ['x'], 'wrong_type', 'q[0]'],
  [
    'a key twice',
    { type: 'paneldynamic', name: 'q', ...tall, keyName: 'x' },
    [{ x: 'a' }, { x: 'A' }, { x: 'a' }],
    'duplicate',
    'q[2].x',
  ],
  [
    'a foreign text',
    { type: 'multipletext', name: 'q', items: [{ name: 'x' }] },
    { HACK: 'a' },
    'unknown_key',
    'q.HACK',
  ],
  [
    '__proto__ inside',
    { type: 'multipletext', name: 'q', items: [{ name: 'x' }] },
    JSON.parse('{"__proto__":{"x":1}}'),
    'forbidden_key',
    '',
  ],
  [
    'constructor inside',
    { type: 'paneldynamic', name: 'q', ...tall },
    [{ constructor: 1 }],
    'forbidden_key',
    '',
  ],
  ['a value of an html item', { type: 'html', name: 'q', html: 'x' }, 'a', 'unknown_key'],
  ['a read-only answer', text({ readOnly: true }), 'a', 'read_only'],
  ['a disabled answer', text({ enableIf: '{other} = 1' }), 'a', 'read_only'],
  ['a hidden answer', text({ visibleIf: '{other} = 1' }), 'a', 'hidden'],
  [
    'an answer of a hidden panel',
    { type: 'panel', name: 'p', visibleIf: '{other} = 1', elements: [text()] },
    'a',
    'hidden',
  ],
  ['a failed pattern', text({ validators: [{ type: 'regex', regex: '^[a-z]+$' }] }), 'A', 'pattern'],
  ['a failed check', text({ validators: [{ type: 'expression', expression: "{q} = 'x'" }] }), 'A', 'invalid'],
];

describe('what survey-core lets through is refused with the item and the rule', () => {
  it.each(TAMPERED)('%s', (_what, element, answer, rule, path = 'q') => {
    const json = { pages: [{ elements: [element, { type: 'text', name: 'other', inputType: 'number' }] }] };
    const { ok, findings } = compileQuestionnaire(json).checkSubmission({ q: answer }, context);
    if (rule === '') {
      expect(findings).toEqual([]); // an object without any value is no answer at all
      return;
    }
    expect(ok).toBe(false);
    expect(findings.map((finding) => [finding.rule, finding.path])).toEqual([[rule, path]]);
    expect(findings[0]!.message).not.toMatch(/HACK/);
  });

  it('a thousand rows, at no cost', () => {
    const json = { pages: [{ elements: [{ type: 'paneldynamic', name: 'q', ...tall }] }] };
    const compiled = compileQuestionnaire(json);
    const answers = { q: Array.from({ length: 1000 }, () => ({ x: 'a' })) };
    const before = process.cpuUsage().user;
    expect(compiled.checkSubmission(answers, context).findings[0]!.rule).toBe('too_many');
    expect(process.cpuUsage().user - before).toBeLessThan(50_000);
  });

  it('an earlier answer that the client invents', () => {
    const elements = [text({ visibleIf: "{prev.country} = 'srb'" })];
    const compiled = compileQuestionnaire({ pages: [{ elements }] });
    const rules = (prev?: object) =>
      compiled
        .checkSubmission(
          { q: 'a', prev: { country: 'srb' } },
          { ...context, ...(prev ? { prev: { ...prev } } : {}) },
        )
        .findings.map((finding) => finding.rule);
    expect(rules()).toEqual(['unknown_key', 'hidden']);
    expect(rules({ country: 'srb' })).toEqual(['unknown_key']);
  });
});

const REFUSED: [what: string, json: object, rule: string, path: string][] = [
  ['files', { elements: [{ type: 'file', name: 'q' }] }, 'unsupported_type', 'q'],
  ['signatures', { elements: [{ type: 'signaturepad', name: 'q' }] }, 'unsupported_type', 'q'],
  [
    'choices from elsewhere',
    { elements: [radio({ choicesByUrl: { url: 'https://x.org' } })] },
    'choices_elsewhere',
    'q',
  ],
  [
    'choices loaded later',
    { elements: [{ ...radio(), type: 'dropdown', choicesLazyLoadEnabled: true }] },
    'choices_elsewhere',
    'q',
  ],
  [
    'custom choices',
    { elements: [{ ...boxes(), type: 'tagbox', allowCustomChoices: true }] },
    'open_choices',
    'q',
  ],
  [
    'unbounded rows',
    { elements: [{ type: 'matrixdynamic', name: 'q', columns: [{ name: 'x' }] }] },
    'unbounded',
    'q',
  ],
  [
    'asynchronous functions',
    { elements: [text({ visibleIf: "displayValue('q') = 1" })] },
    'unsupported_function',
    'q',
  ],
  ['unknown functions', { elements: [text({ visibleIf: 'hack({q})' })] }, 'unsupported_function', 'q'],
  ['expressions that do not parse', { elements: [text({ visibleIf: '{q} ==== 1' })] }, 'bad_expression', 'q'],
  [
    'routing by page number',
    { elements: [text({ visibleIf: '{pageno} = 1' })] },
    'unsupported_variable',
    'q',
  ],
  [
    'routing by properties',
    { elements: [text({ visibleIf: '{$q.isVisible}' })] },
    'unsupported_variable',
    'q',
  ],
  [
    'triggers',
    { elements: [text()], triggers: [{ type: 'complete', expression: '{q} = 1' }] },
    'trigger',
    'triggers',
  ],
  ['set-value expressions', { elements: [text({ setValueExpression: '1' })] }, 'depends_on_history', 'q'],
  ['resets', { elements: [text({ resetValueIf: '{q} = 1' })] }, 'depends_on_history', 'q'],
  ['hidden values kept', { elements: [text({ clearIfInvisible: 'none' })] }, 'keeps_hidden', 'q'],
  [
    'circles',
    { elements: [text({ name: 'a', visibleIf: '{b} = 1' }), text({ name: 'b', visibleIf: '{a} = 1' })] },
    'cycle',
    'a',
  ],
  [
    'two items under one value name',
    { elements: [text({ name: 'a', valueName: 'v' }), text({ name: 'b', valueName: 'v' })] },
    'duplicate_name',
    'v',
  ],
  ['two choices of one value', { elements: [radio({ choices: [1, '1'] })] }, 'duplicate_choice', 'q{1}'],
  ['names of JavaScript', { elements: [text({ name: 'constructor' })] }, 'forbidden_name', 'constructor'],
  [
    'questions inside choices',
    { elements: [boxes({ choices: [{ value: 'a', elements: [text({ name: 'in' })] }] })] },
    'nested_choice',
    'q{a}',
  ],
  [
    'names that mean two things',
    { elements: [{ ...table, columns: [{ name: 'x', cellType: 'text', visibleIf: '{r} = 1' }] }] },
    'ambiguous_name',
    'q[].x',
  ],
  [
    'a broken pattern',
    { elements: [text({ validators: [{ type: 'regex', regex: '(' }] })] },
    'bad_pattern',
    'q',
  ],
];

describe('what cannot be checked is refused at import', () => {
  it.each(REFUSED)('%s', (_what, json, rule, path) => {
    let refusals: CompileRefusal[] = [];
    try {
      compileQuestionnaire(json);
    } catch (error) {
      expect(error).toBeInstanceOf(Problem);
      expect((error as Problem).code).toBe('questionnaire.cannot_compile');
      refusals = (error as Problem<{ refusals: CompileRefusal[] }>).details.refusals;
    }
    expect(refusals.map((refusal) => [refusal.rule, refusal.path])).toContainEqual([rule, path]);
    for (const { message } of refusals) expect(message).toMatch(/\.$/);
  });
});
