import { type Rehearsal, type RehearsalPlan } from '../../../src/demo/rehearsal.js';
import { rehearse } from '../../../src/demo/rehearsal-run.js';
import { rehearsalText } from '../../../src/demo/rehearsal-text.js';
import { ask, choices, smallPlan, studyPlan } from './rehearsal-study.js';

const told = ({ findings }: Rehearsal) =>
  findings.map(({ level, kind, where }) => `${level} ${kind} ${where}`);
const faultsOf = (rehearsal: Rehearsal) => told(rehearsal).filter((line) => line.startsWith('fault'));
const rehearsed = (...waves: object[][]) => rehearse(smallPlan(waves));

const CHECK = choices('changed', 'wrong');
const fed = (name: string, more: object = {}) => [
  ask(name, { feedMode: 'reactive', feedBy: `${name}_check`, ...more }),
  ask(`${name}_check`, { choices: CHECK, visibleIf: `{${name}} notempty` }),
];

describe('a questionnaire that is broken in several ways', () => {
  const rehearsal = rehearsed(
    [ask('colour', { choices: choices('red', 'green', 'blue') })],
    [
      ...fed('colour'),
      ...fed('mood', { feedFrom: 'never_asked' }),
      ask('ghost', { visibleIf: `{colour} = 'purple'` }),
      ask('must', {
        isRequired: true,
        choices: choices('red', 'green').map((one) => ({ ...one, visibleIf: `{colour} = 'purple'` })),
      }),
    ],
  );

  test('has exactly these findings', () => {
    expect(rehearsal.ok).toBe(false);
    expect(told(rehearsal)).toEqual([
      'fault feed_value_gone colour',
      'fault feed_unasked mood',
      'fault no_choice must',
      'fault item_unreached ghost',
      'warning condition_constant must{red}',
      'warning condition_constant must{green}',
    ]);
  });

  test('they say how many met it, and where to look', () => {
    const finding = (kind: string) => rehearsal.findings.find((one) => one.kind === kind);
    const agreed = (rehearsal.endings['submit_complete'] ?? 0) + (rehearsal.endings['withdraw'] ?? 0);
    expect(finding('no_choice')?.members).toBeGreaterThan(150);
    expect(finding('no_choice')?.members).toBeLessThanOrEqual(agreed);
    expect(finding('feed_value_gone')).toMatchObject({ sentence: expect.stringContaining('“blue”') });
    expect(finding('feed_value_gone')?.members).toBeGreaterThan(30);
    expect(finding('item_unreached')?.sentence).toContain(
      `{consent_take_part} = 'yes' and {colour} = 'purple'`,
    );
    expect(rehearsal.items.find(({ item }) => item === 'ghost')?.reached).toBe(0);
    expect(rehearsal.items.find(({ item }) => item === 'colour')?.reached).toBeGreaterThan(150);
  });

  test('with few people, chance may be why nobody reached an item', () => {
    const questions = [ask('colour'), ask('ghost', { visibleIf: `{consent_take_part} = 'x'` })];
    const few = rehearse(smallPlan([questions], { people: 20 }));
    expect(faultsOf(few)).toEqual([]);
    expect(told(few)).toContain('warning item_unreached ghost');
    expect(few.ok).toBe(true);
  });
});

describe('dead ends', () => {
  test('complete answers that the check refuses', () => {
    const number = (more: object) => ({
      type: 'text',
      inputType: 'number',
      name: 'age',
      title: { ru: 'Сколько лет?', en: 'How old?' },
      isRequired: true,
      max: 100,
      validators: [{ type: 'expression', expression: '{age} > 200', text: { ru: 'Нет', en: 'No' } }],
      ...more,
    });
    const rehearsal = rehearsed([number({ refusable: false })]);
    expect(faultsOf(rehearsal)).toEqual(['fault answers_refused age']);
    expect(rehearsal.findings[0]?.sentence).toMatch(/refused at age: .*\(invalid\)/);
    const declinable = rehearsed([number({})]);
    expect(told(declinable)).toEqual(['warning answers_refused age']);
    expect(declinable.findings[0]?.sentence).toContain('could only be declined');
  });

  test('nothing after the consent, for those who are left there', () => {
    const rehearsal = rehearsed([ask('last', { visibleIf: `{consent_take_part} = 'no'` })]);
    expect(faultsOf(rehearsal)).toEqual(['fault no_page p0', 'fault item_unreached last']);
  });

  test('an item without a choice that may be left blank is a warning', () => {
    const empty = choices('red').map((one) => ({ ...one, visibleIf: `{consent_take_part} = 'no'` }));
    expect(told(rehearsed([ask('may', { choices: empty })]))).toEqual([
      'warning no_choice may',
      'warning condition_constant may{red}',
    ]);
  });

  test('a condition that holds for everyone, and one that reads a later page', () => {
    const rehearsal = rehearsed([
      ask('early', { visibleIf: '{late} empty or {late} notempty' }),
      ask('late'),
    ]);
    expect(told(rehearsal)).toEqual(['warning routing_backward early', 'warning condition_constant early']);
  });

  test('an expression that names what there is not', () => {
    const rehearsal = rehearsed([ask('one'), ask('two', { visibleIf: '{on} empty' })]);
    expect(faultsOf(rehearsal)).toEqual(['fault unknown_name two']);
  });
});

describe('earlier answers', () => {
  test('a text that names an earlier answer which some do not have is found in each language', () => {
    const title = {
      ru: 'Раньше вы сказали: {prev.colour_text}. Это так?',
      en: 'You said: {prev.colour_text}. Is it so?',
    };
    const rehearsal = rehearsed(
      [ask('colour')],
      [
        ask('colour_same', { title, choices: choices('same', 'changed', 'wrong') }),
        ask('colour', { feedMode: 'proactive', feedBy: 'colour_same' }),
      ],
    );
    expect(faultsOf(rehearsal)).toEqual([
      'fault text_unresolved colour_same',
      'fault text_unresolved colour_same',
    ]);
    const guarded = rehearsed(
      [ask('colour')],
      [
        ask('colour_same', {
          title,
          choices: choices('same', 'changed', 'wrong'),
          visibleIf: '{prev.colour} notempty',
        }),
        ask('colour', { feedMode: 'proactive', feedBy: 'colour_same' }),
      ],
    );
    expect(told(guarded)).toEqual([]);
  });

  test('a sensitive answer never reaches the browser, so a text that names it stays empty', () => {
    const toldBack = (sensitive: boolean) =>
      rehearsed(
        [ask('colour')],
        [
          ...fed('colour', { sensitive }),
          ask('told', {
            title: { ru: '{prev.colour_text}', en: '{prev.colour_text}' },
            visibleIf: '{prev.colour_when} notempty',
          }),
        ],
      );
    expect(faultsOf(toldBack(true))).toEqual(['fault text_unresolved told', 'fault text_unresolved told']);
    expect(faultsOf(toldBack(false))).toEqual([]);
  });

  test('choices without words in a language, and answers of another type', () => {
    const text = { type: 'text', name: 'size', title: { ru: 'Размер', en: 'Size' } };
    const rehearsal = rehearsed(
      [text, { ...ask('colour'), choices: [{ value: 'red', text: { ru: 'красный', en: ' ' } }] }],
      [...fed('size'), ...fed('colour')],
    );
    expect(faultsOf(rehearsal)).toEqual(['fault feed_type size', 'fault words_missing colour']);
  });

  test('who repeats or changes a sensitive answer walks both ways', () => {
    const rehearsal = rehearsed(
      [ask('colour')],
      [
        ask('colour', { sensitive: true, feedMode: 'reactive', feedBy: 'colour_check' }),
        ask('colour_check', { choices: CHECK, visibleIf: '{prev.colour_differs} = true' }),
        ask('unchanged', { visibleIf: '{prev.colour_differs} = false' }),
      ],
    );
    expect(told(rehearsal)).toEqual([]);
  });
});

describe('who is asked', () => {
  test('an eligibility that nobody meets', () => {
    const plan = smallPlan([[ask('colour')], [ask('colour')]]);
    const waves = plan.waves.map((wave, index) =>
      index === 0
        ? wave
        : { ...wave, file: { ...wave.file, eligibility: { fact: 'interviews', atLeast: 5 } } },
    );
    const rehearsal = rehearse({ ...plan, waves });
    expect(faultsOf(rehearsal)).toEqual(['fault nobody_issued b']);
    expect(rehearsal.notIssued).toHaveLength(220);
    expect(rehearsal.notIssued[0]?.why).toContain('interviews');
    expect(rehearsal.messages).toEqual([]);
  });

  test('a history that is left out is named, with the reason', () => {
    const rehearsal = rehearse(studyPlan('k', 44));
    expect(told(rehearsal)).toEqual(
      expect.arrayContaining([
        'warning history_left_out newcomer',
        'warning history_left_out first_time_partial',
      ]),
    );
    expect(rehearsal.kinds.newcomer).toEqual({ people: 4, issued: 0 });
    expect(rehearsal.kinds.never_missed).toEqual({ people: 4, issued: 4 });
  });

  test('windows begin at the opening for some and later for others, and messages count from there', () => {
    const { messages } = rehearse(studyPlan('b', 66));
    const days = new Set(
      messages.filter(({ step }) => step === 'invitation').map(({ at }) => at.slice(0, 10)),
    );
    expect(days).toContain('2026-11-22');
    expect(days.size).toBeGreaterThan(8);
  });
});

describe('the study as it stands', () => {
  test.each(['k', 'b', 'c', 'd'])('wave %s has no faults', (letter) => {
    const rehearsal = rehearse(studyPlan(letter, 240));
    expect(faultsOf(rehearsal)).toEqual([]);
    expect(rehearsal.ok).toBe(true);
    expect(rehearsal.endings['submit_complete']).toBeGreaterThan(100);
  });
});

describe('the same seed', () => {
  const plan = (seed: number): RehearsalPlan => studyPlan('b', 33, seed);

  test('gives the same rehearsal, and another seed another one', () => {
    const first = JSON.stringify(rehearse(plan(4)));
    expect(JSON.stringify(rehearse(plan(4)))).toBe(first);
    expect(JSON.stringify(rehearse(plan(5)).items)).not.toBe(JSON.stringify(rehearse(plan(4)).items));
  });
});

test('in a terminal: counts first, then what is to be mended, then items and messages', () => {
  const text = rehearsalText(
    rehearsed([ask('colour')], [ask('ghost', { visibleIf: `{consent_take_part} = 'x'` })]),
  );
  const lines = text.split('\n');
  expect(lines[0]).toBe(
    'Rehearsal of wave b of new-russian-diasporas with 220 synthetic members (seed 1). Nothing was stored or sent.',
  );
  expect(text).toContain('It should not be opened yet');
  expect(text).toContain('20 of 20  never missed a wave');
  const at = (part: string) => lines.findIndex((line) => line.includes(part));
  expect(at('get a case')).toBeGreaterThan(0);
  expect(at('To mend: 2')).toBeGreaterThan(at('get a case'));
  expect(at('0  ghost  if')).toBeGreaterThan(at('To mend: 2'));
  expect(at('#1 (never missed a wave)  invitation')).toBeGreaterThan(at('0  ghost  if'));
});
