import type { Answers, Interview } from '../../../src/web/shared/respond-api.js';
import {
  firstPageWithErrors,
  interviewModel,
  isCompared,
  sectionOf,
  setEarlier,
} from '../../../src/web/respond/interview-model.js';
import { minutesLeft } from '../../../src/web/respond/progress.js';
import {
  dropHiddenRefusals,
  isRefused,
  offersRefusal,
  setRefused,
} from '../../../src/web/respond/refusal.js';
import { summaryOf } from '../../../src/web/respond/summary.js';

const QUESTIONNAIRE = {
  showPreviewBeforeComplete: true,
  questionsOnPageMode: 'inputPerPage',
  pages: [
    {
      name: 'one',
      section: { ru: 'Начало', en: 'Start' },
      elements: [
        {
          type: 'radiogroup',
          name: 'home',
          isRequired: true,
          title: { ru: 'Дом?', en: 'Home?' },
          choices: ['yes', 'no'],
        },
        { type: 'text', name: 'town', visibleIf: "{home} = 'yes'" },
      ],
    },
    {
      name: 'two',
      elements: [
        { type: 'rating', name: 'scale', rateMax: 10 },
        { type: 'radiogroup', name: 'work', choices: ['a', { value: 'refused', text: 'No' }] },
        { type: 'radiogroup', name: 'agree', refusable: false, choices: ['a'] },
        { type: 'matrix', name: 'm', columns: ['x', 'y'], rows: [{ value: 'r', text: 'Row' }] },
        { type: 'html', name: 'note', html: 'x' },
      ],
    },
    { name: 'three', section: { ru: 'Конец', en: 'End' }, elements: [{ type: 'comment', name: 'word' }] },
  ],
};

const interview = (changes: Partial<Interview> = {}): Interview => ({
  study: { title: 's' },
  wave: { id: 'a', title: 'w', minutes: [12, 15], closesOn: '2026-12-31' },
  locale: 'ru',
  locales: ['ru', 'en'],
  questionnaire: QUESTIONNAIRE,
  answers: {},
  revision: 0,
  page: null,
  submitted: false,
  fresh: true,
  case: 'one',
  resumedElsewhere: false,
  earlier: {},
  ...changes,
});
const model = (answers: Answers = {}, page: string | null = null) =>
  interviewModel(interview(), answers, page);

describe('interviewModel', () => {
  it('keeps its own frame whatever the questionnaire asks for', () => {
    const survey = model();
    expect(survey.showPreviewBeforeComplete).toBe(false);
    expect(survey.visiblePages.map(({ name }) => name)).toEqual(['one', 'two', 'three']);
    expect(survey.questionsOnPageMode).toBe('standard');
  });

  it('resumes at its page with its answers, and at the start when the page is gone', () => {
    expect(model({ home: 'no' }, 'two').currentPage.name).toBe('two');
    expect(model({}, 'gone').currentPage.name).toBe('one');
  });

  it('shows scales as buttons and matrices as lists at every width', () => {
    const survey = model();
    expect(survey.getQuestionByName('scale').getPropertyValue('displayMode')).toBe('buttons');
    expect(survey.getQuestionByName('m').getPropertyValue('displayMode')).toBe('list');
  });

  it('keeps answers when the language changes, and names the section in it', () => {
    const survey = model({ home: 'yes' }, 'two');
    expect(sectionOf(survey, survey.currentPage)).toBe('Начало');
    survey.locale = 'en';
    expect(sectionOf(survey, survey.currentPage)).toBe('Start');
    expect(survey.data).toEqual({ home: 'yes' });
  });

  it('finds the first page that cannot be sent', () => {
    expect(firstPageWithErrors(model({}, 'three'))?.name).toBe('one');
    expect(firstPageWithErrors(model({ home: 'no' }, 'three'))).toBeUndefined();
  });
});

describe('refusal', () => {
  it('is offered where the item has no way to refuse and may be refused', () => {
    const survey = model();
    const offered = survey.getAllQuestions().filter(offersRefusal);
    expect(offered.map(({ name }) => name)).toEqual(['home', 'town', 'scale', 'm', 'word']);
  });

  it('clears the answer, and an answer takes it back', () => {
    const survey = model({ home: 'yes' });
    const home = survey.getQuestionByName('home');
    setRefused(survey, home, true);
    expect(survey.data).toEqual({ 'home-refused': true });
    home.value = 'no';
    expect(survey.data).toEqual({ home: 'no' });
  });

  it('satisfies a required item', () => {
    const survey = model();
    expect(survey.nextPage()).toBe(false);
    setRefused(survey, survey.getQuestionByName('home'), true);
    expect(survey.nextPage()).toBe(true);
  });

  it('goes when routing hides its item', () => {
    const survey = model({ home: 'yes' });
    const town = survey.getQuestionByName('town');
    setRefused(survey, town, true);
    survey.setValue('home', 'no');
    dropHiddenRefusals(survey);
    expect(isRefused(survey, town)).toBe(false);
  });
});

describe('minutesLeft', () => {
  it('begins with the promised time, falls, and ends below a minute', () => {
    const survey = model({ home: 'no' });
    expect(minutesLeft(survey, [12, 15], true)).toBe(15);
    survey.currentPageNo = 1;
    const later = minutesLeft(survey, [12, 15], true);
    expect(later).toBeGreaterThan(0);
    expect(later).toBeLessThan(15);
    survey.currentPageNo = 2;
    expect(minutesLeft(survey, [12, 15], false)).toBe(0);
  });
});

describe('summaryOf', () => {
  it('lists what is shown by section, with answers in words', () => {
    const survey = model({ home: 'no', m: { r: 'x' }, scale: 3 });
    setRefused(survey, survey.getQuestionByName('word'), true);
    const told = summaryOf(survey).map(({ name, items }) => [
      name,
      items.map(({ title, answer, refused }) => [title, refused ? 'refused' : answer.join('; ')]),
    ]);
    expect(told).toEqual([
      [
        'Начало',
        [
          ['Дом?', 'no'],
          ['scale', '3'],
          ['work', ''],
          ['agree', ''],
          ['m', 'Row: x'],
        ],
      ],
      ['Конец', [['word', 'refused']]],
    ]);
  });
});

describe('earlier answers', () => {
  const LOOKING_BACK = {
    pages: [
      {
        name: 'place',
        elements: [
          {
            type: 'radiogroup',
            name: 'res_same',
            title: { ru: 'Вы живёте здесь: {prev.place_text}?', en: 'You live here: {prev.place_text}?' },
            visibleIf: '{prev.place} notempty',
            choices: ['same', 'wrong'],
          },
          {
            type: 'paneldynamic',
            name: 'spells_fix',
            visibleIf: "{res_same} = 'wrong'",
            defaultValueExpression: '{prev.spells}',
            templateElements: [{ type: 'text', name: 'sp_country' }],
          },
        ],
      },
      {
        name: 'work',
        elements: [
          { type: 'radiogroup', name: 'w', feedMode: 'reactive', sensitive: true, choices: ['x', 'y'] },
        ],
      },
      {
        name: 'check',
        visibleIf: '{prev.w_differs} = true',
        elements: [{ type: 'radiogroup', name: 'w_check', choices: ['changed'] }],
      },
    ],
  };
  const spells = [{ sp_country: 'GEO' }, { sp_country: 'SRB' }];
  const earlier = {
    ru: { place: 'SRB', place_text: 'Белград, Сербия', spells },
    en: { place: 'SRB', place_text: 'Belgrade, Serbia', spells },
  };
  const looking = (given: Interview['earlier']) =>
    interviewModel(interview({ questionnaire: LOOKING_BACK, earlier: given }), {}, null);

  it('are told in the words of the language, also after it was changed', () => {
    const survey = looking(earlier);
    const question = survey.getQuestionByName('res_same');
    expect(question.isVisible).toBe(true);
    expect(question.processedTitle).toBe('Вы живёте здесь: Белград, Сербия?');
    survey.locale = 'en';
    setEarlier(survey, earlier);
    expect(question.processedTitle).toBe('You live here: Belgrade, Serbia?');
    expect(looking({}).getQuestionByName('res_same').isVisible).toBe(false);
  });

  it('call for a check once the server has compared, without undoing what was corrected', () => {
    const survey = looking(earlier);
    survey.setValue('res_same', 'wrong');
    expect(survey.getValue('spells_fix')).toEqual(spells);
    survey.setValue('spells_fix', [{ sp_country: 'SRB' }]);
    survey.setValue('w', 'x');
    expect(survey.getPageByName('check').isVisible).toBe(false);
    expect(isCompared(survey.getPageByName('work'))).toBe(true);
    expect(isCompared(survey.getPageByName('place'))).toBe(false);
    setEarlier(survey, earlier, { w: true });
    expect(survey.getPageByName('check').isVisible).toBe(true);
    expect(survey.getValue('spells_fix')).toEqual([{ sp_country: 'SRB' }]);
    setEarlier(survey, earlier, { w: false });
    expect(survey.getPageByName('check').isVisible).toBe(false);
  });
});
