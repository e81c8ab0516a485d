import { covers, type Pause, pauseFaults } from '../../../src/panel/pause.js';

const TODAY = '2026-03-10';
const pause = (fromOn: string, untilOn: string | null): Pause => ({ fromOn, untilOn });

it.each([
  pause('2026-03-10', '2026-03-11'),
  pause('2026-03-01', '2026-04-01'),
  pause('2026-12-24', '2027-01-10'),
  pause('2026-03-10', null),
])('a pause can be kept: %j', (one) => {
  expect(pauseFaults(one, TODAY)).toEqual([]);
});

it.each([
  [pause('10.03.2026', null), 'fromOn is not a day; write it as YYYY-MM-DD.'],
  [pause('2026-03-10', '2026-02-30'), 'untilOn is not a day; write it as YYYY-MM-DD.'],
  [pause('2026-03-12', '2026-03-12'), 'The pause ends before it has begun; let untilOn come after fromOn.'],
  [pause('2026-03-01', '2026-03-10'), 'The pause is over already; let untilOn be a day to come.'],
])('a pause cannot be kept: %j', (one, sentence) => {
  expect(pauseFaults(one, TODAY)).toEqual([sentence]);
});

it('all days that are none are named at once', () => {
  expect(pauseFaults(pause('x', 'y'), TODAY)).toHaveLength(2);
});

it.each([
  [pause('2026-03-01', null), pause('2026-03-02', null), true],
  [pause('2026-03-01', null), pause('2026-03-01', '2026-04-01'), true],
  [pause('2026-03-01', '2026-04-01'), pause('2026-03-02', '2026-04-01'), true],
  [pause('2026-03-01', '2026-04-01'), pause('2026-03-02', '2026-04-02'), false],
  [pause('2026-03-01', '2026-04-01'), pause('2026-03-02', null), false],
  [pause('2026-03-02', null), pause('2026-03-01', null), false],
])('%j covers %j: %s', (one, other, does) => {
  expect(covers(one, other)).toBe(does);
});
