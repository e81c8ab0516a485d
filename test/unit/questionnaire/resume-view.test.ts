import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { mergeSealed, resumeView } from '../../../src/questionnaire/resume/resume-view.js';
import { everyQuestionType } from '../../make/every-question-type.js';
import { A_DAY, randomAnswers, seeded } from '../../make/random-answers.js';
import { FIXTURES } from './oracle-fixtures.js';

const context = { now: A_DAY, prev: { country: 'srb', jobs: [{ year: 2022 }] } };
const choose = ({ key }: { key: string }) => (key === 'zip' ? 'AB' : undefined);
const folder = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const waveA = JSON.parse(readFileSync(join(folder, 'a.json'), 'utf8')) as object;
const RUNS = Number(process.env.RESUME_RUNS ?? 5);

interface Page {
  name: string;
  elements: { name: string; elements?: Page['elements'] }[];
}
const namesIn = (page: Page): string[] =>
  page.elements.flatMap((one) => (one.elements ? namesIn(one as Page) : [one.name]));
const ownerIn = (key: string, names: Set<string>): string =>
  names.has(key) ? key : key.replace(/-(Comment|refused|total)$/, '');

describe('what a resumed session meets', () => {
  const questionnaires: [string, object][] = [
    ...FIXTURES.map(({ name, json }): [string, object] => [name, json]),
    ['every type', everyQuestionType()],
    ['wave a', waveA],
  ];
  it.each(questionnaires)('routes the rest of %s as the whole would', (_name, json) => {
    const full = compileQuestionnaire(json);
    const { pages } = json as { pages: Page[] };
    const all = new Set(pages.flatMap(namesIn));
    for (let seed = 0; seed < RUNS; seed++) {
      const random = seeded(seed);
      const answers = randomAnswers(full, random, { context, choose });
      const cut = Math.floor(random() * pages.length);
      const before = new Set(pages.slice(0, cut).flatMap(namesIn));
      const here = new Set(namesIn(pages[cut]!).filter(() => random() < 0.4));
      const sealed = Object.fromEntries(
        Object.entries(answers).filter(
          ([key]) => before.has(ownerIn(key, all)) || here.has(ownerIn(key, all)),
        ),
      );
      const view = resumeView(json, sealed, pages[cut]!.name, context, full);
      const reduced = compileQuestionnaire(view.questionnaire);
      const rest = randomAnswers(reduced, random, { context, choose });
      const merged = mergeSealed(sealed, rest, view.openItems);
      const verdict = full.checkSubmission(merged, context);
      expect(verdict.findings).toEqual([]);
      const walked = reduced.checkSubmission(rest, context);
      for (const item of view.openItems) {
        expect([item, walked.inapplicable(item)]).toEqual([item, verdict.inapplicable(item)]);
      }
    }
  });
});

it.each([
  ['every type', everyQuestionType()],
  ['wave a', waveA],
])('holds no sealed text of %s, unless it says where', (_name, json) => {
  const full = compileQuestionnaire(json);
  const { pages } = json as { pages: Page[] };
  const canary = 'ЪКАНАРЕЙКАЪ';
  const tell = ({ key, kind }: { key: string; kind: string }) =>
    ['text', 'comment'].includes(kind) && key !== 'postcode' ? canary : undefined;
  for (let seed = 0; seed < RUNS; seed++) {
    const answers = randomAnswers(full, seeded(seed), { context, choose: tell });
    const { questionnaire, leaks } = resumeView(
      json,
      answers,
      pages[seed % pages.length]!.name,
      context,
      full,
    );
    expect(leaks.length > 0 || !JSON.stringify(questionnaire).includes(canary)).toBe(true);
  }
});

describe('a resumed session', () => {
  const text = (name: string, more: object = {}) => ({ type: 'text', name, ...more });
  const json = {
    title: 'Hello {name}',
    pages: [
      { name: 'one', elements: [text('name'), text('age', { inputType: 'number' }), text('skipped')] },
      {
        name: 'two',
        elements: [
          text('job', { title: { en: '{name}, what do you do?', ru: '{name}, чем вы заняты?' } }),
          text('pay', {
            visibleIf: "{name} = 'CANARY' and {job} notempty",
            defaultValueExpression: '{name}',
          }),
          text('never', { visibleIf: "{name} = 'somebody else'" }),
          { type: 'matrix', name: 'm', rows: ['a', 'b'], columns: [1, 2], eachRowRequired: true },
        ],
      },
      { name: 'three', elements: [text('same', { visibleIf: '{same_as} = {name}' }), text('same_as')] },
      { name: 'four', visibleIf: '{age} > 90', elements: [text('old')] },
    ],
  };
  const view = (sealed: Record<string, unknown>, page: string) =>
    resumeView(json, sealed, page, { now: A_DAY });

  it('sees no earlier answer, in texts, conditions or defaults', () => {
    const { questionnaire, openItems, leaks } = view({ name: 'CANARY', age: 30, job: 'CANARY-2' }, 'two');
    const rest = JSON.stringify({
      ...questionnaire,
      pages: (questionnaire as { pages: Page[] }).pages.slice(0, 1),
    });
    expect(rest).not.toContain('CANARY');
    expect(rest).toContain('Hello …');
    expect(openItems).toEqual(['pay', 'm', 'same', 'same_as']);
    expect(leaks).toEqual(['same.visibleIf']);
  });

  it('meets neither pages passed by nor items whose condition can no longer hold', () => {
    const { questionnaire, openItems } = view({ name: 'x', age: 30 }, 'two');
    expect((questionnaire as { pages: Page[] }).pages.map((page) => page.name)).toEqual(['two', 'three']);
    expect(openItems).toEqual(['job', 'm', 'same', 'same_as']);
  });

  it('keeps open what was sealed unfinished, so that nobody is stuck', () => {
    const { openItems } = view({ name: 'x', m: { a: 1 } }, 'two');
    expect(openItems).toContain('m');
    expect(view({ name: 'x', m: { a: 1, b: 2 } }, 'two').openItems).not.toContain('m');
  });

  it('asks anew what later answers on the page may still change', () => {
    const rows = ['a', { value: 'b', visibleIf: '{flag} = true' }];
    const elements = [
      { type: 'matrix', name: 'm', rows, columns: [1], eachRowRequired: true },
      { type: 'boolean', name: 'flag' },
    ];
    const open = (sealed: object) =>
      resumeView({ pages: [{ name: 'p1', elements }] }, { ...sealed }, 'p1', { now: A_DAY }).openItems;
    expect(open({ m: { a: 1 } })).toEqual(['m', 'flag']);
    expect(open({ m: { a: 1 }, flag: false })).toEqual([]);
  });

  it('does not ask again what was declined', () => {
    expect(view({ 'name-refused': true }, 'one').openItems).not.toContain('name');
  });

  it('no longer asks a panel to be answered once one of its items is', () => {
    const panel = { type: 'panel', name: 'p', isRequired: true, elements: [text('a'), text('b')] };
    const asked = resumeView({ pages: [{ name: 'p1', elements: [panel] }] }, { a: 'x' }, 'p1', {
      now: A_DAY,
    });
    expect(compileQuestionnaire(asked.questionnaire).checkSubmission({}, { now: A_DAY }).ok).toBe(true);
  });

  it('starts from the beginning when nothing was reached', () => {
    expect(resumeView(json, {}, undefined, { now: A_DAY }).openItems).toHaveLength(10);
  });
});

describe('joining sealed and new answers', () => {
  it('lets sealed answers win for items that are not open', () => {
    expect(mergeSealed({ a: 1, b: 2 }, { a: 9, b: 3, c: 4 }, ['b', 'c'])).toEqual({ a: 1, b: 3, c: 4 });
  });

  it('takes comments and refusals with their item', () => {
    const sealed = { a: 'other', 'a-Comment': 'mine', b: 1 };
    expect(mergeSealed(sealed, { 'a-Comment': 'yours', 'b-refused': true }, ['b'])).toEqual({
      a: 'other',
      'a-Comment': 'mine',
      'b-refused': true,
    });
  });

  it('leaves an open item as the session leaves it', () => {
    expect(mergeSealed({ m: { a: 1 }, b: 1 }, {}, ['m'])).toEqual({ b: 1 });
  });
});
