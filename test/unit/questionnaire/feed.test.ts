import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type FedAnswer,
  feedOutcome,
  feedsOf,
  inMonth,
  monthsBetween,
  prevVariable,
} from '../../../src/questionnaire/feed/feed.js';

const WAVE_B = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas/b.json'), 'utf8'),
) as object;

const FED: FedAnswer = { value: 'now', words: { ru: 'Да', en: 'Yes' }, wave: 'a', on: '2026-05-31' };

test('a questionnaire tells what it feeds, how, and which item confirms or checks', () => {
  const feeds = feedsOf(WAVE_B);
  expect(feeds).toContainEqual({ item: 'init_has', mode: 'proactive', from: 'init_has', by: 'init_same' });
  expect(feeds).toContainEqual({
    item: 'work_strategy',
    mode: 'reactive',
    from: 'work_strategy',
    by: 'work_check',
  });
});

test('what is known is told in the language of the interview; what is not is absent', () => {
  const prev = prevVariable(new Map([['init_has', FED]]), 'ru');
  expect(prev).toEqual({
    init_has: 'now',
    init_has_text: 'Да',
    init_has_when: 'в мае 2026 года',
    init_has_wave: 'a',
  });
  expect(inMonth('2026-05-31', 'en')).toBe('in May 2026');
});

test('the outcome is read from the item that confirms or checks', () => {
  const proactive = { item: 'x', mode: 'proactive', from: 'x', by: 'x_same' } as const;
  const reactive = { item: 'x', mode: 'reactive', from: 'x', by: 'x_check' } as const;
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
