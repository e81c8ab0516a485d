import { foldHistory } from '../../../src/residence/history.js';
import { type ResidenceReport, residenceReport, rowsOf } from '../../../src/residence/report.js';
import { type History, type ReportKind } from '../../../src/residence/spell.js';
import { placesStated } from '../../../src/residence/stated.js';

/** `SRB 2022-10`, `SRB/Белград 2022`, `DEU autumn 2026`, `USA ?`, `? 2025-03`, with `..2026-01` for an end of its own. */
function place(text: string) {
  const [where = '', ...when] = text.split(' ');
  const [country = '', region = null] = where.split('/');
  const end = when.find((word) => word.startsWith('..'));
  const [first, second] = when.filter((word) => word !== end && word !== '?');
  const [year, month] = second ? [Number(second), first] : [Number(first?.slice(0, 4)), first?.slice(5)];
  const names = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
  const [stated] = placesStated([
    {
      sp_country: country,
      sp_region: region,
      ...(first ? { sp_year: year, sp_month: names[Number(month) - 1] ?? (month || 'dontknow') } : {}),
    },
  ]);
  if (!stated) throw new Error(`No place in ${text}`);
  return { ...stated, movedOut: end?.slice(2) ?? null };
}
const said = (reportedOn: string, kind: ReportKind, ...places: string[]): ResidenceReport => ({
  sourceWave: 'x',
  reportedOn,
  kind,
  spells: places.map(place),
});
const inBrief = ({ spells, gaps }: History) => [
  ...spells.map(
    (s) => `${s.country} ${s.movedIn}–${s.movedOut ?? ''}${s.dating === 'stated' ? '' : ` ${s.dating}`}`,
  ),
  ...gaps.map(({ from, to }) => `gap ${from}–${to ?? ''}`),
];
const issuesOf = ({ revisions }: History) =>
  revisions.flatMap(({ issues }) => issues.map(({ code }) => code));

/** Serbia since October 2022, said on 12 May 2026. */
const BEGINNING = said('2026-05-12', 'reported', 'GEO 2022-03', 'SRB/Белград 2022-10');
const LATER = '2026-11-10';

describe('reports that contradict what is known', () => {
  test.each<[string, ResidenceReport, string[], string[]]>([
    [
      'a date before the place of last time began is not believed; the place is, from the report on',
      said(LATER, 'moved', 'DEU 2021-05'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-06', 'DEU 2026-11– undated', 'gap 2026-06–2026-11'],
      ['before_open_began'],
    ],
    [
      'a date in the future is not believed',
      said(LATER, 'moved', 'DEU 2027-01'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-06', 'DEU 2026-11– undated', 'gap 2026-06–2026-11'],
      ['in_future'],
    ],
    [
      'no date at all',
      said(LATER, 'moved', 'DEU ?'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-06', 'DEU 2026-11– undated', 'gap 2026-06–2026-11'],
      [],
    ],
    [
      'a move dated before the last confirmation counts as stated now',
      said(LATER, 'moved', 'DEU 2026-02'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-02', 'DEU 2026-02–'],
      ['before_last_confirmed'],
    ],
    [
      'moved in the month in which the place of last time began: that one lasted no month',
      said(LATER, 'moved', 'DEU 2022-10'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2022-10', 'DEU 2022-10–'],
      ['before_last_confirmed'],
    ],
    [
      'two places of the same month keep the order in which they were listed',
      said(LATER, 'moved', 'TUR 2026-08', 'DEU 2026-08'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-08', 'TUR 2026-08–2026-08', 'DEU 2026-08–'],
      [],
    ],
    [
      'exact dates decide the order, not the list',
      said(LATER, 'moved', 'DEU 2026-09', 'TUR 2026-07'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-07', 'TUR 2026-07–2026-09', 'DEU 2026-09–'],
      [],
    ],
    [
      'an undated place before a dated one is known with that one at the latest',
      said(LATER, 'moved', 'TUR ?', 'DEU 2026-09'),
      [
        'GEO 2022-03–2022-10',
        'SRB 2022-10–2026-06',
        'TUR 2026-09–2026-09 undated',
        'DEU 2026-09–',
        'gap 2026-06–2026-09',
      ],
      [],
    ],
    [
      'a year begins with the last confirmation, a season where it can',
      said(LATER, 'moved', 'TUR 2026', 'DEU summer 2026'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-05', 'TUR 2026-05–2026-06 bounded', 'DEU 2026-06–'],
      [],
    ],
    [
      'the places of last time told again, then the new one',
      said(LATER, 'moved', 'GEO 2022-03', 'SRB/Белград 2022', 'DEU 2026-09'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-09', 'DEU 2026-09–'],
      [],
    ],
    [
      'back to an earlier place is a move',
      said(LATER, 'moved', 'GEO 2026-09'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-09', 'GEO 2026-09–'],
      [],
    ],
    [
      'a move to where they live',
      said(LATER, 'moved', 'SRB/Белград 2026-09'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–'],
      ['already_there'],
    ],
    [
      'another town of the same country is another spell',
      said(LATER, 'moved', 'SRB/Ниш 2026-09'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-09', 'SRB 2026-09–'],
      [],
    ],
    [
      'moved, and not a word where to',
      said(LATER, 'moved'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-06', 'gap 2026-06–'],
      ['place_not_stated'],
    ],
    [
      'moved when, but not where to',
      said(LATER, 'moved', '? 2026-08', 'DEU 2026-10'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-08', 'DEU 2026-10–', 'gap 2026-08–2026-10'],
      ['place_not_stated'],
    ],
    [
      'an end of its own leaves a gap',
      said(LATER, 'moved', 'TUR 2026-06 ..2026-08', 'DEU 2026-10'),
      [
        'GEO 2022-03–2022-10',
        'SRB 2022-10–2026-06',
        'TUR 2026-06–2026-08',
        'DEU 2026-10–',
        'gap 2026-08–2026-10',
      ],
      [],
    ],
    [
      'an end before the beginning is taken as not stated',
      said(LATER, 'moved', 'TUR 2026-06 ..2026-01'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2026-06', 'TUR 2026-06–'],
      ['end_not_possible'],
    ],
    [
      'wrong, and not a word what is right: nothing changes',
      said(LATER, 'corrected'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–'],
      ['place_not_stated'],
    ],
    [
      'places beside a confirmation are not taken',
      said(LATER, 'same', 'DEU 2026-08'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–'],
      ['not_expected'],
    ],
    [
      'a fresh account restates the time from its first place on',
      said(LATER, 'reported', 'TUR 2024-02', 'DEU 2026-02'),
      ['GEO 2022-03–2022-10', 'SRB 2022-10–2024-02', 'TUR 2024-02–2026-02', 'DEU 2026-02–'],
      [],
    ],
  ])('%s', (_, report, expected, issues) => {
    const history = foldHistory([BEGINNING, report]);
    expect(inBrief(history)).toEqual(expected);
    expect(issuesOf(history)).toEqual(issues);
  });

  test('a date that is not believed is kept beside the spell and in the issue', () => {
    const history = foldHistory([BEGINNING, said(LATER, 'moved', 'DEU 2021-05')]);
    expect(history.spells.at(-1)).toMatchObject({
      stated: { from: '2021-05', to: '2021-05' },
      precision: 'year',
      dating: 'undated',
    });
    expect(history.revisions.at(-1)?.issues[0]?.stated?.movedIn?.precision).toBe('month');
  });

  test('a confirmation of nothing', () => {
    const history = foldHistory([said('2026-05-12', 'same')]);
    expect([inBrief(history), issuesOf(history)]).toEqual([[], ['nothing_to_confirm']]);
  });

  test('a place named after a move to nowhere closes the gap', () => {
    const history = foldHistory([
      BEGINNING,
      said(LATER, 'moved'),
      said('2027-05-11', 'moved', 'DEU 2026-08'),
    ]);
    expect(inBrief(history)).toEqual([
      'GEO 2022-03–2022-10',
      'SRB 2022-10–2026-06',
      'DEU 2026-08–',
      'gap 2026-06–2026-08',
    ]);
  });
});

describe('the same place from two sides', () => {
  const between = { ...said('2026-09-01', 'moved', 'DEU 2026-08'), sourceWave: null };

  test('a move reported between waves and again in the wave is one spell, confirmed later', () => {
    const history = foldHistory([BEGINNING, between, said(LATER, 'moved', 'DEU summer 2026')]);
    expect(inBrief(history)).toEqual(['GEO 2022-03–2022-10', 'SRB 2022-10–2026-08', 'DEU 2026-08–']);
    expect(history.spells.at(-1)).toMatchObject({
      sourceWave: null,
      lastConfirmedOn: LATER,
      precision: 'month',
    });
  });

  test('reports count by day, however they arrive', () => {
    const reports = [BEGINNING, between, said(LATER, 'same')];
    expect(foldHistory([...reports].reverse())).toEqual(foldHistory(reports));
  });
});

describe('the correction of the past', () => {
  const wrong = said(LATER, 'corrected', 'GEO 2022-03', 'SRB/Белград 2023-01');

  test('what is left untouched keeps its source, what is edited is the next version', () => {
    const history = foldHistory([BEGINNING, { ...wrong, sourceWave: 'y' }]);
    expect(history.spells.map((s) => [s.country, s.movedIn, s.movedOut, s.sourceWave, s.fedForward])).toEqual(
      [
        ['GEO', '2022-03', '2023-01', 'x', 'confirmed'],
        ['SRB', '2023-01', null, 'y', 'disputed'],
      ],
    );
    const versions = history.revisions
      .flatMap(({ changes }) => changes)
      .map(({ kind, before }) => [kind, before?.movedIn]);
    expect(versions).toEqual([
      ['added', undefined],
      ['added', undefined],
      ['changed', '2022-03'],
      ['changed', '2022-10'],
    ]);
  });

  test('known spells shown as rows and left untouched change nothing but the day of confirmation', () => {
    const before = foldHistory([
      said('2026-05-12', 'reported', 'KAZ autumn 2022', 'TUR 2023', 'SRB/Белград 2024-02'),
      said(LATER, 'moved', 'DEU 2026'),
      said('2027-05-11', 'moved', 'USA ?'),
    ]);
    const rows = rowsOf(before.spells);
    expect(rows[0]).toEqual({ sp_country: 'KAZ', sp_year: 2022, sp_month: 'autumn' });
    expect(rows.at(-1)).toEqual({ sp_country: 'USA' });
    const shown = residenceReport({ res_same: 'wrong', spells_fix: rows }, 'z', '2027-11-09');
    const reports = [
      said('2026-05-12', 'reported', 'KAZ autumn 2022', 'TUR 2023', 'SRB/Белград 2024-02'),
      said(LATER, 'moved', 'DEU 2026'),
      said('2027-05-11', 'moved', 'USA ?'),
      ...(shown ? [shown] : []),
    ];
    const after = foldHistory(reports);
    expect(inBrief(after)).toEqual(inBrief(before));
    expect(after.gaps).toEqual(before.gaps);
    expect(after.spells.map(({ sourceWave }) => sourceWave)).not.toContain('z');
    expect(after.revisions.at(-1)?.changes.map(({ kind }) => kind)).toEqual(Array(5).fill('confirmed'));
  });
});

test('answers that say nothing about residence are no report', () => {
  expect(residenceReport({}, 'b', LATER)).toBeUndefined();
  expect(residenceReport({ res_same: 'refused' }, 'b', LATER)).toBeUndefined();
  expect(residenceReport({ spells: [{}, { sp_region: 'x' }] }, 'a', LATER)).toBeUndefined();
  expect(residenceReport({ spells: [{ sp_year: 2023 }] }, 'a', LATER)?.spells).toHaveLength(1);
});
