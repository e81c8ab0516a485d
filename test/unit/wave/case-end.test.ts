import { endAtClose } from '../../../src/wave/case-end.js';
import { type CaseState } from '../../../src/wave/case-state.js';

const RULE = { breakOffBelow: 0.5, completeAbove: 0.8 };

test.each<[CaseState, number | null, boolean, string]>([
  ['issued', null, false, 'close expired 3.11'],
  ['invited', null, false, 'close expired 3.19'],
  ['opened', null, true, 'close expired 2.1121'],
  ['started', 0.49, true, 'close_insufficient broke_off 2.12'],
  ['started', 0.5, true, 'close_partial partial 1.2'],
  ['started', 1, true, 'close_partial partial 1.2'],
  ['started', null, true, 'close_insufficient broke_off 2.12'],
  ['undeliverable', null, false, 'close undeliverable 3.30'],
])('%s, share %s, opened %s: %s', (state, answeredShare, everOpened, expected) => {
  const end = endAtClose({ state, answeredShare, everOpened }, RULE);
  expect(`${end.event} ${end.state} ${end.disposition}`).toBe(expected);
});

test('the rule is the wave’s', () => {
  const started = { state: 'started', answeredShare: 0.3, everOpened: true } as const;
  expect(endAtClose(started, { ...RULE, breakOffBelow: 0.2 }).state).toBe('partial');
});
