import {
  disclosureFaults,
  isNamed,
  NO_DISCLOSURE,
  parseDisclosure,
} from '../../../src/analysis/disclosure/disclosure.js';
import { isFileReleased, profileOf, PROFILES } from '../../../src/analysis/disclosure/profile.js';

const LABEL = { en: 'x', ru: 'x' };

describe('the profiles', () => {
  test('are as strict as analysts and respondents were promised', () => {
    expect(PROFILES.SUF).toMatchObject({ k: 3, l: 2, smallCell: 10, freeText: 'withheld', dates: 'month' });
    expect(PROFILES.PUF).toMatchObject({ k: 5, l: 2, smallCell: 10, freeText: 'withheld', dates: 'year' });
  });

  test('a study makes them stricter', () => {
    const stricter = parseDisclosure({
      identifying: [],
      sensitive: [],
      suf: { k: 4, dates: 'year', withheld: ['cohort'], filesWithheld: ['contacts'] },
      puf: { topCode: { share: 0.05 }, bandWidth: 10 },
    });
    expect(profileOf('SUF', stricter)).toMatchObject({
      k: 4,
      l: 2,
      dates: 'year',
      topCode: { share: 0.005, atLeast: 4 },
      withheld: ['cohort'],
      filesWithheld: ['contacts'],
    });
    expect(profileOf('PUF', stricter)).toMatchObject({
      k: 5,
      topCode: { share: 0.05, atLeast: 5 },
      bandWidth: 10,
    });
    expect(profileOf('PUF', NO_DISCLOSURE)).toEqual(PROFILES.PUF);
  });

  test.each([
    ['suf', { k: 2 }],
    ['suf', { l: 1 }],
    ['suf', { smallCell: 5 }],
    ['suf', { topCode: { share: 0.001 } }],
    ['puf', { k: 4 }],
    ['puf', { dates: 'month' }],
    ['puf', { topCode: { atLeast: 3 } }],
    ['puf', { bandWidth: 2 }],
    ['puf', { geography: 'country' }],
    ['puf', { childTables: 'kept' }],
  ])('never looser: %s %j', (kind, rules) => {
    expect(() => parseDisclosure({ identifying: [], sensitive: [], [kind]: rules })).toThrow(
      expect.objectContaining({ code: 'analysis.invalid_disclosure' }),
    );
  });

  test('public files hold no histories and no messages', () => {
    const [suf, puf] = [profileOf('SUF', NO_DISCLOSURE), profileOf('PUF', NO_DISCLOSURE)];
    const files = [
      'indresp',
      'indsamp',
      'contacts',
      'xwave',
      'panel_long',
      'spell_residence',
      'moves',
      'keepintouch',
    ];
    expect(files.filter((file) => isFileReleased(suf, file, false))).toEqual(files);
    expect(files.filter((file) => isFileReleased(puf, file, false))).toEqual([
      'indresp',
      'xwave',
      'panel_long',
    ]);
    expect([isFileReleased(suf, 'spells', true), isFileReleased(puf, 'spells', true)]).toEqual([true, false]);
  });
});

describe('what a study declares', () => {
  test('faults are told with their places, all at once', () => {
    const parse = () =>
      parseDisclosure({
        identifying: ['age', 'age', 'Gender'],
        sensitive: ['income', 'age'],
        puf: { k: 1 },
        groups: [{ variable: 'x', in: ['SUF'], map: { 1: 9 }, values: [{ code: 8, label: LABEL }] }],
        other: 1,
      });
    expect(parse).toThrow(/disclosure\.identifying\[2\]: Name a variable/);
    expect(parse).toThrow(/disclosure\.puf\.k: PUF asks for 5 at the least\./);
    const inList = (json: object) => () => parseDisclosure({ identifying: ['age'], sensitive: [], ...json });
    expect(inList({ identifying: ['age', 'age'] })).toThrow(/identifying\[1\]: age stands twice; keep one\./);
    expect(inList({ sensitive: ['age'] })).toThrow(/sensitive\[0\]: age identifies already/);
    const group = { variable: 'x', in: ['SUF'], map: { 1: 9 }, values: [{ code: 8, label: LABEL }] };
    expect(inList({ groups: [group] })).toThrow(/groups\[0\]\.values: Label the new code 9\./);
    expect(inList({ groups: [group, group] })).toThrow(
      /groups\[1\]\.variable: x is grouped twice; keep one\./,
    );
    expect(parseDisclosure(undefined)).toBe(NO_DISCLOSURE);
  });

  test('a name means a variable, all of an item, and the copy of the earlier answer', () => {
    const named = (name: string, root: string, item?: string) =>
      isNamed([name], { root, ...(item ? { item } : {}) });
    expect(named('faith', 'faith', 'faith')).toBe(true);
    expect(named('ethnic_self', 'ethnic_self_tatar', 'ethnic_self')).toBe(true);
    expect(named('legal_status', 'ff_legal_status', 'legal_status')).toBe(true);
    expect(named('place', 'ff_place', 'res_same')).toBe(true);
    expect(named('legal_status', 'ff_legal_status_age', 'legal_status')).toBe(false);
    expect(named('home', 'home_mis', 'home')).toBe(false);
    expect(named('age', 'agency')).toBe(false);
  });

  test('names that mean nothing are faults', () => {
    const variables = [{ root: 'hostcountry' }, { root: 'household_child', item: 'household' }];
    const disclosure = parseDisclosure({
      identifying: ['hostcountry', 'household', 'agee'],
      sensitive: ['fait'],
    });
    expect(disclosureFaults(disclosure, variables)).toEqual([
      'disclosure.identifying: no variable and no item is called agee; correct the name or leave it out.',
      'disclosure.sensitive: no variable and no item is called fait; correct the name or leave it out.',
    ]);
  });
});

test('groups name codes that are there, and leave none without words', () => {
  const values = [1, 2, 3].map((code) => ({ code }));
  const faults = (group: object) =>
    disclosureFaults(
      parseDisclosure({ identifying: [], sensitive: [], groups: [{ variable: 'x', in: ['PUF'], ...group }] }),
      [{ root: 'x', item: 'x', values }],
    );
  const label = LABEL;
  expect(faults({ map: { 1: 1, 2: 1, 7: 1 }, values: [{ code: 1, label }] })).toEqual([
    'disclosure.groups: x has no code 7; leave it out.',
    'disclosure.groups: say what code 3 of x becomes.',
  ]);
  expect(
    faults({
      map: { 1: 1, 2: 1 },
      values: [
        { code: 1, label },
        { code: 3, label },
      ],
    }),
  ).toEqual([]);
  expect(
    faults({
      map: { 1: 1 },
      else: 9,
      values: [
        { code: 1, label },
        { code: 9, label },
      ],
    }),
  ).toEqual([]);
});
