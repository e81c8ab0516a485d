import { CASE_STATES, caseIsFinished } from '../../../src/wave/case-state.js';
import { checkInOutcome } from '../../../src/wave/check-in.js';

test.each<[object, string]>([
  [{ res_same: 'same', contact_ok: 'yes', any_change: ['none'] }, 'confirmed'],
  [{}, 'confirmed'],
  [{ res_same: 'refused', contact_ok: 'refused', any_change: ['refused'] }, 'confirmed'],
  [{ spells: [{}] }, 'confirmed'],
  [{ res_same: 'moved', spells: [{ sp_country: 'DEU' }] }, 'updated'],
  [{ res_same: 'wrong' }, 'updated'],
  [{ spells: [{ sp_country: 'DEU' }] }, 'updated'],
  [{ res_same: 'same', contact_ok: 'no' }, 'updated'],
  [{ res_same: 'same', contact_ok: 'yes', any_change: ['work'] }, 'updated'],
])('%j answered: %s', (answers, outcome) => {
  expect(checkInOutcome('complete', { ...answers })).toBe(outcome);
  expect(checkInOutcome('partial', { ...answers })).toBe(outcome);
});

test('who could not be reached has bounced, who said nothing is silent', () => {
  expect(checkInOutcome('undeliverable', {})).toBe('bounced');
  expect(checkInOutcome('expired', {})).toBe('silent');
  expect(checkInOutcome('broke_off', { res_same: 'same' })).toBe('silent');
});

test('a case under way has no outcome yet; a refusal and the end of membership are none', () => {
  for (const state of CASE_STATES)
    if (!caseIsFinished(state) && state !== 'undeliverable')
      expect(checkInOutcome(state, {})).toBeUndefined();
  for (const state of ['refused', 'withdrawn', 'ineligible'] as const)
    expect(checkInOutcome(state, {})).toBeUndefined();
});
