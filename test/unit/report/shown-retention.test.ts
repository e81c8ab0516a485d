import fc from 'fast-check';
import { type Retention, type Share } from '../../../src/analysis/retention.js';
import { SMALL_CELL } from '../../../src/analysis/disclosure/table-suppression.js';
import { shownRetention } from '../../../src/report/shown-retention.js';

const share = (numerator: number, denominator: number): Share => ({
  numerator,
  denominator,
  rate: denominator === 0 ? null : numerator / denominator,
});
const row = (base: number, answered: number, country?: string): Retention => ({
  cohort: 'a',
  ...(country === undefined ? {} : { country }),
  wave: 'b',
  base,
  eligible: base,
  unconditional: share(answered, base),
  conditional: share(answered, base),
  balanced: share(answered, base),
  reentry: share(0, 0),
});

test('large groups are shown as they are', () => {
  const countries = [row(100, 60, 'KAZ'), row(80, 50, 'SRB')];
  const { retention, retentionByCountry } = shownRetention([row(180, 110)], countries);
  expect(retention).toEqual([row(180, 110)]);
  expect(retentionByCountry).toEqual(countries);
});

test('a small count is hidden with its rate, and so is what would tell it', () => {
  const { retention, retentionByCountry } = shownRetention(
    [row(154, 103)],
    [row(100, 60, 'KAZ'), row(14, 3, 'ARM'), row(40, 40, 'SRB')],
  );
  const [kazakhstan, armenia] = retentionByCountry;
  expect(armenia?.unconditional).toMatchObject({ numerator: null, rate: null });
  const known = [
    retention[0]?.unconditional,
    kazakhstan?.unconditional,
    retentionByCountry[2]?.unconditional,
  ];
  expect(known.some((one) => one?.numerator === null)).toBe(true); // else it could be computed from these
});

test('no small count is shown, and no rate whose parts are hidden', () => {
  const country = fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(fc.array(country, { minLength: 1, maxLength: 5 }), (given) => {
      const countries = given.map(([yes, no], nr) => row(yes + no, yes, `C${nr}`));
      const [base, answered] = countries.reduce(
        ([all, yes], one) => [all + one.base, yes + one.unconditional.numerator],
        [0, 0],
      );
      const { retention, retentionByCountry } = shownRetention([row(base, answered)], countries);
      for (const { base: of, eligible, unconditional } of [...retention, ...retentionByCountry]) {
        const { numerator, denominator, rate } = unconditional;
        for (const count of [of, eligible, numerator, denominator])
          expect(count === null || count === 0 || count >= SMALL_CELL).toBe(true);
        if (numerator !== null && denominator !== null) {
          const rest = denominator - numerator;
          expect(rest === 0 || rest >= SMALL_CELL).toBe(true);
        } else expect(rate).toBe(null);
      }
    }),
  );
});
