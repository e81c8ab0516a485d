import fc from 'fast-check';
import { parseDisclosure } from '../../../src/analysis/disclosure/disclosure.js';
import { allCountries, countryGroup } from '../../../src/analysis/disclosure/geography.js';
import { HARMLESS } from '../../../src/analysis/disclosure/k-anonymity.js';
import { profileOf } from '../../../src/analysis/disclosure/profile.js';
import { topCodeBounds } from '../../../src/analysis/disclosure/top-code.js';
import { treatedCell, treatedShape } from '../../../src/analysis/disclosure/treated-cell.js';
import { ruleWords } from '../../../src/analysis/disclosure/treatment-words.js';
import {
  sensitiveCode,
  type TreatedColumn,
  type Treatment,
  treatmentOf,
  treatmentsOf,
  withBounds,
} from '../../../src/analysis/disclosure/treatment.js';

const GEOGRAPHY = { hosts: ['SRB', 'KAZ'], on: '2026-11-23' };
const LABEL = { en: 'x', ru: 'x' };
const asked = (root: string, more: Partial<TreatedColumn> = {}): TreatedColumn => ({
  root,
  item: root,
  type: 'numeric',
  measure: 'nominal',
  ...more,
});
const own = (
  root: string,
  type: TreatedColumn['type'],
  more: Partial<TreatedColumn> = {},
): TreatedColumn => ({
  root,
  type,
  measure: 'nominal',
  ...more,
});
const declared = parseDisclosure({
  identifying: ['hostcountry', 'residence', 'country', 'home', 'birth_years', 'age', 'born_on', 'household'],
  sensitive: ['legal_status', 'left_reason'],
  withheld: ['faith'],
  countries: ['home'],
  coded: ['arm'],
  bands: { age: 10 },
  groups: [
    {
      variable: 'birth_years',
      in: ['PUF'],
      map: { 2005: 2000 },
      values: [{ code: 2000, label: { en: '2000 or later', ru: '2000 и позже' } }],
    },
  ],
});
const of = (kind: 'SUF' | 'PUF', column: TreatedColumn, disclosure = declared): Treatment =>
  treatmentOf(column, profileOf(kind, disclosure), disclosure, GEOGRAPHY);
const change = (treatment: Treatment, cell: string | null, reasons: number[] = [-1, -2]) =>
  treatedCell(treatment, new Set(reasons))(cell);

describe('a column is treated', () => {
  test('people’s own words never leave, whatever they are called; the system’s codes stay', () => {
    for (const kind of ['SUF', 'PUF'] as const) {
      for (const root of ['occupation', 'disp', 'state', 'country'])
        expect(of(kind, asked(root, { type: 'string' })).kind).toBe('drop');
      expect(of(kind, own('region', 'string')).kind).toBe('drop');
      expect(of(kind, asked('ff_legal_status_txt', { type: 'string', item: 'legal_status' })).kind).toBe(
        'drop',
      );
      for (const root of ['disp', 'intlang', 'cohort', 'sourcewave', 'exp_init_mode'])
        expect(of(kind, own(root, 'string'))).toEqual({ kind: 'keep' });
      expect(of(kind, asked('arm', { type: 'string' }))).toEqual({ kind: 'keep' });
    }
  });

  test('what is declared or belongs to what is withheld goes, keys stay', () => {
    const columns = [
      own('pidp', 'numeric', { key: true }),
      asked('faith'),
      asked('ff_faith_age', { item: 'faith', measure: 'scale' }),
      asked('occupation', { type: 'string' }),
      asked('occupation_mis', { item: 'occupation' }),
      asked('arm', { type: 'string' }),
      asked('arm_mis', { item: 'arm' }),
    ];
    const kinds = (kind: 'SUF' | 'PUF') =>
      treatmentsOf(columns, profileOf(kind, declared), declared, GEOGRAPHY).map(
        ({ treatment }) => treatment.kind,
      );
    expect(kinds('SUF')).toEqual(['keep', 'drop', 'drop', 'drop', 'drop', 'keep', 'keep']);
    const place = parseDisclosure({ identifying: [], sensitive: [], withheld: ['place'] });
    for (const root of ['ff_place', 'ff_place_age'])
      expect(of('SUF', asked(root, { item: 'res_same' }), place).kind).toBe('drop');
    expect(of('SUF', own('recruiter', 'numeric')).kind).toBe('keep');
    expect(of('PUF', own('recruiter', 'numeric')).kind).toBe('drop');
    expect(of('PUF', own('consent_recontact', 'numeric')).kind).toBe('drop');
  });

  test('dates lose their day, in public files their month', () => {
    const day = own('intdate', 'date', { measure: 'scale' });
    expect(change(of('SUF', day), '2026-03-17')).toBe('2026-03');
    expect(treatedShape(day, of('SUF', day))).toMatchObject({ type: 'month' });
    expect(change(of('PUF', day), '2026-03-17')).toBe('2026');
    expect(treatedShape(day, of('PUF', day))).toEqual({ type: 'numeric', measure: 'scale', values: [] });
    expect(change(of('SUF', asked('born_on', { type: 'date' })), '1984-03-17')).toBe('1984');
    expect(change(of('SUF', asked('when', { type: 'datetime' })), '2026-03-17T10:00')).toBe('2026-03');
    expect(change(of('PUF', own('movedin', 'string')), '2024-07')).toBe('2024');
    expect(change(of('SUF', day), null)).toBeNull();
    const month = of('PUF', own('begin_m', 'numeric', { measure: 'scale' }));
    expect([1, 12, 13, 0, -11, -12].map((m) => change(month, String(m), [-9_999_901]))).toEqual([
      '1',
      '1',
      '13',
      '-11',
      '-11',
      '-23',
    ]);
    expect(of('SUF', own('begin_m', 'numeric', { measure: 'scale' })).kind).toBe('keep');
  });

  test('numbers are top-coded, in public files grouped where they identify', () => {
    const age = asked('age', { measure: 'scale' });
    expect(of('SUF', age)).toEqual({ kind: 'topCode', share: 0.005, atLeast: 3 });
    expect(of('PUF', age)).toEqual({ kind: 'bands', width: 10, from: 0 });
    expect(change(of('PUF', age), '37')).toBe('30');
    expect(change(of('PUF', age), '-2')).toBe('-2');
    expect(of('PUF', asked('friends', { measure: 'scale' }))).toEqual({
      kind: 'topCode',
      share: 0.01,
      atLeast: 5,
    });
    expect(of('PUF', own('ncontacts', 'numeric', { measure: 'scale' }))).toEqual({ kind: 'keep' });
    expect(of('PUF', asked('spells_i', { measure: 'scale', key: true }))).toEqual({ kind: 'keep' });
  });

  test('declared groups are made in the releases that they are for', () => {
    const born = asked('birth_years', { values: [{ code: 2005, value: 'b2005', label: LABEL }] });
    expect(of('SUF', born)).toEqual({ kind: 'keep' });
    const grouped = of('PUF', born);
    expect(['2005', '1990', '-1', null].map((cell) => change(grouped, cell))).toEqual([
      '2000',
      '1990',
      '-1',
      null,
    ]);
    expect(treatedShape(born, grouped).values).toEqual([
      { code: 2000, label: { en: '2000 or later', ru: '2000 и позже' } },
    ]);
    const rest = parseDisclosure({
      identifying: [],
      sensitive: [],
      groups: [
        {
          variable: 'x',
          in: ['SUF'],
          map: { 1: 1 },
          else: 9,
          values: [1, 9].map((code) => ({ code, label: LABEL })),
        },
      ],
    });
    expect(['1', '7', '-1'].map((cell) => change(of('SUF', asked('x'), rest), cell))).toEqual([
      '1',
      '9',
      '-1',
    ]);
  });

  test('in public files, where people are is a host country, Russia, the USA, the EU or another', () => {
    const words = of('PUF', own('residence', 'string'));
    const cells = ['SRB', 'RUS', 'USA', 'DEU', 'GBR', 'XKX', 'BRA', ''];
    expect(cells.map((cell) => change(words, cell))).toEqual([
      'SRB',
      'RUS',
      'USA',
      'XEU',
      'XOT',
      'XOT',
      'XOT',
      '',
    ]);
    expect(of('SUF', own('residence', 'string'))).toEqual({ kind: 'keep' });
    expect(of('PUF', asked('home', { type: 'string' })).kind).toBe('group');
    const values = (['SRB 688', 'DEU 276', 'FRA 250', 'BRA 76', 'elsewhere 999'] as const).map((text) => {
      const [value, code] = text.split(' ');
      return { value, code: Number(code), label: LABEL };
    });
    const codes = of('PUF', asked('country', { values }));
    expect(['688', '276', '250', '76', '999', '-2'].map((cell) => change(codes, cell))).toEqual([
      '688',
      '990',
      '990',
      '991',
      '999',
      '-2',
    ]);
    expect(treatedShape(asked('country', { values }), codes).values.map(({ code }) => code)).toEqual([
      688, 999, 990, 991,
    ]);
    // A wish says nothing of where somebody is.
    expect(of('PUF', asked('wish_eu', { values }))).toEqual({ kind: 'keep' });
    expect(allCountries().length).toBeGreaterThan(240);
    expect(countryGroup('HRV', { ...GEOGRAPHY, on: '2013-06-30' })?.alpha3).toBe('XOT');
  });

  test('words for the codebook are there in both languages', () => {
    const treatments: Treatment[] = [
      of('SUF', asked('occupation', { type: 'string' })),
      of('SUF', own('intdate', 'date')),
      of('PUF', own('intdate', 'date')),
      of('PUF', asked('age', { measure: 'scale' })),
      of('PUF', own('residence', 'string')),
      ...[{ low: 1 }, { high: 9 }, { low: 1, high: 9 }].map((bounds) => ({
        kind: 'topCode' as const,
        share: 0,
        atLeast: 1,
        bounds,
      })),
    ];
    const words = treatments.map(ruleWords);
    for (const each of words) {
      expect(each?.en).toMatch(/^[A-Z]/);
      expect(each?.ru).toMatch(/^[А-Я]/);
    }
    expect(new Set(words.map((each) => each?.en)).size).toBe(treatments.length);
    expect(ruleWords({ kind: 'keep' })).toBeNull();
    expect(ruleWords({ kind: 'topCode', share: 0.1, atLeast: 3, bounds: {} })).toBeNull();
  });

  test('a choice that was not made is harmless, a category is not', () => {
    const choice = {
      values: [
        { code: 0, value: false, label: LABEL },
        { code: 1, value: true, label: LABEL },
      ],
    };
    expect([0, 1, -8].map((code) => sensitiveCode(choice, code))).toEqual([HARMLESS, 1, -8]);
    expect(sensitiveCode({ values: [{ code: 0, value: 'no', label: LABEL }] }, 0)).toBe(0);
  });
});

describe('tails', () => {
  const rule = { share: 0.05, atLeast: 3 };

  test('hold the share and the number of people that is asked for, and are values that somebody gave', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -50, max: 400 }), fc.double({ min: 0, max: 9, noNaN: true })), {
          maxLength: 200,
        }),
        (values) => {
          const sorted = [...values].sort((a, b) => a - b);
          const bounds = topCodeBounds(sorted, rule);
          if (bounds === null)
            return expect(sorted.length).toBeLessThan(2 * Math.max(3, Math.ceil(sorted.length * 0.05)));
          const treated = sorted.map((value) =>
            Number(change(withBounds({ kind: 'topCode', ...rule }, bounds), String(value), [])),
          );
          const [least, greatest] = [Math.min(...treated), Math.max(...treated)];
          const isScale = sorted.length > 0 && !(greatest - least < 10 && sorted.every(Number.isInteger));
          const needed = Math.max(3, Math.ceil(0.05 * sorted.length));
          if (isScale)
            for (const end of [least, greatest]) {
              expect(sorted).toContain(end);
              expect(treated.filter((value) => value === end).length).toBeGreaterThanOrEqual(needed);
            }
        },
      ),
    );
  });

  test('begin at known values; categories in all but name have none; too few people cannot be shown', () => {
    const hundred = Array.from({ length: 100 }, (_, value) => value);
    expect(topCodeBounds(hundred, rule)).toEqual({ low: 4, high: 95 });
    expect(
      topCodeBounds([...new Array<number>(90).fill(0), ...hundred.slice(0, 10).map((v) => v * 100)], rule),
    ).toEqual({ high: 500 });
    expect(topCodeBounds([0, 0, 1, 2], rule)).toEqual({});
    expect(topCodeBounds([], rule)).toEqual({});
    expect(topCodeBounds([0, 10, 30, 50, 900], rule)).toBeNull();
    expect(withBounds({ kind: 'topCode', ...rule }, null).kind).toBe('drop');
    expect(() => treatedCell({ kind: 'topCode', ...rule }, new Set())).toThrow(RangeError);
    expect(() => treatedCell({ kind: 'drop', why: LABEL }, new Set())).toThrow(RangeError);
  });
});

test('a number of another person is withheld where the kind of release withholds it', () => {
  const recruiter = own('recruiter', 'numeric', { key: true });
  expect(of('SUF', recruiter)).toEqual({ kind: 'keep' });
  expect(of('PUF', recruiter)).toMatchObject({ kind: 'drop' });
  expect(of('PUF', own('pidp', 'numeric', { key: true }))).toEqual({ kind: 'keep' });
});
