import { compileQuestionnaire } from '../../../src/questionnaire/check/check.js';
import { lintQuestionnaire } from '../../../src/questionnaire/lint/lint.js';
import { randomAnswers, seeded } from '../../make/random-answers.js';
import {
  earlierOf,
  identityOf,
  modelFor,
  questionsOf,
  readJson,
  readmeTable,
  shownIn,
  textsOf,
  WAVES,
} from './follow-up.js';
import { PEOPLE, type Person, type PersonName } from './follow-up-people.js';
import { everyObject, minutesOf } from './wave-reading.js';

interface ConsentJson {
  id: string;
  variants?: { residence: string; text: unknown }[];
}

const CORE = [
  ...['legal_status', 'work_strategy', 'income_ok', 'ident_main', 'contrast_main', 'lang_local', 'stay_long'],
  ...['onward_wish', 'onward_plan', 'prep_steps', 'papers_us', 'consent_recontact', 'contact_ok'],
];
const MOVE = ['move_wished', 'move_why', 'move_how', 'move_help', 'move_ease'];
const STAY = ['life_trend', 'stay_why', 'plan_fate', 'try_papers', 'move_easier'];
const NOT_IN_RUSSIA = ['legal_status', 'lang_local', 'move_why', 'move_how', 'onward_plan'];

/** Who is asked what in every follow-up wave, and what they are spared. */
const WAY: Record<PersonName, { asked: string[]; spared: string[] }> = {
  stayer: {
    asked: [...CORE, ...STAY, 'work_stay', 'papers_eu'],
    spared: [
      ...MOVE,
      'country',
      'spells',
      'spells_fix',
      'init_has',
      'legal_check',
      'work_check',
      'lang_check',
    ],
  },
  changer: {
    asked: [...CORE, ...STAY, 'legal_check', 'work_check', 'lang_check', 'wish_check', 'init_has'],
    spared: [...MOVE, 'work_stay', 'country'],
  },
  founder: { asked: [...CORE, 'init_trend'], spared: ['init_has', 'init_kind', 'init_barrier'] },
  mover: {
    asked: [...CORE, ...MOVE, 'country', 'spells', 'settle_need', 'work_check'],
    spared: [...STAY, 'papers_eu', 'legal_check', 'lang_check', 'wish_check', 'spells_fix'],
  },
  returner: {
    asked: [
      'country',
      'spells',
      'move_wished',
      'return_why',
      'return_tie',
      'move_help',
      'move_ease',
      'leave_plan',
      'plan_to',
      'papers_eu',
    ],
    spared: [...STAY, ...NOT_IN_RUSSIA, 'settle_need'],
  },
  settler: { asked: [...CORE, ...STAY, 'settle_need'], spared: [...MOVE, 'papers_eu', 'country', 'spells'] },
  skipper: { asked: [...CORE, ...MOVE, 'spells'], spared: [...STAY, 'settle_need', 'spells_fix'] },
  wronged: { asked: [...CORE, ...STAY, 'country', 'spells_fix'], spared: [...MOVE, 'spells'] },
  unknown: {
    asked: [...CORE, ...STAY, 'country', 'spells', 'init_has', 'work_stay'],
    spared: [...MOVE, 'res_same', 'init_same', 'spells_fix'],
  },
};

/** What holds for each follow-up wave of the study. */
export function testFollowUp(wave: 'b' | 'c' | 'd', module: string[]): void {
  const json = readJson(`${wave}.json`);
  const questions = questionsOf(wave);
  const names = questions.map(({ name }) => name);
  const compiled = compileQuestionnaire(json);
  const people = Object.entries(PEOPLE) as [PersonName, Person][];
  const model = (who: Person, locale: 'ru' | 'en' = 'ru') =>
    modelFor(json, earlierOf(questions, who).browser, locale);
  const shownTo = (who: Person): string[] => {
    const survey = model(who);
    survey.data = who.answers;
    return shownIn(survey);
  };
  const shown = Object.fromEntries(people.map(([name, who]) => [name, shownTo(who)])) as Record<
    PersonName,
    string[]
  >;

  describe(`wave ${wave} as a questionnaire`, () => {
    it('loads, lints clean and keeps answers apart', async () => {
      expect(model(PEOPLE.stayer).jsonErrors ?? []).toEqual([]);
      const findings = await lintQuestionnaire(json, { locales: ['ru', 'en'] });
      expect(findings).toEqual([]);
    });

    it('speaks both languages, of nobody by gender, and shows of earlier answers only what is not sensitive', () => {
      const shownPrev = questions.filter((q) => q.feedMode && !q.sensitive).map((q) => q.feedFrom ?? q.name);
      const insertions = [
        'panelIndex',
        ...['place', ...shownPrev].flatMap((x) => [`prev.${x}_text`, `prev.${x}_when`]),
      ];
      for (const { ru, en, ...more } of textsOf(json) as { ru: string; en: string }[]) {
        expect(more).toEqual({});
        expect(en).not.toMatch(/[а-яё]/i);
        if (/[a-z]/i.test(en.replace(/\{.*?\}/g, ''))) expect(ru).toMatch(/[а-яё]/i);
        expect(ru).not.toMatch(/\((а|ла|на|ся|ась)\)|[а-яё]\/[а-яё]/i);
        expect(ru).not.toMatch(/[^.!?»] (Вы|Вас|Вам|Вами|Ваш[а-яё]*)(?![а-яё])/);
        const inserted = [...ru.matchAll(/\{(.*?)\}/g)].map((match) => match[1] ?? '');
        expect([...en.matchAll(/\{(.*?)\}/g)].map((match) => match[1] ?? '').sort()).toEqual(inserted.sort());
        expect(insertions).toEqual(expect.arrayContaining(inserted));
      }
    });

    it('names items so that they last, and lets everyone decline', () => {
      for (const { name, type, choices, rows, sensitive, why, showRefuseItem } of questions) {
        expect(name).toMatch(/^[a-z][a-z0-9_]{0,21}$/);
        const parts = type === 'checkbox' ? choices : type === 'matrix' ? rows : [];
        for (const { value } of parts ?? []) expect(`${name}_${value}`.length).toBeLessThanOrEqual(28);
        if (sensitive) expect([name, Boolean(why), showRefuseItem]).toEqual([name, true, true]);
      }
      expect(questions.filter((q) => q.isRequired).map((q) => q.name)).toEqual(['consent_take_part']);
      for (const { elements } of json.pages as { elements: unknown[] }[])
        expect(elements.length).toBeLessThanOrEqual(2);
    });

    it('feeds answers that can be confirmed or checked, and never shows a sensitive one', () => {
      const fed = questions.filter((q) => q.feedMode);
      expect(fed.map((q) => q.name).sort()).toEqual([
        'init_has',
        'lang_local',
        'legal_status',
        'onward_wish',
        'work_strategy',
      ]);
      for (const { name, feedMode, feedBy, sensitive } of fed) {
        const by = questions.find((q) => q.name === feedBy);
        const codes = (by?.choices ?? []).map((c) => `${c.value}=${c.code}`);
        expect([name, ...codes]).toEqual([
          name,
          ...(feedMode === 'proactive' ? ['same=1'] : []),
          'changed=2',
          'wrong=3',
        ]);
        if (!sensitive) continue;
        expect(feedMode).toBe('reactive');
        expect(JSON.stringify(by)).not.toMatch(/\{prev\.\w+_text\}/);
        expect(JSON.stringify(json.pages)).not.toMatch(new RegExp(`\\{prev\\.${name}(_text)?\\}`));
        expect(JSON.stringify(json.pages)).toContain(`{prev.${name}_differs} = true`);
      }
    });
  });

  describe(`items of wave ${wave}`, () => {
    it('are those of earlier waves, or the README says what changed', () => {
      const before = WAVES.slice(0, WAVES.indexOf(wave)).reverse();
      const changed = questions.filter((question) => {
        const earlier = before
          .map((one) => questionsOf(one).find((q) => q.name === question.name))
          .find(Boolean);
        return earlier && JSON.stringify(identityOf(earlier)) !== JSON.stringify(identityOf(question));
      });
      const listed = readmeTable('Changes of items').filter(([, since]) => since === wave);
      expect(changed.map((q) => q.name).sort()).toEqual(
        listed.flatMap(([items = '']) => items.split(' ')).sort(),
      );
    });

    it('stand in the README with their waves, mode and reason', () => {
      const told = new Map(
        readmeTable('Items of the follow-up waves').flatMap(
          ([items = '', waves = '', mode = '', reason = '']) =>
            items.split(' ').map((item) => [item, { waves, mode, reason: reason !== '' }] as const),
        ),
      );
      for (const { name, feedMode } of questions.filter((q) => !q.name.startsWith('sp_'))) {
        const waves = WAVES.filter((one) => questionsOf(one).some((q) => q.name === name)).join(' ');
        expect([name, told.get(name)]).toEqual([
          name,
          { waves, mode: feedMode ?? 'independent', reason: true },
        ]);
      }
      const all = new Set(WAVES.flatMap((one) => questionsOf(one).map((q) => q.name)));
      expect([...told.keys()].filter((item) => !all.has(item))).toEqual([]);
    });

    it('hold the module of the wave', () => expect(names).toEqual(expect.arrayContaining(module)));
  });

  describe(`the way through wave ${wave}`, () => {
    it.each(people)('fits the %s', (name) => {
      expect(shown[name]).toEqual(expect.arrayContaining(WAY[name].asked));
      expect(shown[name].filter((item) => WAY[name].spared.includes(item))).toEqual([]);
    });

    it('tells those who live in the EU of their rights there, in the words that the study keeps', () => {
      expect(people.filter(([name]) => shown[name].includes('consent_eu')).map(([name]) => name)).toEqual([
        'settler',
      ]);
      const { consents } = readJson('study.json') as { consents: ConsentJson[] };
      const variant = consents
        .find(({ id }) => id === 'take_part')
        ?.variants?.find(({ residence }) => residence === 'eu');
      const told = everyObject(json).find(({ name }) => name === 'consent_eu');
      expect(variant?.text).toEqual(told?.html);
    });

    it.each(people)(
      'is the same for the server, which takes the answers of the %s',
      (_name, { prev, answers, expects }) => {
        const { server, browser } = earlierOf(questions, { prev, answers });
        const context = { now: new Date('2026-11-22T10:00:00Z'), prev: server };
        const chosen: Record<string, unknown> = { ...answers };
        const given = randomAnswers(compiled, seeded(7), {
          context,
          blankShare: 0,
          refusedShare: 0,
          choose: (item) => chosen[item.name],
        });
        const verdict = compiled.checkSubmission(given, context);
        expect(verdict.findings).toEqual([]);
        expect(verdict.answers).toMatchObject(expects);
        const asked = new Set(shownIn(Object.assign(modelFor(json, browser), { data: given })));
        const outside = names.filter((item) => !item.startsWith('sp_'));
        expect(outside.filter((item) => !verdict.inapplicable(item))).toEqual(
          outside.filter((item) => asked.has(item)),
        );
      },
    );

    it('ends after a refusal and screens nobody out for living elsewhere', () => {
      const refusing: Person = { ...PEOPLE.stayer, answers: { consent_take_part: 'no' } };
      expect(shownTo(refusing)).toEqual(['consent_take_part']);
      for (const name of ['mover', 'returner', 'skipper'] as const)
        expect(shown[name].length).toBeGreaterThanOrEqual(shown.stayer.length - 6);
    });

    it('is hardly shorter for those who confirm', () => {
      for (const name of ['changer', 'mover'] as const)
        expect(shown.stayer.length).toBeGreaterThanOrEqual(0.9 * shown[name].length);
    });

    it('prefills the places that are known where the record is wrong', () => {
      const survey = model(PEOPLE.wronged);
      survey.data = { consent_take_part: 'yes', res_same: 'wrong' };
      expect(survey.getQuestionByName('spells_fix').value).toEqual(PEOPLE.wronged.prev.spells);
    });

    it('reaches every item', () => {
      const more: Person[] = [
        {
          ...PEOPLE.stayer,
          answers: { ...PEOPLE.stayer.answers, work_strategy: 'not_working', onward_wish: 'another' },
        },
        {
          ...PEOPLE.stayer,
          answers: {
            ...PEOPLE.stayer.answers,
            work_strategy: 'business',
            init_same: 'wrong',
            init_has: 'now',
          },
        },
      ];
      const reached = new Set([...Object.values(shown).flat(), ...more.flatMap(shownTo)]);
      expect(names.filter((name) => !name.startsWith('sp_') && !reached.has(name))).toEqual([]);
    });

    it.each(people)(
      'takes the %s 6 to 9 minutes, hardly more where several places are told',
      (_name, who) => {
        for (const locale of ['ru', 'en'] as const) {
          const minutes = minutesOf(model(who, locale), who.answers, locale);
          expect(minutes).toBeGreaterThanOrEqual(6);
          expect(minutes).toBeLessThanOrEqual(who.minutes);
        }
      },
    );
  });
}
