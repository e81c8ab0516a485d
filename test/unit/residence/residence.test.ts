import fc from 'fast-check';
import { foldHistory } from '../../../src/residence/history.js';
import { monthAfter, monthsFrom } from '../../../src/residence/month.js';
import { movesOf } from '../../../src/residence/moves.js';
import { type ResidenceReport, residenceReport } from '../../../src/residence/report.js';
import {
  openSpell,
  residenceAt,
  staysOf,
  threeMonthResidence,
  twelveMonthResidence,
} from '../../../src/residence/residence.js';

const row = (country: string, year?: number, month?: string, region?: string) => ({
  sp_country: country,
  sp_year: year,
  sp_month: month,
  sp_region: region,
});
const told = (answers: Record<string, unknown>, on: string): ResidenceReport[] => {
  const report = residenceReport(answers, 'a', on);
  return report ? [report] : [];
};

/** Serbia from March 2022, another town from June 2022; Turkey from May 2023; Serbia again from September 2023; then not known. */
const history = foldHistory([
  ...told(
    {
      spells: [
        row('SRB', 2022, 'mar', 'Белград'),
        row('SRB', 2022, 'jun', 'Ниш'),
        row('TUR', 2023, 'may'),
        row('SRB', 2023, 'sep'),
      ],
    },
    '2024-05-10',
  ),
  ...told({ res_same: 'moved', spells: [] }, '2025-01-10'),
  ...told({ res_same: 'moved', spells: [row('DEU', 2025, 'mar')] }, '2025-06-10'),
]);

describe('where someone lived', () => {
  test.each([
    ['2022-02-28', undefined],
    ['2022-03-01', 'Белград'],
    ['2022-05-31', 'Белград'],
    ['2022-06', 'Ниш'],
    ['2023-04-30', 'Ниш'],
  ])('on %s: %s', (date, region) => expect(residenceAt(history, date)?.region).toBe(region));

  test('nowhere that is known in a gap, and where the last spell is open from then on', () => {
    expect(history.gaps).toEqual([{ from: '2024-06', to: '2025-03' }]);
    expect(residenceAt(history, '2024-05-31')?.country).toBe('SRB');
    expect(residenceAt(history, '2024-06-01')).toBeUndefined();
    expect(residenceAt(history, '2099-01-01')).toBe(openSpell(history));
    expect(openSpell(history)?.country).toBe('DEU');
    expect(openSpell(foldHistory([]))).toBeUndefined();
  });

  test('a stay goes on through moves within a country and ends at a gap', () => {
    expect(staysOf(history)).toEqual([
      { country: 'SRB', movedIn: '2022-03', movedOut: '2023-05' },
      { country: 'TUR', movedIn: '2023-05', movedOut: '2023-09' },
      { country: 'SRB', movedIn: '2023-09', movedOut: '2024-06' },
      { country: 'DEU', movedIn: '2025-03', movedOut: null },
    ]);
  });

  test('two stays in one country with a gap between are two', () => {
    const away = foldHistory([
      ...told({ spells: [row('SRB', 2022, 'mar')] }, '2023-05-10'),
      ...told({ res_same: 'moved', spells: [] }, '2024-05-10'),
      ...told({ res_same: 'moved', spells: [row('SRB', 2024, 'nov')] }, '2025-01-10'),
    ]);
    expect(staysOf(away).map(({ movedIn, movedOut }) => [movedIn, movedOut])).toEqual([
      ['2022-03', '2023-06'],
      ['2024-11', null],
    ]);
    expect(movesOf(away, ['SRB'])).toEqual([]);
  });

  test('the move across the gap is one, with the first month in which it can have been', () => {
    expect(
      movesOf(history, ['SRB', 'TUR']).map((m) => [m.from, m.to, m.month, m.notBefore, m.class]),
    ).toEqual([
      ['SRB', 'TUR', '2023-05', '2023-05', 'host_to_host'],
      ['TUR', 'SRB', '2023-09', '2023-09', 'host_to_host'],
      ['SRB', 'DEU', '2025-03', '2024-06', 'host_to_eu'],
    ]);
  });
});

describe('residence after the United Nations', () => {
  test.each<[string, string, string | undefined, string | undefined]>([
    ['before anything', '2022-01', undefined, undefined],
    ['2 months are neither', '2022-05', undefined, undefined],
    ['3 months are a short stay, over two towns', '2022-06', undefined, 'SRB'],
    ['11 months still are', '2023-02', undefined, 'SRB'],
    ['12 months are residence', '2023-03', 'SRB', undefined],
    ['4 months in Turkey end nothing', '2023-08', 'SRB', 'TUR'],
    ['back for 7 months, left for fewer than 12: still Serbia, by the first stay', '2024-04', 'SRB', 'SRB'],
    ['12 months after the stay that counted', '2024-05', undefined, 'SRB'],
    ['nothing is known', '2024-08', undefined, undefined],
    ['2 months', '2025-05', undefined, undefined],
    ['11 months', '2026-02', undefined, 'DEU'],
    ['12 months', '2026-03', 'DEU', undefined],
  ])('%s: %s', (_, month, twelve, three) => {
    expect([twelveMonthResidence(history, month), threeMonthResidence(history, month)]).toEqual([
      twelve,
      three,
    ]);
  });

  test('who means to stay for a year is resident at once, where they live', () => {
    expect(twelveMonthResidence(history, '2025-04-15', true)).toBe('DEU');
    expect(threeMonthResidence(history, '2025-09-15', true)).toBeUndefined();
    expect(twelveMonthResidence(history, '2024-08-15', true)).toBeUndefined();
  });
});

test('months are counted as a calendar counts them', () => {
  const month = fc.date({ min: new Date('1999-01-01'), max: new Date('2060-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(month, fc.integer({ min: -300, max: 300 }), (date, months) => {
      const text = date.toISOString().slice(0, 7);
      const moved = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months))
        .toISOString()
        .slice(0, 7);
      expect(monthAfter(text, months)).toBe(moved);
      expect(monthsFrom(text, moved)).toBe(months);
    }),
  );
});
