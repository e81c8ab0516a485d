import { SUPPRESSED } from '../../../src/analysis/disclosure/k-anonymity.js';
import { suppressToK } from '../../../src/analysis/disclosure/local-suppression.js';
import { PROFILES } from '../../../src/analysis/disclosure/profile.js';
import {
  profileWords,
  riskReport,
  riskWords,
  ruleFailures,
} from '../../../src/analysis/disclosure/risk-report.js';

const codes = (name: string, ...values: number[]) => ({ name, codes: Int32Array.from(values) });
const country = codes('country', 1, 1, 1, 1, 1, 1, 2, 2, 2);
const born = codes('born', 5, 5, 5, 6, 7, SUPPRESSED, 5, 5, 5);
const status = codes('status', 1, 2, 2, 1, 2, 3, 1, 2, -1);

test('the report tells what was risky, what was hidden and what is left', () => {
  const before = [country, born];
  const { keys } = suppressToK([country.codes, born.codes], [2, 1], 3, { l: 2, sensitive: [status.codes] });
  const after = keys.map((one, key) => ({ name: before[key]?.name ?? '', codes: one }));
  const report = riskReport(PROFILES.SUF, { n: 9, before, after, sensitive: [status] });
  expect(report).toEqual({
    kind: 'SUF',
    k: 3,
    l: 2,
    n: 9,
    before: { classes: 5, kMin: 1, belowK: 3, shareBelowK: 1 / 3, uniques: 3 },
    after: { classes: 3, kMin: 3, belowK: 0, shareBelowK: 0, uniques: 0 },
    keys: [
      { name: 'country', hidden: 0 },
      { name: 'born', hidden: 2 },
    ],
    sensitive: [{ name: 'status', lMin: 2, belowL: 0 }],
  });
  expect(ruleFailures(PROFILES.SUF, report)).toEqual([]);
  const words = riskWords('a_indresp', report);
  expect(words.en).toBe(
    'a_indresp: people 9, groups 3, smallest group 3 (before values were hidden 1), people in groups of fewer than 3: 0 (3), alone in theirs: 0 (3); ' +
      'least number of different sensitive answers in a group: 2; values hidden: born 2.',
  );
  expect(words.ru?.match(/[0-9]+/g)).toEqual(words.en?.match(/[0-9]+/g));
  expect(profileWords(report)).toEqual({
    en: expect.stringMatching(/^Rules of the SUF: .*has 3 or more.*at least 2 different/),
    ru: expect.stringMatching(/^Правила SUF: .*не меньше 3.*не меньше 2/),
  });
});

test('groups without any sensitive value break no rule', () => {
  const silent = codes('status', 1, 2, 2, 1, 2, 3, -1, -2, -8);
  const people = {
    n: 9,
    before: [country],
    after: [country],
    sensitive: [silent, codes('none', ...status.codes.map(() => -8))],
  };
  expect(riskReport(PROFILES.SUF, people).sensitive).toEqual([
    { name: 'status', lMin: 3, belowL: 0 },
    { name: 'none', lMin: null, belowL: 0 },
  ]);
});

test('each rule that is broken is told, in both languages, with what to do', () => {
  const people = { n: 9, before: [country, born], after: [country, born], sensitive: [status] };
  const told = (report: ReturnType<typeof riskReport>) =>
    ruleFailures(PROFILES.PUF, report).map(({ en }) => en);
  expect(told(riskReport(PROFILES.PUF, people))).toEqual([
    expect.stringMatching(/^People in groups of fewer than 5: 9 of 9\./),
    expect.stringMatching(/^status: people in groups with fewer than 2 different answers: 3 of 9\./),
  ]);
  expect(told(riskReport(PROFILES.PUF, { n: 9, before: [], after: [], sensitive: [] }))).toEqual([
    expect.stringMatching(/^No variable is declared as identifying/),
  ]);
  const nobody = {
    n: 0,
    before: [codes('country')],
    after: [codes('country')],
    sensitive: [codes('status')],
  };
  expect(riskReport(PROFILES.PUF, nobody).after).toMatchObject({ kMin: null, shareBelowK: null });
  expect(told(riskReport(PROFILES.PUF, nobody))).toEqual([expect.stringMatching(/^There is nobody/)]);
});
