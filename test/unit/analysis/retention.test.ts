import fc from 'fast-check';
import { type PanelMember, retention } from '../../../src/analysis/retention.js';

const WAVES = ['a', 'b', 'c', 'd'];
const code = fc.constantFrom('1.1', '1.1', '1.1', '1.2', '2.111', '2.12', '2.31', '3.19', '4.10', null);
const member: fc.Arbitrary<PanelMember> = fc.record(
  {
    cohort: fc.constantFrom('a', 'a', 'c'),
    country: fc.constantFrom('SRB', 'ARM'),
    codes: fc.record({ a: code, b: code, c: code, d: code }),
    ended: fc.record({ wave: fc.constantFrom('b', 'd'), reason: fc.constantFrom('dead', 'ineligible') }),
  },
  { requiredKeys: ['cohort', 'country', 'codes'] },
);

/** The same rates by walking each member once through their waves, with running counts. */
function walked(members: PanelMember[], cohort: string, wave: string) {
  const sums = { unconditional: [0, 0], conditional: [0, 0], balanced: [0, 0], reentry: [0, 0] };
  const add = (into: number[], counts: boolean) => {
    into[0] = (into[0] ?? 0) + Number(counts);
    into[1] = (into[1] ?? 0) + 1;
  };
  for (const { cohort: own, codes, ended } of members) {
    if (own !== cohort || !codes[own]?.startsWith('1')) continue;
    let always = true;
    let last = true;
    let out = false;
    for (const at of WAVES.slice(WAVES.indexOf(own))) {
      const here = codes[at] ?? null;
      const answers = here?.startsWith('1') ?? false;
      out ||= ended?.wave === at || here === '2.31' || (here?.startsWith('4') ?? false);
      always &&= answers;
      if (at === wave) {
        if (!out) add(sums.unconditional, answers);
        if (!out) add(sums.balanced, always);
        if (here !== null && last) add(sums.conditional, answers);
        if (here !== null && !last && !out) add(sums.reentry, answers);
      }
      last = answers;
    }
  }
  return sums;
}

test('every rate is what walking member by member gives, for each cohort and country', () => {
  fc.assert(
    fc.property(fc.array(member, { maxLength: 40 }), (members) => {
      const rows = [...retention(members, WAVES), ...retention(members, WAVES, 'country')];
      for (const { cohort, country, wave, base, eligible, ...shares } of rows) {
        const mine = members.filter((each) => country === undefined || each.country === country);
        for (const [name, expected] of Object.entries(walked(mine, cohort, wave))) {
          const { numerator, denominator, rate } = shares[name as keyof typeof shares];
          expect([name, numerator, denominator]).toEqual([name, ...expected]);
          expect(rate).toBe(denominator === 0 ? null : numerator / denominator);
        }
        expect(eligible).toBe(shares.unconditional.denominator);
        expect(eligible).toBeLessThanOrEqual(base);
        expect(shares.balanced.numerator).toBeLessThanOrEqual(shares.unconditional.numerator);
      }
    }),
    { numRuns: 300 },
  );
});

test('cohorts come in the order of the waves, countries by code, and who never answered counts nowhere', () => {
  const came = (cohort: string, country: string, codes: PanelMember['codes']) => ({ cohort, country, codes });
  const rows = retention(
    [
      came('c', 'SRB', { c: '1.1', d: '1.1' }),
      came('a', 'SRB', { a: '1.1' }),
      came('a', 'ARM', { a: '1.1' }),
      came('a', 'ARM', { a: '2.111', b: '1.1' }),
    ],
    WAVES,
    'country',
  );
  expect(rows.map((row) => `${row.cohort} ${row.country} ${row.wave} ${row.base}`)).toEqual([
    'a ARM b 1',
    'a ARM c 1',
    'a ARM d 1',
    'a SRB b 1',
    'a SRB c 1',
    'a SRB d 1',
    'c SRB d 1',
  ]);
});

test('an unknown code is refused', () => {
  expect(() => retention([{ cohort: 'a', country: 'SRB', codes: { a: '1.1', b: '7' } }], WAVES)).toThrow(
    expect.objectContaining({ code: 'analysis.unknown_disposition' }),
  );
});
