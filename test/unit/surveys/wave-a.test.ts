import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintSurvey } from 'survey-core/linter';
import { loadSurvey } from '../../../src/questionnaire/survey.js';
import { letterProblems } from '../../../src/study/study-letter.js';
import { parseStudyFile } from '../../../src/study/study.js';
import { ruleFaults } from '../../../src/wave/wave-rules.js';
import { everyObject, everyQuestion, minutesOf } from './wave-reading.js';

const folder = join(import.meta.dirname, '../../../surveys/new-russian-diasporas');
const read = (name: string) =>
  JSON.parse(readFileSync(join(folder, name), 'utf8')) as Record<string, unknown>;
const json = read('a.json');
const study = parseStudyFile(read('study.json'));
const questions = everyQuestion(json);
const names = questions.map((question) => question.name);

/** Items on the way of a person who gave these answers, in order. */
function itemsFor(answers: Record<string, unknown>): string[] {
  const survey = loadSurvey(json, 'ru');
  survey.data = answers;
  return survey.visiblePages.flatMap((page) => page.questions.filter((q) => q.isVisible).map((q) => q.name));
}
const eligibleFor = (answers: Record<string, unknown>): unknown => {
  const survey = loadSurvey(json, 'ru');
  survey.data = answers;
  return (survey.data as Record<string, unknown>).eligible;
};

const EMPLOYED = {
  consent_take_part: 'yes',
  country: 'KAZ',
  left_russia: 'after',
  spells: [
    { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar' },
    { sp_country: 'KAZ', sp_year: 2022, sp_month: 'autumn' },
  ],
  work_strategy: 'remote_ru',
  init_has: 'no',
  onward_wish: 'eu',
  onward_plan: 'undecided',
  consent_recontact: 'yes',
};

describe('wave a, as SurveyJS reads it', () => {
  it('loads without an error and lints clean', () => {
    expect(loadSurvey(json).jsonErrors ?? []).toEqual([]);
    expect(lintSurvey(json).findings).toEqual([]);
  });

  it('shows each language its own words', () => {
    for (const locale of ['ru', 'en'] as const) {
      const survey = loadSurvey(json, locale);
      for (const question of questions.filter((q) => survey.getQuestionByName(q.name))) {
        const shown = survey.getQuestionByName(question.name);
        expect(shown.title).toBe(question.title[locale]);
        if (question.sensitive)
          expect(shown.getPropertyValue('why')?.[locale] ?? shown.why).toBe(question.why?.[locale]);
      }
    }
  });
});

describe('the words of wave a', () => {
  const texts = everyObject(json).filter((value) => 'ru' in value || 'en' in value);

  it('exist in both languages, and in nothing else', () => {
    expect(texts.length).toBeGreaterThan(500);
    for (const text of texts) {
      expect(Object.keys(text).sort()).toEqual(['en', 'ru']);
      expect(
        Object.values(text).every((words) => typeof words === 'string' && words.trim() === words && words),
      ).toBeTruthy();
    }
    const bare = [
      'title',
      'description',
      'text',
      'why',
      'universe',
      'section',
      'refuseText',
      'dontKnowText',
      'noneText',
    ];
    for (const value of everyObject(json))
      for (const key of bare) expect(typeof value[key]).not.toBe('string');
  });

  it('are Russian in Russian and English in English', () => {
    for (const text of texts) {
      expect(text.en).not.toMatch(/[а-яё]/i);
      if (/[a-z]/i.test(String(text.en))) expect(String(text.ru)).toMatch(/[а-яё]/i);
    }
  });

  it('address nobody by gender and glue no answers in', () => {
    for (const text of texts) {
      expect(text.ru).not.toMatch(/\((а|ла|на|ся|ась)\)|[а-яё]\/[а-яё]/i);
      expect(text.ru).not.toMatch(/[^.!?»] (Вы|Вас|Вам|Вами|Ваш[а-яё]*)(?![а-яё])/);
      expect(String(text.ru).replace('{panelIndex}', '')).not.toContain('{');
    }
  });
});

describe('the items of wave a', () => {
  it('have names that a follow-up wave and every export can keep', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const question of questions) {
      expect(question.name).toMatch(/^[a-z][a-z0-9_]{0,21}$/);
      const parts =
        question.type === 'checkbox' ? question.choices : question.type === 'matrix' ? question.rows : [];
      for (const part of parts ?? []) expect(`${question.name}_${part.value}`.length).toBeLessThanOrEqual(28);
    }
  });

  it('have choices with stable values and codes of their own', () => {
    for (const { name, choices = [] } of questions) {
      expect(new Set(choices.map((c) => c.value)).size).toBe(choices.length);
      expect(new Set(choices.map((c) => c.code)).size).toBe(choices.length);
      for (const { value, code } of choices) {
        expect(String(value)).toMatch(/country|wish_/.test(name) ? /^([A-Z]{3}|elsewhere)$/ : /^[a-z0-9_]+$/);
        expect(['refused', 'dontknow', 'none', 'other']).not.toContain(value);
        expect(Number.isInteger(code) && code >= 0).toBe(true);
      }
    }
  });

  it('say why and offer a way out where they are sensitive', () => {
    const sensitive = questions.filter((q) => q.sensitive);
    expect(sensitive.length).toBeGreaterThan(15);
    for (const question of sensitive) {
      expect(question.why).toBeDefined();
      expect(question.showRefuseItem).toBe(true);
    }
    expect(
      questions.filter((q) => q.refusable === false && !q.name.startsWith('consent_')).map((q) => q.name),
    ).toEqual(['country']);
    expect(questions.filter((q) => q.isRequired).map((q) => q.name)).toEqual([
      'consent_take_part',
      'country',
    ]);
  });

  it('hold no markup, address or battery too long for a phone, and bound what is typed', () => {
    expect(JSON.stringify(json)).not.toMatch(/https?:|<\w|"html"|choicesByUrl|navigateTo/);
    for (const question of questions) {
      if (question.type === 'matrix') expect(question.rows?.length).toBeLessThanOrEqual(5);
      if (question.type === 'rating') expect(question.displayMode).toBe('buttons');
      if (question.type === 'paneldynamic') expect(question.maxPanelCount).toBeLessThanOrEqual(12);
      if (question.type === 'comment') expect(question.maxLength).toBeLessThanOrEqual(1000);
      if (question.type === 'text') expect(question.maxLength ?? question.max).toBeLessThanOrEqual(500);
    }
    for (const page of json.pages as { section?: unknown; elements: unknown[] }[]) {
      expect(page.section).toBeDefined();
      expect(page.elements.length).toBeLessThanOrEqual(2);
    }
  });
});

describe('the way through wave a', () => {
  it('asks nothing but consent until it is given, and nothing after a no', () => {
    for (const answer of [undefined, 'no', 'under18'])
      expect(itemsFor({ consent_take_part: answer, work_strategy: 'local' })).toEqual(['consent_take_part']);
  });

  it.each([
    [{ country: 'elsewhere' }, ['consent_take_part', 'country', 'out_note']],
    [{ country: 'SRB', left_russia: 'before' }, ['consent_take_part', 'country', 'left_russia', 'out_note']],
    [{ country: 'SRB', left_russia: 'never' }, ['consent_take_part', 'country', 'left_russia', 'out_note']],
  ])('lets people outside the population go kindly: %j', (answers, items) => {
    expect(itemsFor({ consent_take_part: 'yes', ...answers })).toEqual(items);
    expect(eligibleFor({ consent_take_part: 'yes', ...answers })).toBe(0);
  });

  it('counts people as eligible until they say otherwise', () => {
    expect(eligibleFor({ consent_take_part: 'yes', country: 'TUR' })).toBe(1);
    expect(eligibleFor({ consent_take_part: 'yes', country: 'TUR', left_russia: 'refused' })).toBe(1);
    expect(eligibleFor({ consent_take_part: 'under18' })).toBe(0);
    for (const host of study.hostCountries)
      expect(itemsFor({ ...EMPLOYED, country: host.code })).toContain('spells');
  });

  const path = (more: object) => itemsFor({ ...EMPLOYED, ...more });
  const routed: [string, object, object][] = [
    ['work_none', { work_strategy: 'not_working' }, { work_strategy: 'local' }],
    ...['occupation', 'work_lang', 'work_why', 'job_level'].map((item): [string, object, object] => [
      item,
      { work_strategy: 'local' },
      { work_strategy: 'not_working' },
    ]),
    ['customers', { work_strategy: 'business' }, { work_strategy: 'local' }],
    ...['init_kind', 'init_aim', 'init_money', 'init_serves', 'init_view'].map(
      (item): [string, object, object] => [item, { init_has: 'past' }, { init_has: 'thinking' }],
    ),
    ['wish_eu', { onward_wish: 'eu' }, { onward_wish: 'us' }],
    ['wish_other', { onward_wish: 'another' }, { onward_wish: 'return' }],
    ['plan_to', { onward_plan: 'undecided' }, { onward_plan: 'rather_no' }],
    ['consent_email', { consent_recontact: 'yes' }, { consent_recontact: 'no' }],
    ['consent_telegram', { consent_recontact: 'yes' }, { consent_recontact: 'no' }],
  ];
  it.each(routed)('asks %s of those concerned only', (item, asked, spared) => {
    expect(path(asked)).toContain(item);
    expect(path(spared)).not.toContain(item);
  });

  it('asks everyone about wish, plan, preparation, capability and difficulty, whatever they wish', () => {
    const all = [
      'onward_plan',
      'prep_steps',
      'papers_eu',
      'papers_us',
      'diff_eu',
      'diff_us',
      'diff_other',
      'diff_return',
    ];
    expect(path({ onward_wish: 'here', onward_plan: 'no' })).toEqual(expect.arrayContaining(all));
  });

  it('reaches every item on some way', () => {
    const ways = [
      EMPLOYED,
      { ...EMPLOYED, work_strategy: 'business', init_has: 'now', onward_wish: 'another' },
      { ...EMPLOYED, work_strategy: 'not_working' },
      { consent_take_part: 'yes', country: 'elsewhere' },
    ];
    const inPanel = names.filter((name) => name.startsWith('sp_'));
    expect([...new Set(ways.flatMap(itemsFor)), ...inPanel].sort()).toEqual([...names].sort());
  });

  it('asks of places in Russia no legal basis', () => {
    const survey = loadSurvey(json, 'ru');
    survey.data = { ...EMPLOYED, spells: [{ sp_country: 'RUS' }, { sp_country: 'KAZ' }] };
    const panels = survey.getQuestionByName('spells').panels as {
      getQuestionByName(name: string): { isVisible: boolean };
    }[];
    expect(panels.map((panel) => panel.getQuestionByName('sp_basis').isVisible)).toEqual([false, true]);
  });

  it('takes the typical person 12 to 15 minutes in either language, and hardly longer with an initiative', () => {
    for (const locale of ['ru', 'en'] as const) {
      const minutes = minutesOf(loadSurvey(json, locale), EMPLOYED, locale);
      expect(minutes).toBeGreaterThanOrEqual(12);
      expect(minutes).toBeLessThanOrEqual(15);
      expect(
        minutesOf(loadSurvey(json, locale), { ...EMPLOYED, init_has: 'now' }, locale),
      ).toBeLessThanOrEqual(16);
    }
    expect(study.waves[0]?.minutes).toEqual([12, 15]);
  });
});

describe('the study file and its waves', () => {
  const surveys = study.waves.filter(({ kind }) => kind !== 'check-in');
  const inWave = new Map(surveys.map((wave) => [wave.id, everyQuestion(read(wave.questionnaire))]));

  it('measure all five takeaways with items that some wave asks, and use every substantive item', () => {
    expect([...new Set(study.indicators.map((one) => one.takeaway))]).toEqual([1, 2, 3, 4, 5]);
    const asked = new Set([...inWave.values()].flat().map(({ name }) => name));
    for (const { id, items } of study.indicators)
      expect([id, items.filter((item) => !asked.has(item))]).toEqual([id, []]);
    const used = new Set(study.indicators.flatMap((one) => one.items));
    const background = [
      'consent',
      'eligibility',
      'comment',
      'demography',
      'recruitment',
      'residence',
      'contact',
    ];
    for (const [id, all] of inWave) {
      const left = all.filter(
        (q) => !used.has(q.name) && typeof q.concept === 'string' && !background.includes(q.concept),
      );
      expect([id, [...new Set(left.map((q) => q.name))]]).toEqual([id, ['sp_basis']]);
    }
  });

  it('measure each takeaway in every wave', () => {
    for (const [id, all] of inWave) {
      const asked = new Set(all.map(({ name }) => name));
      const measured = study.indicators.filter(({ items }) => items.some((item) => asked.has(item)));
      expect([id, [...new Set(measured.map(({ takeaway }) => takeaway))]]).toEqual([id, [1, 2, 3, 4, 5]]);
    }
  });

  it('are in the order of time, with a check-in after each survey but the last', () => {
    expect(study.waves.map(({ id, kind }) => `${id} ${kind ?? 'survey'}`)).toEqual([
      'a survey',
      'k check-in',
      'b survey',
      'l check-in',
      'c survey',
      'm check-in',
      'd survey',
    ]);
  });

  it('declare who they are for and when, so that it can be read', () => {
    expect(ruleFaults(study)).toEqual([]);
  });

  it('draw arms for items that they feed forward', () => {
    for (const { id, experiments, questionnaire } of study.waves)
      for (const { items } of experiments ?? []) {
        const fed = everyObject(read(questionnaire)).filter(({ feedMode }) => feedMode === 'proactive');
        expect([id, items.filter((item) => !fed.some(({ name }) => name === item))]).toEqual([id, []]);
      }
  });

  it('show those who live in the EU the words of consent that are stored for them', () => {
    const variant = study.consents.flatMap(({ variants = [] }) => variants).find((v) => v.residence === 'eu');
    for (const { id, questionnaire, recruitment } of surveys) {
      if (recruitment === 'opt-in') continue; // nothing is known yet of where they live
      const shown = everyObject(read(questionnaire)).find(({ name }) => name === 'consent_eu');
      expect([id, shown?.html]).toEqual([id, variant?.text]);
    }
  });

  it('agree on crucial items, consents, host countries and destinations', () => {
    expect(study.crucial.filter((item) => !names.includes(item))).toEqual([]);
    expect(study.consents.map((one) => one.item)).toEqual(
      names.filter((name) => name.startsWith('consent_')),
    );
    const values = (name: string) => questions.find((q) => q.name === name)?.choices?.map((c) => c.value);
    expect(values('country')).toEqual([...study.hostCountries.map((host) => host.code), 'elsewhere']);
    for (const item of ['onward_wish', 'plan_to'])
      expect(values(item)?.filter((value) => value !== 'here')).toEqual(
        study.destinations.map((one) => one.id),
      );
  });

  it('have every letter in every language, and each letter in all of them', () => {
    const files = readdirSync(join(folder, 'letters'));
    const letters = new Map(files.map((name) => [name, readFileSync(join(folder, 'letters', name), 'utf8')]));
    expect(letterProblems(study, letters)).toEqual([]);
    const names = new Set(files.map((name) => name.split('.')[0]));
    expect(files.sort()).toEqual(
      [...names].flatMap((name) => study.locales.map((locale) => `${name}.${locale}.md`)).sort(),
    );
  });

  it('disclose nothing in letters to someone who looks over a shoulder', () => {
    for (const name of readdirSync(join(folder, 'letters'))) {
      const text = readFileSync(join(folder, 'letters', name), 'utf8');
      expect(text).not.toMatch(/росси|эмигр|миграц|диаспор|уеха|переезд|russia|migra|diaspora|exile|abroad/i);
    }
  });
});
