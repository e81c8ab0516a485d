import { type CaseEvent } from '../../../src/wave/case-state.js';

export const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];
export const WAVES = ['a', 'b', 'c', 'd'] as const;
type Letter = (typeof WAVES)[number];

/** What happened to one issued case, and the code that follows. `staff` is an override with its reason on file. */
export interface ExampleCase {
  events: CaseEvent[];
  staff?: string;
  code: string;
}

/** What a member said about residence: in a wave, or (`wave: null`) between waves. */
export interface Said {
  wave: Letter | null;
  on: string;
  locale: 'ru' | 'en';
  answers: Record<string, unknown>;
}

/**
 * A member, with what is expected of them.
 * - `spells`: country region | movedIn → movedOut | precision dating | source wave | last confirmed | fed-forward outcome
 * - `gaps`: from → to
 * - `moves`: from → to | month (not before) | class
 * - `superseded`: versions that a later report replaced, as country | movedIn → movedOut | by wave
 */
export interface ExampleMember {
  id: string;
  cohort: Letter;
  country: string;
  cases: Partial<Record<Letter, ExampleCase>>;
  said: Said[];
  ended?: { wave: Letter; reason: 'dead' | 'ineligible' };
  spells: string[];
  gaps: string[];
  moves: string[];
  superseded: string[];
}

const ON = { a: '2026-05-12', b: '2026-11-10', c: '2027-05-11', d: '2027-11-09' };

const did = (code: string, ...events: CaseEvent[]): ExampleCase => ({ events: ['invite', ...events], code });
const complete = did('1.1', 'open', 'save', 'submit_complete');
const partial = did('1.2', 'open', 'save', 'submit_partial');
const neverOpened = did('3.19', 'close');

const place = (country: string, year: number | null, month: string | null, more: object = {}) => ({
  sp_country: country,
  ...(year === null ? {} : { sp_year: year }),
  ...(month === null ? {} : { sp_month: month }),
  ...more,
});
const said = (wave: Letter, answers: Record<string, unknown>, locale: 'ru' | 'en' = 'ru'): Said => ({
  wave,
  on: ON[wave],
  locale,
  answers,
});
const same = { res_same: 'same' };

export const MEMBERS: ExampleMember[] = [
  {
    id: 'M01',
    cohort: 'a',
    country: 'ISR',
    cases: { a: complete, b: complete, c: complete, d: complete },
    said: [
      said('a', { spells: [place('ISR', 2022, 'mar', { sp_basis: 'temporary' })] }),
      said('b', same),
      said('c', same),
      said('d', same),
    ],
    spells: ['ISR | 2022-03 → … | month stated | a | 2027-11-09 | confirmed'],
    gaps: [],
    moves: [],
    superseded: [],
  },
  {
    id: 'M02',
    cohort: 'a',
    country: 'SRB',
    cases: { a: complete, b: complete, c: complete, d: complete },
    said: [
      said('a', {
        spells: [
          place('GEO', 2022, 'mar', { sp_basis: 'visa_free' }),
          place('SRB', 2022, 'oct', { sp_region: 'Белград', sp_basis: 'temporary' }),
        ],
      }),
      said('b', {
        res_same: 'moved',
        spells: [place('DEU', 2026, 'oct', { sp_region: 'Берлин', sp_basis: 'work' })],
      }),
      said('c', same),
      said('d', same),
    ],
    spells: [
      'GEO | 2022-03 → 2022-10 | month stated | a | 2026-05-12 | not_shown',
      'SRB Белград | 2022-10 → 2026-10 | month stated | a | 2026-05-12 | changed',
      'DEU Берлин | 2026-10 → … | month stated | b | 2027-11-09 | confirmed',
    ],
    gaps: [],
    moves: ['GEO → SRB | 2022-10 (2022-10) | to_other', 'SRB → DEU | 2026-10 (2026-10) | host_to_eu'],
    superseded: ['SRB | 2022-10 → … | b'],
  },
  {
    id: 'M03',
    cohort: 'a',
    country: 'ARM',
    cases: { a: complete, b: complete, c: partial, d: neverOpened },
    said: [
      said('a', { spells: [place('ARM', 2022, 'mar')] }),
      said('b', { res_same: 'moved', spells: [place('SRB', 2026, 'jul'), place('ESP', 2026, 'sep')] }),
      said('c', same),
    ],
    spells: [
      'ARM | 2022-03 → 2026-07 | month stated | a | 2026-05-12 | changed',
      'SRB | 2026-07 → 2026-09 | month stated | b | 2026-11-10 | not_shown',
      'ESP | 2026-09 → … | month stated | b | 2027-05-11 | confirmed',
    ],
    gaps: [],
    moves: ['ARM → SRB | 2026-07 (2026-07) | host_to_host', 'SRB → ESP | 2026-09 (2026-09) | host_to_eu'],
    superseded: ['ARM | 2022-03 → … | b'],
  },
  {
    id: 'M04',
    cohort: 'a',
    country: 'KAZ',
    cases: { a: complete, b: complete, c: complete, d: complete },
    said: [
      said('a', { spells: [place('KAZ', 2022, 'sep')] }),
      said('b', same),
      said('c', { res_same: 'moved', spells: [place('RUS', 2027, 'feb')] }),
      said('d', { res_same: 'moved', spells: [place('KAZ', 2027, 'sep')] }),
    ],
    spells: [
      'KAZ | 2022-09 → 2027-02 | month stated | a | 2026-11-10 | changed',
      'RUS | 2027-02 → 2027-09 | month stated | c | 2027-05-11 | changed',
      'KAZ | 2027-09 → … | month stated | d | 2027-11-09 | not_shown',
    ],
    gaps: [],
    moves: ['KAZ → RUS | 2027-02 (2027-02) | return_to_russia'],
    superseded: ['KAZ | 2022-09 → … | c', 'RUS | 2027-02 → … | d'],
  },
  {
    id: 'M05',
    cohort: 'a',
    country: 'TUR',
    cases: {
      a: complete,
      b: complete,
      c: did('2.111', 'open', 'refuse'),
      d: did('4.10', 'open', 'screen_out'),
    },
    said: [
      said('a', { spells: [place('TUR', 2022, 'mar')] }),
      said('b', { res_same: 'moved', spells: [place('SRB', 2026, 'aug')] }),
    ],
    ended: { wave: 'd', reason: 'ineligible' },
    spells: [
      'TUR | 2022-03 → 2026-08 | month stated | a | 2026-05-12 | changed',
      'SRB | 2026-08 → … | month stated | b | 2026-11-10 | not_shown',
    ],
    gaps: [],
    moves: ['TUR → SRB | 2026-08 (2026-08) | host_to_host'],
    superseded: ['TUR | 2022-03 → … | b'],
  },
  {
    id: 'M06',
    cohort: 'a',
    country: 'ARM',
    cases: { a: complete, b: neverOpened, c: complete, d: complete },
    said: [
      said('a', { spells: [place('ARM', 2022, 'apr')] }),
      said('c', { res_same: 'moved', spells: [place('USA', null, null)] }),
      said('d', same),
    ],
    spells: [
      'ARM | 2022-04 → 2026-06 | month stated | a | 2026-05-12 | changed',
      'USA | 2027-05 → … | year undated | c | 2027-11-09 | confirmed',
    ],
    gaps: ['2026-06 → 2027-05'],
    moves: ['ARM → USA | 2027-05 (2026-06) | host_to_us'],
    superseded: ['ARM | 2022-04 → … | c'],
  },
  {
    id: 'M07',
    cohort: 'a',
    country: 'SRB',
    cases: { a: complete, b: partial, c: did('2.111', 'open', 'save', 'withdraw') },
    said: [
      said('a', { spells: [place('SRB', 2023, 'jan')] }),
      said('b', same),
      said('c', { res_same: 'moved', spells: [place('GEO', 2027, 'mar')] }),
    ],
    spells: ['SRB | 2023-01 → … | month stated | a | 2026-11-10 | confirmed'],
    gaps: [],
    moves: [],
    superseded: [],
  },
  {
    id: 'M08',
    cohort: 'a',
    country: 'TUR',
    cases: {
      a: complete,
      b: complete,
      c: did('3.30', 'bounce'),
      d: { ...did('2.31', 'bounce'), staff: '2.31' },
    },
    said: [
      said('a', { spells: [place('KAZ', 2022, 'autumn'), place('TUR', 2023, 'dontknow')] }),
      said('b', { res_same: 'moved', spells: [place('DEU', 2026, 'dontknow')] }, 'en'),
    ],
    ended: { wave: 'd', reason: 'dead' },
    spells: [
      'KAZ | 2022-09 → 2023-01 | season stated | a | 2026-05-12 | not_shown',
      'TUR | 2023-01 → 2026-05 | year stated | a | 2026-05-12 | changed',
      'DEU | 2026-05 → … | year bounded | b | 2026-11-10 | not_shown',
    ],
    gaps: [],
    moves: ['KAZ → TUR | 2023-01 (2023-01) | host_to_host', 'TUR → DEU | 2026-05 (2026-05) | host_to_eu'],
    superseded: ['TUR | 2023-01 → … | b'],
  },
  {
    id: 'M09',
    cohort: 'a',
    country: 'ARM',
    cases: {
      a: complete,
      b: complete,
      c: complete,
      d: did('2.12', 'open', 'save', 'submit_insufficient'),
    },
    said: [
      said('a', { spells: [place('GEO', 2022, 'mar'), place('ARM', 2022, 'dec')] }),
      said('b', same),
      said('c', { res_same: 'wrong', spells_fix: [place('ARM', 2022, 'mar')] }),
    ],
    spells: ['ARM | 2022-03 → … | month stated | c | 2027-05-11 | disputed'],
    gaps: [],
    moves: [],
    superseded: ['GEO | 2022-03 → 2022-12 | c', 'ARM | 2022-12 → … | c'],
  },
  {
    id: 'M10',
    cohort: 'c',
    country: 'ISR',
    cases: { c: complete, d: complete },
    said: [
      said('c', { spells: [place('ISR', 2024, 'feb')] }),
      {
        wave: null,
        on: '2027-08-20',
        locale: 'ru',
        answers: { res_same: 'moved', spells: [place('CYP', 2027, 'aug')] },
      },
      said('d', same),
    ],
    spells: [
      'ISR | 2024-02 → 2027-08 | month stated | c | 2027-05-11 | changed',
      'CYP | 2027-08 → … | month stated | between | 2027-11-09 | confirmed',
    ],
    gaps: [],
    moves: ['ISR → CYP | 2027-08 (2027-08) | host_to_eu'],
    superseded: ['ISR | 2024-02 → … | between'],
  },
];

/** Moves by class over everybody, added up from the lists above. */
export const MOVES_BY_CLASS = {
  host_to_eu: 4, // M02, M03, M08, M10
  host_to_us: 1, // M06
  host_to_host: 3, // M03, M05, M08
  return_to_russia: 1, // M04
  to_other: 1, // M02, from Georgia, which is no host of the study
};

/**
 * Residence on 2027-11-30: the country of the usual (12-month) residence, and that of a stay of 3 to 11 months.
 * M04: in Kazakhstan for 2 months, after 7 in Russia; lived there until 9 months ago. M10: in Cyprus for 3 months.
 * M06: in the US from May 2027 at the latest, 6 months; Armenia was left, as far as is known, in June 2026, 17 months ago.
 */
export const RESIDENT: Record<string, [twelve: string | undefined, three: string | undefined]> = {
  M01: ['ISR', undefined],
  M02: ['DEU', undefined],
  M03: ['ESP', undefined],
  M04: ['KAZ', undefined],
  M05: ['SRB', undefined],
  M06: [undefined, 'USA'],
  M07: ['SRB', undefined],
  M08: ['DEU', undefined],
  M09: ['ARM', undefined],
  M10: ['ISR', 'CYP'],
};
