import {
  caseFacts,
  factsOfCase,
  firstTrueAt,
  parseCondition,
} from '../../../../src/contact/decide/condition.js';
import { InvalidCondition } from '../../../../src/contact/decide/condition.problems.js';
import { type Problem } from '../../../../src/kit/problem.js';
import { CASE_STATES } from '../../../../src/wave/case-state.js';
import { aContact, later, NOON } from './a-contact.js';

it('the facts of a case are those of the catalogue', () => {
  const facts = factsOfCase(
    aContact({ caseState: 'started', page: 'work', lastActiveAt: later(-47.9), residenceCountry: 'DEU' }),
    NOON,
  );
  expect(facts).toEqual({
    'case.state': 'started',
    'case.opened': true,
    'case.page': 'work',
    'case.idle_hours': 47,
    cohort: 'a',
    recruitment_source: 'open',
    host_country: 'SRB',
    'residence.country': 'DEU',
    locale: 'ru',
  });
  expect(Object.keys(caseFacts())).toEqual(Object.keys(facts));
});

it('nothing known of an act or a place: no idle hours, and the host country', () => {
  expect(factsOfCase(aContact(), NOON)).toMatchObject({
    'case.page': null,
    'case.idle_hours': null,
    'residence.country': 'SRB',
  });
});

it('opened are those who are in the questionnaire or have sent it', () => {
  const opened = CASE_STATES.filter((caseState) => factsOfCase(aContact({ caseState }), NOON)['case.opened']);
  expect(opened).toEqual(['opened', 'started', 'partial', 'complete']);
});

it('a condition is read in the grammar of eligibility, over the facts of a case', () => {
  const condition = {
    any: [
      { fact: 'case.opened', is: false },
      {
        all: [
          { fact: 'case.page', in: ['work'] },
          { fact: 'case.idle_hours', atLeast: 48 },
        ],
      },
    ],
  };
  expect(parseCondition(condition)).toEqual(condition);
});

it.each<[unknown, RegExp]>([
  [
    { fact: 'status.a', is: 'complete' },
    /“status\.a”.* A step may ask for case\.state, case\.opened, .*locale\.$/,
  ],
  [{ fact: 'case.state', is: 'sleeping' }, /case\.state cannot be "sleeping"; use one of issued/],
  [{ fact: 'case.idle_hours', is: 'long' }, /use a number of completed hours/],
  [{ fact: 'case.opened', is: 'no' }, /use true or false/],
  [{ all: {} }, /Give a list of conditions/],
])('%j is none', (json, sentence) => {
  const fault = thrownBy(() => parseCondition(json));
  expect(fault.code).toBe(InvalidCondition.code);
  expect(fault.message).toMatch(sentence);
});

it('a bug in what is read is no fault of the condition', () => {
  const trap = {
    get fact(): string {
      throw new RangeError('not a fault of whoever wrote the condition');
    },
    is: true,
  };
  expect(() => parseCondition(trap)).toThrow(RangeError);
});

it('when a condition begins to hold that only waits', () => {
  const facts = aContact({ caseState: 'started', page: 'work', lastActiveAt: later(-10) });
  const first = (json: unknown, differ = {}): number | undefined => {
    const at = firstTrueAt(parseCondition(json), { ...facts, ...differ }, NOON);
    return at && (at.getTime() - NOON.getTime()) / 3_600_000;
  };
  const idle = (what: object) => ({ fact: 'case.idle_hours', ...what });
  expect(first(idle({ atLeast: 48 }))).toBe(38);
  expect(first(idle({ atLeast: 47.5 }))).toBe(38);
  expect(first(idle({ is: 20 }))).toBe(10);
  expect(first(idle({ in: [30, 24, 3] }))).toBe(14);
  expect(first({ not: idle({ atMost: 24 }) })).toBe(15);
  expect(first({ not: idle({ is: 10 }) })).toBe(1);
  expect(first({ all: [idle({ atLeast: 48 }), { fact: 'case.page', is: 'work' }] })).toBe(38);
  expect(first({ any: [idle({ atLeast: 48 }), idle({ atLeast: 72 })] })).toBe(38);
  expect(first({ all: [idle({ atLeast: 48 }), idle({ atLeast: 72 })] })).toBe(62);
  expect(first({ all: [idle({ atLeast: 48 }), { fact: 'case.page', is: 'home' }] })).toBeUndefined();
  expect(first(idle({ atMost: 5 }))).toBeUndefined();
  expect(first(idle({ known: false }))).toBeUndefined();
  expect(first({ fact: 'case.opened', is: false })).toBeUndefined();
  expect(first(idle({ atLeast: 48 }), { lastActiveAt: null })).toBeUndefined();
});

function thrownBy(act: () => unknown): Problem {
  try {
    act();
  } catch (cause) {
    return cause as Problem;
  }
  throw new Error('Nothing was thrown.');
}
