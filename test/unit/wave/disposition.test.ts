import { CASE_STATES } from '../../../src/wave/case-state.js';
import { dispositionOf, outcomeOf } from '../../../src/wave/disposition.js';

const RULE = { breakOffBelow: 0.5, completeAbove: 0.8 };

it.each([
  [0, true, 'insufficient'],
  [0.499, true, 'insufficient'],
  [0.5, true, 'partial'],
  [0.8, true, 'partial'],
  [0.801, true, 'complete'],
  [1, true, 'complete'],
  [1, false, 'partial'],
  [0.499, false, 'insufficient'],
] as const)('a share of %d, crucial items answered: %s, is %s', (share, crucial, outcome) => {
  expect(outcomeOf(share, crucial, RULE)).toBe(outcome);
});

/** AAPOR Standard Definitions, 10th edition: web survey of named persons. */
it.each([
  ['complete', undefined, true, '1.1'],
  ['partial', undefined, true, '1.2'],
  ['broke_off', undefined, true, '2.12'],
  ['refused', undefined, true, '2.111'],
  ['withdrawn', undefined, false, '2.111'],
  ['ineligible', undefined, true, '4.10'],
  ['undeliverable', undefined, false, '3.30'],
  ['issued', undefined, false, '3.11'],
  ['invited', undefined, false, '3.19'],
  ['opened', undefined, true, '2.1121'],
  ['expired', undefined, true, '2.1121'],
  ['expired', undefined, false, '3.19'],
  ['started', undefined, true, '2.12'],
  ['started', 'insufficient', true, '2.12'],
  ['started', 'partial', true, '1.2'],
  ['started', 'complete', true, '1.2'],
] as const)('%s, answers so far %s, opened %s: %s', (state, outcome, opened, code) => {
  expect(dispositionOf(state, outcome, opened)).toBe(code);
});

it('every state has a code', () => {
  for (const state of CASE_STATES) expect(dispositionOf(state, undefined, true)).toMatch(/^[1-4]\.\d+$/);
});
