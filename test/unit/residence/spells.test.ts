import fc from 'fast-check';
import { spellsReported } from '../../../src/residence/spells.js';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WHEN = [...MONTHS, 'winter', 'spring', 'summer', 'autumn', 'dontknow', undefined];
const row = (sp_country: string, sp_year?: number, sp_month?: string) => ({ sp_country, sp_year, sp_month });
const report = (...spells: object[]) => spellsReported({ spells });
const told = (...spells: object[]) =>
  report(...spells).map((s) => `${s.country} ${s.moved_in_on} ${s.moved_out_on ?? '…'} ${s.precision}`);

it('each ends where the next begins, the last one is open', () => {
  expect(told(row('GEO', 2022, 'mar'), row('SRB', 2023, 'may'))).toEqual([
    'GEO 2022-03-01 2023-05-01 month',
    'SRB 2023-05-01 … month',
  ]);
});

it('seasons and years begin as early as they allow, and say how exact that is', () => {
  expect(told(row('GEO', 2022, 'winter'), row('ARM', 2022, 'autumn'), row('SRB', 2024))).toEqual([
    'GEO 2022-01-01 2022-09-01 season',
    'ARM 2022-09-01 2024-01-01 season',
    'SRB 2024-01-01 … year',
  ]);
});

it('where a date is not exact, the order in which places were listed decides', () => {
  expect(told(row('GEO', 2022, 'mar'), row('SRB', 2022))).toEqual([
    'GEO 2022-03-01 2022-03-01 month',
    'SRB 2022-03-01 … year',
  ]);
  expect(told(row('GEO', 2022, 'apr'), row('SRB', 2022, 'spring')).at(-1)).toBe('SRB 2022-04-01 … season');
  expect(told(row('GEO', 2022, 'jun'), row('SRB', 2022, 'spring')).at(-1)).toBe('GEO 2022-06-01 … month');
});

it('where dates are exact, they decide', () => {
  expect(told(row('SRB', 2023, 'may'), row('GEO', 2022, 'mar'))).toEqual([
    'GEO 2022-03-01 2023-05-01 month',
    'SRB 2023-05-01 … month',
  ]);
});

it('what cannot be placed is no spell', () => {
  expect(told(row('GEO'), row('refused', 2022, 'mar'), row('SRB', 2023, 'may'))).toEqual([
    'SRB 2023-05-01 … month',
  ]);
  for (const spells of [undefined, null, 'x', {}, []]) expect(spellsReported({ spells })).toEqual([]);
});

it('whatever was answered: in the order of time, without overlaps, whole, one open at the end', () => {
  const rows = fc.array(
    fc.record({
      sp_country: fc.constantFrom('SRB', 'GEO', 'ARM', 'KAZ', 'RUS'),
      sp_year: fc.option(fc.integer({ min: 2022, max: 2026 }), { nil: undefined }),
      sp_month: fc.constantFrom(...WHEN),
    }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(rows, (spells) => {
      const reported = spellsReported({ spells });
      expect(reported).toHaveLength(spells.filter((spell) => spell.sp_year !== undefined).length);
      reported.forEach((spell, index) => {
        expect(spell.moved_in_on).toMatch(/^\d{4}-\d{2}-01$/);
        expect(spell.moved_out_on).toBe(reported[index + 1]?.moved_in_on ?? null);
        expect(spell.moved_in_on <= (spell.moved_out_on ?? '9')).toBe(true);
      });
    }),
    { numRuns: 2000 },
  );
});
