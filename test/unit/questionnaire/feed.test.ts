import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FedAnswer,
  feedOutcome,
  feedsOf,
  inMonth,
  monthsBetween,
} from '../../../src/questionnaire/feed/feed.js';
import {
  type CaseFeed,
  compare,
  type EarlierInterview,
  fedCells,
  lastValidAnswers,
  prevVariable,
} from '../../../src/questionnaire/feed/fed.js';
import { deriveVariables } from '../../../src/questionnaire/variable/variables.js';

const WAVE_B = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas/b.json'), 'utf8'),
) as object;

const FED: FedAnswer = { value: 'now', words: { ru: 'Да', en: 'Yes' }, wave: 'a', on: '2026-05-31' };

test('a questionnaire tells what it feeds, how, and which item confirms or checks', () => {
  const feeds = feedsOf(WAVE_B);
  expect(feeds).toContainEqual({
    item: 'init_has',
    mode: 'proactive',
    from: 'init_has',
    by: 'init_same',
    sensitive: false,
  });
  expect(feeds).toContainEqual({
    item: 'work_strategy',
    mode: 'reactive',
    from: 'work_strategy',
    by: 'work_check',
    sensitive: true,
  });
});

const FEED: CaseFeed = {
  items: {
    init_has: FED,
    work_strategy: { ...FED, value: 'local', words: { ru: 'У местного работодателя' } },
  },
  residence: {
    country: 'SRB',
    region: 'Белград',
    words: { ru: 'Белград, Сербия', en: 'Белград, Serbia' },
    class: 'host',
    wave: 'a',
    on: '2026-05-31',
    spells: [{ sp_country: 'SRB' }],
  },
  interviewOn: '2026-05-31',
  modes: {},
};

test('what is known is told in the language of the interview; what is not is absent', () => {
  expect(prevVariable({ ...FEED, items: { init_has: FED }, residence: null }, {}, 'ru')).toEqual({
    init_has: 'now',
    init_has_text: 'Да',
    init_has_when: 'в мае 2026 года',
    init_has_wave: 'a',
    interview_when: 'в мае 2026 года',
  });
  expect(prevVariable(FEED, {}, 'en')).toMatchObject({
    place: 'SRB',
    place_when: 'in May 2026',
    place_class: 'host',
  });
  expect(inMonth('2026-05-31', 'en')).toBe('in May 2026');
});

test('the browser gets no sensitive answer, only whether the new one differs', () => {
  const compared = { work_strategy: { differs: true, values: ['business'] } };
  const prev = prevVariable(FEED, compared, 'ru', feedsOf(WAVE_B));
  expect(prev).toMatchObject({ init_has: 'now', work_strategy_differs: true, work_strategy_wave: 'a' });
  expect(JSON.stringify(prev)).not.toMatch(/local|местного/);
  expect(prevVariable(FEED, compared, 'ru')).toMatchObject({ work_strategy: 'local' });
});

test('a sensitive answer is compared with two new ones at most, so that nobody can try them all', () => {
  const feeds = feedsOf(WAVE_B);
  const anything = () => true;
  const first = compare(feeds, FEED, { work_strategy: 'business' }, {}, anything);
  expect(first['work_strategy']).toEqual({ differs: true, values: ['business'] });
  const second = compare(feeds, FEED, { work_strategy: 'freelance' }, first, anything);
  const third = compare(feeds, FEED, { work_strategy: 'local' }, second, anything);
  expect(third).toEqual(second);
  expect(compare(feeds, FEED, { work_strategy: 'local' }, first, anything)['work_strategy']?.differs).toBe(
    false,
  );
  expect(compare(feeds, FEED, { work_strategy: 'refused' }, {}, (_, value) => value !== 'refused')).toEqual(
    {},
  );
  expect(compare(feeds, FEED, { init_has: 'no' }, {}, anything)).toEqual({});
});

describe('the last valid answer', () => {
  const json = (more: object[] = []) => ({
    pages: [
      {
        elements: [
          {
            type: 'radiogroup',
            name: 'x',
            feedMode: 'proactive',
            feedBy: 'x_same',
            title: { ru: 'Икс?', en: 'X?' },
            choices: [
              { value: 'one', text: { ru: 'Один', en: 'One' } },
              { value: 'two', text: { ru: 'Два', en: 'Two' } },
            ],
            showRefuseItem: true,
          },
          ...more,
        ],
      },
    ],
  });
  const same = { type: 'radiogroup', name: 'x_same', choices: ['same', 'changed', 'wrong'] };
  const interview = (wave: string, on: string, answers: object): EarlierInterview => ({
    wave,
    on,
    answers: answers as Record<string, unknown>,
    variables: deriveVariables(json([same])),
    feeds: feedsOf(json([same])),
  });
  const feeds = feedsOf(json([same]));
  const a = interview('a', '2026-05-10', { x: 'one' });

  test('is found across waves that were skipped, refused or left blank', () => {
    const expected = { x: { value: 'one', words: { ru: 'Один', en: 'One' }, wave: 'a', on: '2026-05-10' } };
    expect(lastValidAnswers(feeds, [a])).toEqual(expected);
    expect(lastValidAnswers(feeds, [a, interview('b', '2026-11-10', { x: 'refused' })])).toEqual(expected);
    expect(lastValidAnswers(feeds, [a, interview('b', '2026-11-10', {})])).toEqual(expected);
    expect(lastValidAnswers(feeds, [])).toEqual({});
  });

  test('is renewed by a confirmation', () => {
    const b = interview('b', '2026-11-10', { x_same: 'same' });
    expect(lastValidAnswers(feeds, [a, b])['x']).toMatchObject({ value: 'one', wave: 'b', on: '2026-11-10' });
  });

  test('is no more once it was called wrong or changed without another', () => {
    for (const said of ['wrong', 'changed']) {
      expect(lastValidAnswers(feeds, [a, interview('b', '2026-11-10', { x_same: said })])).toEqual({});
      const given = interview('b', '2026-11-10', { x_same: said, x: 'two' });
      expect(lastValidAnswers(feeds, [a, given])['x']).toMatchObject({ value: 'two', wave: 'b' });
    }
  });
});

test('the record keeps value, wave, age, words, outcome and mode of what was fed', () => {
  const feeds = feedsOf(WAVE_B).filter(({ item }) =>
    ['init_has', 'work_strategy', 'lang_local'].includes(item),
  );
  const cells = fedCells(feeds, FEED, { init_same: 'same', res_same: 'moved' }, '2026-12-01', 'ru');
  expect(cells).toEqual({
    init_has: { value: 'now', wave: 1, age: 6, text: 'Да', outcome: 'confirmed', mode: 'proactive' },
    work_strategy: { value: 'local', wave: 1, age: 6, text: '', outcome: 'not_shown', mode: 'reactive' },
    lang_local: { outcome: 'not_shown', mode: 'reactive' },
    place: { value: 'SRB', wave: 1, age: 6, text: 'Белград, Сербия', outcome: 'changed', mode: 'proactive' },
  });
});

test('the outcome is read from the item that confirms or checks', () => {
  const proactive = { item: 'x', mode: 'proactive', from: 'x', by: 'x_same', sensitive: false } as const;
  const reactive = { item: 'x', mode: 'reactive', from: 'x', by: 'x_check', sensitive: false } as const;
  expect(feedOutcome(proactive, FED, { x_same: 'same' })).toBe('confirmed');
  expect(feedOutcome(proactive, FED, { x_same: 'changed', x: 'no' })).toBe('changed');
  expect(feedOutcome(proactive, FED, { x_same: 'wrong', x: 'no' })).toBe('disputed');
  expect(feedOutcome(proactive, FED, {})).toBe('not_shown');
  expect(feedOutcome(proactive, undefined, { x: 'no' })).toBe('not_shown');
  expect(feedOutcome(reactive, FED, { x: 'now' })).toBe('confirmed');
  expect(feedOutcome(reactive, FED, { x: 'no', x_check: 'changed' })).toBe('changed');
  expect(feedOutcome(reactive, FED, { x: 'no' })).toBe('not_shown');
});

test('ages are whole months', () => {
  expect(monthsBetween('2026-05-31', '2026-06-30')).toBe(0);
  expect(monthsBetween('2026-05-15', '2026-06-15')).toBe(1);
  expect(monthsBetween('2025-11-20', '2026-11-19')).toBe(11);
});
