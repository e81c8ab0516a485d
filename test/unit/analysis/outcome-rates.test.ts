import fc from 'fast-check';
import {
  classOf,
  OUTCOME_CLASSES,
  type OutcomeClass,
  outcomeCounts,
} from '../../../src/analysis/outcome-class.js';
import { outcomeRates, participationRates, type RateName } from '../../../src/analysis/outcome-rates.js';

const panel = { wave: 'b', recruitment: 'panel' } as const;
const none = { I: 0, P: 0, R: 0, NC: 0, O: 0, UH: 0, UO: 0, NE: 0 };

describe('classes of codes', () => {
  test.each<[OutcomeClass, string]>([
    ['I', '1.1'],
    ['P', '1.2'],
    ['R', '2.11 2.111 2.112 2.1121 2.12'],
    ['NC', '2.20 2.26 2.27'],
    ['O', '2.30 2.31 2.32 2.33'],
    ['UO', '3.10 3.11 3.19 3.30 3.40 3.90'],
    ['NE', '4.10 4.80 4.81 4.90'],
  ])('%s: %s', (outcome, codes) => {
    for (const code of codes.split(' ')) expect(classOf(code)).toBe(outcome);
  });

  test.each(['', '1', '2.1', '2.2', '9.9', 'toString'])('“%s” is no code', (code) => {
    expect(() => classOf(code)).toThrow(expect.objectContaining({ code: 'analysis.unknown_disposition' }));
  });
});

describe('the published case', () => {
  const { e, rates } = outcomeRates(panel, {
    ...none,
    I: 412,
    P: 58,
    R: 63,
    NC: 121,
    O: 17,
    UO: 240,
    NE: 39,
  });

  // D = 412+58+63+121+17 = 671, U = 240, D+U = 911, e = 671/710, D+eU = 671 + 671·240/710 = 671·950/710 = 63745/71
  test.each<[RateName, number]>([
    ['RR1', 0.45225027],
    ['RR2', 0.51591658],
    ['RR3', 0.45889089],
    ['RR4', 0.52349204],
    ['RR5', 412 / 671],
    ['RR6', 470 / 671],
    ['COOP1', 412 / 550], // 470 + 63 + 17
    ['COOP2', 470 / 550],
    ['COOP3', 412 / 533], // 470 + 63
    ['COOP4', 470 / 533],
    ['REF1', 63 / 911],
    ['REF2', (63 * 71) / 63745],
    ['REF3', 63 / 671],
    ['CON1', 550 / 911],
    ['CON2', (550 * 71) / 63745],
    ['CON3', 550 / 671],
  ])('%s', (name, expected) => {
    expect(rates[name]).toBeCloseTo(expected, 8);
  });

  test('e', () => expect(e).toBeCloseTo(0.94507042, 8));
});

test.each(['opt-in', 'open-link', 'referral'] as const)(
  'a wave recruited by %s has no response rate',
  (recruitment) => {
    expect(() => outcomeRates({ wave: 'a', recruitment }, { ...none, I: 5 })).toThrow(
      expect.objectContaining({ code: 'wave.no_response_rate' }),
    );
  },
);

test('without cases there are no rates, and a zero denominator gives none', () => {
  expect(() => outcomeRates(panel, none)).toThrow(expect.objectContaining({ code: 'analysis.no_cases' }));
  const unresolved = outcomeRates(panel, { ...none, UO: 4 });
  expect(unresolved.e).toBeNull();
  expect(unresolved.rates).toMatchObject({ RR1: 0, RR3: null, RR5: null, COOP1: null });
});

test('e can be given, and is a share', () => {
  const counts = { ...none, I: 3, UH: 1, UO: 1 };
  expect(outcomeRates(panel, counts, 0.5).rates.RR3).toBe(3 / 4);
  for (const e of [-0.1, 1.1, Number.NaN]) expect(() => outcomeRates(panel, counts, e)).toThrow(RangeError);
});

describe('any cases', () => {
  const CODES = [
    '1.1',
    '1.2',
    '2.111',
    '2.1121',
    '2.12',
    '2.20',
    '2.31',
    '3.11',
    '3.19',
    '3.30',
    '4.10',
    '4.80',
  ];
  const cases = fc.array(fc.constantFrom(...CODES), { minLength: 1, maxLength: 60 });

  /** Each rate again, as the mean over the cases that are in its denominator, weighted by how likely they belong there. */
  function byCase(codes: string[], name: RateName): number | null {
    const eligible = codes.filter((code) => code < '3').length;
    const resolved = codes.filter((code) => !code.startsWith('3')).length;
    const family = name.slice(0, -1);
    const number = Number(name.at(-1));
    const unknown =
      family === 'COOP' ? 0 : ((family === 'RR' ? [1, 1, 2, 2, 3, 3][number - 1] : number) ?? 0);
    const weightOfUnknown = unknown === 1 ? 1 : unknown === 2 ? eligible / resolved : 0;
    let above = 0;
    let below = 0;
    for (const code of codes) {
      if (code.startsWith('4')) continue;
      const [complete, some] = [code === '1.1', code === '1.1' || code === '1.2'];
      const refused = code.startsWith('2.1');
      const other = code.startsWith('2.3');
      const weight = code.startsWith('3') ? weightOfUnknown : 1;
      if (family === 'COOP') {
        if (!some && !refused && !(other && number <= 2)) continue;
        below += 1;
        above += (number % 2 === 1 ? complete : some) ? 1 : 0;
      } else {
        below += weight;
        if (family === 'RR') above += (number % 2 === 1 ? complete : some) ? 1 : 0;
        if (family === 'REF') above += refused ? 1 : 0;
        if (family === 'CON') above += some || refused || other ? 1 : 0;
      }
    }
    return below > 0 ? above / below : null;
  }

  test('every rate is what counting case by case gives', () => {
    fc.assert(
      fc.property(cases, (codes) => {
        const { rates } = outcomeRates(panel, outcomeCounts(codes));
        for (const [name, rate] of Object.entries(rates) as [RateName, number | null][]) {
          const expected = byCase(codes, name);
          if (expected === null) expect(rate).toBeNull();
          else expect(rate).toBeCloseTo(expected, 12);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('counts add up to the cases, and rates keep their order', () => {
    fc.assert(
      fc.property(cases, (codes) => {
        const counts = outcomeCounts(codes);
        expect(OUTCOME_CLASSES.reduce((sum, each) => sum + counts[each], 0)).toBe(codes.length);
        const { RR1, RR2, RR3, RR5 } = outcomeRates(panel, counts).rates;
        if (RR1 === null || RR2 === null || RR3 === null || RR5 === null) return;
        expect(RR1).toBeLessThanOrEqual(RR2);
        expect(RR1).toBeLessThanOrEqual(RR3 + 1e-12);
        expect(RR3).toBeLessThanOrEqual(RR5 + 1e-12);
      }),
    );
  });
});

test('people who chose to come have participation and completion', () => {
  expect(participationRates({ invited: 200, complete: 80, partial: 10, brokeOff: 30 })).toEqual({
    participation: 90 / 200,
    completion: 80 / 120,
  });
  expect(participationRates({ invited: 0, complete: 1, partial: 0, brokeOff: 0 })).toEqual({
    participation: null,
    completion: 1,
  });
});
