import { CASE_STATES, caseIsFinished } from '../../../src/wave/case-state.js';
import { DISPOSITION_CODES } from '../../../src/wave/disposition-code.js';
import { dispositionOf } from '../../../src/wave/disposition.js';

test('the table holds every code that is computed', () => {
  for (const state of CASE_STATES)
    for (const opened of [true, false])
      for (const outcome of ['partial', 'insufficient'] as const)
        expect([...DISPOSITION_CODES.keys()]).toContain(dispositionOf(state, outcome, opened));
});

test('each code has its words, and ends a case in a state that is an end', () => {
  for (const { words, state } of DISPOSITION_CODES.values()) {
    expect(words.ru).toMatch(/[а-я]/);
    expect(words.en).toMatch(/[a-z]/);
    expect(caseIsFinished(state)).toBe(true);
  }
});

test('interviews, refusals and the ineligible end as such', () => {
  const stateOf = (code: string) => DISPOSITION_CODES.get(code)?.state;
  expect(['1.1', '1.2', '2.111', '2.12', '2.31', '3.30', '4.81'].map(stateOf)).toEqual([
    'complete',
    'partial',
    'refused',
    'broke_off',
    'expired',
    'expired',
    'ineligible',
  ]);
});
