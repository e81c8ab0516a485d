import { join } from 'node:path';
import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { WORK_LIMIT, type Work } from '../../../src/questionnaire/check/work.js';
import { log } from '../../../src/kit/log.node.js';
import { QuestionnaireTrial } from '../../../src/questionnaire/trial.node.js';
import { bareHttp } from '../../make/bare-http.js';

const TOP = join(import.meta.dirname, '../../..');
const NOW = '2026-03-02T08:00:00.000Z';
const thread = (limitMs: number) => ({
  file: join(TOP, 'src/questionnaire/trial-worker.node.ts'),
  execArgv: ['--import', join(TOP, 'test/make/typescript.mjs')],
  limitMs,
});
const PATIENT = new QuestionnaireTrial(thread(120_000));
const tried = (json: object | string, trial = PATIENT) =>
  trial.findings({
    content: typeof json === 'string' ? json : JSON.stringify(json),
    locales: ['en'],
    now: NOW,
  });
const rules = async (json: object | string, trial?: QuestionnaireTrial) =>
  (await tried(json, trial)).filter(({ level }) => level === 'error').map(({ rule }) => rule);
const page = (...elements: object[]) => ({ pages: [{ name: 'p', elements }] });
const text = (name: string, more: object = {}) => ({ type: 'text', name, title: { en: name }, ...more });

/** Three panels in one another, each with as many entries as may be; every item asks about all around it. */
const nested = (entries: number) => {
  const many = Array.from({ length: 40 }, (_, index) => `{panel.a2} <> '${index}'`).join(' and ');
  const panel = (name: string, templateElements: object[]) => ({
    type: 'paneldynamic',
    name,
    title: { en: name },
    maxPanelCount: entries,
    templateElements,
  });
  const inner = Array.from({ length: 20 }, (_, index) => text(`i${index}`, { visibleIf: many }));
  return page(panel('outer', [text('a'), panel('inner', [text('a2'), ...inner])]));
};

const hard = (index: number) => `^((a|a${index}|[a-z]{1,${index + 2}})+x?)+b{1,${index + 3}}$`;

describe('hostile questionnaires', () => {
  it('a good one passes, and the thread is used again', async () => {
    expect(await rules(page(text('a'), text('b', { visibleIf: "{a} = '1'" })))).toEqual([]);
    expect(await rules(page(text('a')))).toEqual([]);
  });

  it.each<[string, object | string, string]>([
    [
      'a catastrophic pattern',
      page(text('a', { validators: [{ type: 'regex', regex: '^(a+)+$' }] })),
      'regex',
    ],
    ['200,000 levels', `{"pages":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'too-deep'],
    [
      'an expression of 3,000 clauses',
      page(
        text('a'),
        text('b', { visibleIf: Array.from({ length: 3000 }, (_, i) => `{a} = ${i}`).join(' or ') }),
      ),
      'expression-too-large',
    ],
    [
      'brackets in brackets, which are harmless',
      page(text('a'), text('b', { visibleIf: `${'('.repeat(1900)}{a} = 1${')'.repeat(1900)}` })),
      '',
    ],
  ])('%s', async (_what, json, rule) => {
    expect(await rules(json)).toEqual(rule === '' ? [] : expect.arrayContaining([rule]));
  });

  it('values computed of one another in a circle', async () => {
    const circle = {
      ...page(text('a')),
      calculatedValues: [
        { name: 'x', expression: '{y} + 1' },
        { name: 'y', expression: '{x} + 1' },
      ],
    };
    expect(await rules(circle)).toEqual(expect.arrayContaining(['cycle/calculated-value']));
  });

  it('one that takes for ever is killed, and others are answered meanwhile', async () => {
    log.level = 'silent';
    const endless = page(
      ...Array.from({ length: 400 }, (_, index) =>
        text(`q${index}`, { validators: [{ type: 'regex', regex: hard(index) }] }),
      ),
    );
    const { app, url } = await bareHttp();
    const trial = new QuestionnaireTrial(thread(4000));
    let going = true;
    let answered = 0;
    const others = (async () => {
      while (going) {
        expect((await fetch(`${url}/echo`)).status).toBe(200);
        answered += 1;
      }
    })();
    try {
      const begun = performance.now();
      expect(await rules(endless, trial)).toEqual(['too-costly']);
      expect(performance.now() - begun).toBeGreaterThan(3900);
    } finally {
      going = false;
      await others;
      await app.close();
    }
    expect(answered).toBeGreaterThan(50); // a server that stands still answers none
    expect(await rules(page(text('a')), new QuestionnaireTrial(thread(120_000)))).toEqual([]);
  });
});

describe('what one check may cost', () => {
  const now = new Date(NOW);
  const answers = (entries: number) => ({
    outer: Array.from({ length: entries }, () => ({
      a: 'x',
      inner: Array.from({ length: entries }, () => ({ a2: 'y' })),
    })),
  });

  it('is counted, the same every time', () => {
    const compiled = compileQuestionnaire(nested(3));
    const spent = () => {
      const work: Work = { left: WORK_LIMIT };
      expect(compiled.checkDraft(answers(3), { now, work }).ok).toBe(true);
      return WORK_LIMIT - work.left;
    };
    expect(spent()).toBeGreaterThan(1000);
    expect(spent()).toBe(spent());
  });

  it('ends a check that costs too much, before it costs much time', () => {
    const compiled = compileQuestionnaire(nested(50));
    const before = process.cpuUsage();
    const verdict = compiled.checkDraft(answers(50), { now });
    expect(verdict.findings.map(({ rule }) => rule)).toEqual(['too_costly']);
    expect(verdict.ok).toBe(false);
    expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  });

  it('is refused before it is fielded', async () => {
    expect(await rules(nested(50))).toContain('too-costly');
  });

  it('does not let texts double without end', () => {
    const values = Array.from({ length: 40 }, (_, index) => ({
      name: `v${index}`,
      expression: index === 0 ? '{a}' : `{v${index - 1}} + {v${index - 1}}`,
    }));
    const compiled = compileQuestionnaire({ ...page(text('a')), calculatedValues: values });
    const verdict = compiled.checkDraft({ a: 'xyz' }, { now });
    expect(verdict.findings.map(({ rule }) => rule)).toEqual(['too_costly']);
  });
});
