import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseStudyFile } from '../../../src/study/study.js';
import { peopleIn, recruitersIn } from '../../../src/vault/people-file.js';

const STUDY = parseStudyFile(
  JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../surveys/new-russian-diasporas/study.json'), 'utf8'),
  ),
);
const ANNA = '6f1d0c0e-1111-4222-8333-444455556666';
const MEMBERS = new Set([ANNA]);
const ROW = { email: 'anna@synthetic.example', host_country: 'SRB', locale: 'en' };

const findingsOf = (...rows: Record<string, string>[]): string[] => {
  try {
    peopleIn(rows, STUDY, MEMBERS);
    return [];
  } catch (cause) {
    const { findings } = (cause as { details: { findings: { line: number; message: string }[] } }).details;
    return findings.map(({ line, message }) => `${line}: ${message}`);
  }
};

it('takes people, with what is not said filled in', () => {
  expect(
    peopleIn(
      [
        ROW,
        {
          email: ' Boris@Synthetic.example ',
          host_country: 'KAZ',
          locale: '',
          time_zone: 'Asia/Almaty',
          cohort: 'refresh',
          source: 'referral',
          recruiter: ANNA.toUpperCase(),
          coupon: 'K-17',
        },
      ],
      STUDY,
      MEMBERS,
    ),
  ).toEqual([
    {
      email: 'anna@synthetic.example',
      hostCountry: 'SRB',
      locale: 'en',
      cohort: 'baseline',
      recruitmentSource: 'unknown',
    },
    {
      email: 'boris@synthetic.example',
      hostCountry: 'KAZ',
      locale: 'ru',
      timeZone: 'Asia/Almaty',
      cohort: 'refresh',
      recruitmentSource: 'referral',
      recruiterId: ANNA,
      coupon: 'K-17',
    },
  ]);
});

it.each<[Record<string, string>, RegExp]>([
  [{ email: 'anna' }, /^2: email is not one plain address$/],
  [{ email: '' }, /^2: email/],
  [{ host_country: 'DEU' }, /^2: host_country must be one of ARM, ISR, KAZ, SRB, TUR$/],
  [{ host_country: '' }, /^2: host_country/],
  [{ locale: 'fr' }, /^2: locale must be one of ru, en$/],
  [{ time_zone: 'Mars/Olympus' }, /^2: time_zone must be an IANA zone/],
  [{ recruiter: ANNA.replace('6f', '7f') }, /^2: recruiter must be the id of a member of this study$/],
  [{ recruiter: 'Anna' }, /^2: recruiter must be/],
])('%j is found', (differs, finding) => {
  expect(findingsOf({ ...ROW, ...differs })).toEqual([expect.stringMatching(finding)]);
});

const POSTAL_ROW = {
  postal_name: ' Вера  Синтетическая',
  postal_lines: 'Улица 1| стан 2 |',
  postal_postcode: '',
  postal_city: 'Нови Сад',
  postal_country: 'srb',
};
const POSTAL = {
  name: 'Вера Синтетическая',
  lines: ['Улица 1', 'стан 2'],
  postcode: '',
  city: 'Нови Сад',
  country: 'SRB',
};

it('takes a postal address beside an e-mail address, or alone', () => {
  const rows = [
    { ...ROW, ...POSTAL_ROW, postal_name: 'Анна' },
    { ...ROW, email: '', ...POSTAL_ROW },
    { host_country: 'SRB', locale: 'ru', ...POSTAL_ROW, postal_name: 'Глеб' },
  ];
  const people = peopleIn(rows, STUDY, MEMBERS);
  expect(people.map(({ email, postal }) => ({ email, postal }))).toEqual([
    { email: 'anna@synthetic.example', postal: { ...POSTAL, name: 'Анна' } },
    { email: undefined, postal: POSTAL },
    { email: undefined, postal: { ...POSTAL, name: 'Глеб' } },
  ]);
  expect('email' in people[1]!).toBe(false);
});

it.each<[Record<string, string>, RegExp]>([
  [{ postal_name: '' }, /^2: postal_name must/],
  [{ postal_lines: ' | ' }, /^2: postal_lines must be one to four/],
  [{ postal_lines: '1|2|3|4|5' }, /^2: postal_lines must/],
  [{ postal_postcode: '1'.repeat(21) }, /^2: postal_postcode must/],
  [{ postal_city: 'Нови\nСад' }, /^2: postal_city must/],
  [{ postal_country: 'RS' }, /^2: postal_country must be three capital letters/],
  [{ postal_country: 'XXX' }, /^2: postal_country must/],
])('a postal address with %j is found, with or without an e-mail address', (differs, finding) => {
  for (const email of ['', ROW.email])
    expect(findingsOf({ ...ROW, email, ...POSTAL_ROW, ...differs })).toEqual([
      expect.stringMatching(finding),
    ]);
});

it('the same postal address twice is found', () => {
  const findings = findingsOf(
    { ...ROW, email: '', ...POSTAL_ROW },
    { ...ROW, ...POSTAL_ROW, postal_country: 'SRB' },
  );
  expect(findings).toEqual(['3: the postal address is the same as in line 2']);
});

it('names every line at once, the same person twice among them, and never an address', () => {
  const findings = findingsOf(
    ROW,
    { ...ROW, locale: 'fr' },
    { ...ROW, email: 'ANNA@synthetic.example', host_country: 'x' },
    {
      ...ROW,
      email: 'canary-71 at synthetic',
    },
  );
  expect(findings.map((finding) => finding.slice(0, 2))).toEqual(['3:', '3:', '4:', '4:', '5:']);
  expect(findings.join()).toContain('the same as in line 2');
  expect(findings.join()).not.toMatch(/anna|canary/);
});

it('a file without people is refused', () => {
  expect(findingsOf()).toEqual(['1: the file has no people']);
});

it('only what looks like an id is looked up as a recruiter', () => {
  expect(
    recruitersIn([ROW, { recruiter: 'Anna' }, { recruiter: '' }, { recruiter: ANNA.toUpperCase() }]),
  ).toEqual([ANNA]);
});
