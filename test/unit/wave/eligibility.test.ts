import fc from 'fast-check';
import {
  type Condition,
  type Eligibility,
  explain,
  isEligible,
  parseEligibility,
} from '../../../src/wave/eligibility.js';
import { type Facts, panelFacts } from '../../../src/wave/facts.js';

const CATALOGUE = panelFacts(['a', 'b'], ['recontact', 'email']);
const member: Facts = {
  cohort: 'a',
  recruitment_source: 'chat',
  host_country: 'SRB',
  referred: false,
  synthetic: false,
  member_status: 'active',
  interviews: 1,
  months_since_joined: 12,
  months_since_interview: 7,
  'residence.country': 'DEU',
  'residence.class': 'eu',
  'status.a': 'complete',
  'disposition.a': '1.1',
  'status.b': null,
  'disposition.b': null,
  'consent.recontact': true,
  'consent.email': false,
};

test('the facts of a member are those of the catalogue', () => {
  expect(Object.keys(member).sort()).toEqual(Object.keys(CATALOGUE).sort());
});

describe('one condition', () => {
  test.each<[Condition, boolean]>([
    [{ fact: 'status.a', in: ['complete', 'partial'] }, true],
    [{ fact: 'status.a', in: ['refused'] }, false],
    [{ fact: 'consent.recontact', is: true }, true],
    [{ fact: 'consent.email', is: true }, false],
    [{ fact: 'consent.email', is: false }, true],
    [{ fact: 'months_since_interview', atLeast: 7 }, true],
    [{ fact: 'months_since_interview', atLeast: 8 }, false],
    [{ fact: 'months_since_interview', atMost: 7 }, true],
    [{ fact: 'months_since_interview', atMost: 6 }, false],
    [{ fact: 'status.b', known: false }, true],
    [{ fact: 'status.b', known: true }, false],
    [{ fact: 'status.b', in: ['expired', 'complete'] }, false],
    [{ fact: 'residence.class', is: 'eu' }, true],
  ])('%j is %s', (condition, expected) => {
    expect(isEligible(parseEligibility(condition, CATALOGUE), member)).toBe(expected);
  });
});

describe('what cannot be read', () => {
  test.each<[unknown, string]>([
    [{ fact: 'status.z', is: 'complete' }, 'status.z'],
    [{ fact: 'toString', known: true }, 'toString'],
    [{ not: { any: [{ fact: 'shoe_size', atLeast: 40 }] } }, 'shoe_size'],
    [{ fact: 'status.a', in: ['completed'] }, '"completed"'],
    [{ fact: 'consent.recontact', is: 'yes' }, 'use true or false'],
    [{ fact: 'interviews', is: '1' }, 'use a number of interviews so far'],
    [{ fact: 'cohort', atLeast: 1 }, 'cohort is no number'],
    [{ fact: 'cohort' }, 'Write {'],
    [{ fact: 'cohort', is: 'a', in: ['a'] }, 'Write {'],
    [{ all: [], any: [] }, 'Write {'],
    [{ any: [] }, 'any: Give at least one condition.'],
    [{ not: { any: [{ fact: 'cohort', is: 'a' }, { fact: 'cohort' }] } }, 'not.any.1: Write {'],
    [{ all: [{ fact: 'cohort', in: 'a' }] }, 'all.0.in: Give a list of values.'],
    ["status.a = 'complete'", 'Write {'],
    [null, 'Write {'],
  ])('%j', (json, words) => {
    expect(() => parseEligibility(json, CATALOGUE)).toThrow(
      expect.objectContaining({
        code: 'wave.invalid_eligibility',
        message: expect.stringContaining(words) as string,
      }),
    );
  });

  test('every fault is told at once', () => {
    expect(() =>
      parseEligibility(
        {
          all: [
            { fact: 'x', is: 1 },
            { fact: 'y', is: 1 },
          ],
        },
        CATALOGUE,
      ),
    ).toThrow(
      expect.objectContaining({
        details: { faults: [expect.stringContaining('x'), expect.stringContaining('y')] },
      }),
    );
  });

  test('a fact that a member lacks is an error, even where it would not decide', () => {
    const rest = Object.fromEntries(Object.entries(member).filter(([name]) => name !== 'cohort'));
    const either: Eligibility = {
      any: [
        { fact: 'synthetic', is: false },
        { fact: 'cohort', is: 'a' },
      ],
    };
    for (const asked of [isEligible, explain]) {
      expect(() => asked(either, rest)).toThrow(expect.objectContaining({ code: 'wave.unknown_fact' }));
    }
  });
});

describe('why a member is not eligible', () => {
  test.each<[Eligibility, string | undefined]>([
    [{ all: [] }, undefined],
    [
      {
        all: [
          { fact: 'synthetic', is: false },
          { fact: 'status.a', in: ['refused', 'expired'] },
          { fact: 'cohort', is: 'c' },
        ],
      },
      'status.a is complete; status.a one of refused, expired is required.',
    ],
    [{ fact: 'status.b', is: 'complete' }, 'status.b is not known; status.b = complete is required.'],
    [{ fact: 'interviews', atLeast: 2 }, 'interviews is 1; interviews ≥ 2 is required.'],
    [
      {
        any: [
          { fact: 'cohort', is: 'c' },
          { fact: 'interviews', atMost: 0 },
        ],
      },
      'None of these holds: cohort is a; cohort = c is required. interviews is 1; interviews ≤ 0 is required.',
    ],
    [
      { not: { all: [{ fact: 'cohort', is: 'a' }, { not: { fact: 'status.b', known: true } }] } },
      'This must not hold, but does: (cohort = a and not status.b known).',
    ],
  ])('%j', (eligibility, words) => {
    expect(explain(eligibility, member)).toBe(words);
  });
});

describe('any expression', () => {
  const condition: fc.Arbitrary<Condition> = fc.oneof(
    fc.record({ fact: fc.constant('cohort'), is: fc.constantFrom('a', 'b', 'c') }),
    fc.record({
      fact: fc.constant('status.b'),
      in: fc.subarray(['complete', 'partial', 'refused'], { minLength: 1 }),
    }),
    fc.record({ fact: fc.constant('interviews'), atLeast: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ fact: fc.constant('interviews'), atMost: fc.integer({ min: 0, max: 4 }) }),
    fc.record({ fact: fc.constant('status.b'), known: fc.boolean() }),
  );
  const { tree } = fc.letrec<{ tree: Eligibility }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      condition,
      fc.record({ all: fc.array(tie('tree'), { maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('tree') }),
    ),
  }));
  const facts = fc
    .record({
      cohort: fc.constantFrom('a', 'b', 'c'),
      'status.b': fc.constantFrom('complete', 'partial', 'refused', 'expired', null),
      interviews: fc.option(fc.integer({ min: 0, max: 4 })),
    })
    .map((some): Facts => ({ ...member, ...some }));
  const always = (holds: (x: Eligibility, y: Eligibility, given: Facts) => void) =>
    fc.assert(fc.property(tree, tree, facts, holds), { numRuns: 400 });

  test('De Morgan, double negation, and the order of conditions does not matter', () => {
    always((x, y, given) => {
      const is = (each: Eligibility) => isEligible(each, given);
      expect(is({ not: { all: [x, y] } })).toBe(is({ any: [{ not: x }, { not: y }] }));
      expect(is({ not: { any: [x, y] } })).toBe(is({ all: [{ not: x }, { not: y }] }));
      expect(is({ not: { not: x } })).toBe(is(x));
      expect(is({ all: [x, y] })).toBe(is({ all: [y, x] }));
      expect(is({ any: [x, { all: [x, y] }] })).toBe(is(x));
      expect(is({ any: [x, { not: x }] })).toBe(true);
    });
  });

  test('it agrees with itself written as JavaScript', () => {
    const source = (each: Eligibility): string => {
      if ('all' in each) return `(${['true', ...each.all.map(source)].join(' && ')})`;
      if ('any' in each) return `(${['false', ...each.any.map(source)].join(' || ')})`;
      if ('not' in each) return `(!${source(each.not)})`;
      const value = `f[${JSON.stringify(each.fact)}]`;
      if ('known' in each) return `((${value} !== null) === ${each.known})`;
      if ('is' in each) return `(${value} === ${JSON.stringify(each.is)})`;
      if ('in' in each) return `(${JSON.stringify(each.in)}.indexOf(${value}) >= 0)`;
      return `(${value} !== null && ${value} ${'atLeast' in each ? `>= ${each.atLeast}` : `<= ${each.atMost}`})`;
    };
    always((x, _, given) => {
      const direct = new Function('f', `return ${source(x)}`) as (f: Facts) => boolean;
      expect(isEligible(x, given)).toBe(direct(given));
    });
  });

  test('it reads back from JSON, and there are words exactly where it does not hold', () => {
    always((x, _, given) => {
      expect(parseEligibility(JSON.parse(JSON.stringify(x)), CATALOGUE)).toEqual(x);
      const words = explain(x, given);
      expect(words === undefined).toBe(isEligible(x, given));
      if (words !== undefined) expect(words).toMatch(/\S.*\.$/);
    });
  });
});
