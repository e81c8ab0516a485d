import { type Texts } from '../../questionnaire/variable/variable.js';
import { anonymity, type Classes, classesOf, lDiversity, SUPPRESSED } from './k-anonymity.js';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { type DisclosureProfile } from './profile.js';

/** How well people hide among those who share their identifying values. */
export interface Hiding {
  /** Groups of people who share all identifying values. */
  classes: number;
  /** People in the smallest group; null where there is nobody. */
  kMin: number | null;
  belowK: number;
  /** `belowK` of all people, 0 to 1, unrounded; null where there is nobody. */
  shareBelowK: number | null;
  /** People alone in their group. */
  uniques: number;
}

export interface SensitiveRisk {
  name: string;
  /** The least number of different values in a group that has any; null where none has. */
  lMin: number | null;
  /** People in groups whose values are fewer than l. */
  belowL: number;
}

/** What risk is left in a release, computed from the very values that it holds. */
export interface RiskReport {
  kind: ReleaseKind;
  /** What the release must keep to. */
  k: number;
  l: number;
  /** People. */
  n: number;
  before: Hiding;
  after: Hiding;
  /** How many people have a hidden value, by identifying variable; values that were hidden before are not counted. */
  keys: { name: string; hidden: number }[];
  sensitive: SensitiveRisk[];
}

/** Codes of one variable, one a person. */
export interface NamedCodes {
  name: string;
  codes: Int32Array;
}

/**
 * The report of a release: what was risky, what was hidden, what is left.
 * @param people  `n` of them; `before` and `after` are the identifying variables in the same order, before and after values were
 *                hidden (`suppressToK`); `sensitive` as the release holds them, below zero for missing reasons
 */
export function riskReport(
  { kind, k, l }: DisclosureProfile,
  people: {
    n: number;
    before: readonly NamedCodes[];
    after: readonly NamedCodes[];
    sensitive: readonly NamedCodes[];
  },
): RiskReport {
  const { n, before, after, sensitive } = people;
  const classes = classesOf(codesIn(after), n);
  return {
    kind,
    k,
    l,
    n,
    before: hidingIn(classesOf(codesIn(before), n), k),
    after: hidingIn(classes, k),
    keys: after.map(({ name, codes }, key) => ({ name, hidden: newlyHidden(codes, before[key]?.codes) })),
    sensitive: sensitive.map(({ name, codes }) => ({ name, ...diversityIn(classes, codes, l) })),
  };
}

const codesIn = (all: readonly NamedCodes[]): Int32Array[] => all.map(({ codes }) => codes);

function hidingIn(classes: Classes, k: number): Hiding {
  const { n, classes: count, kMin, belowK, uniques } = anonymity(classes, k);
  return { classes: count, kMin, belowK, shareBelowK: n === 0 ? null : belowK / n, uniques };
}

const newlyHidden = (after: Int32Array, before: Int32Array | undefined): number =>
  after.reduce((sum, code, row) => (code === SUPPRESSED && before?.[row] !== SUPPRESSED ? sum + 1 : sum), 0);

function diversityIn(classes: Classes, codes: Int32Array, l: number): Pick<SensitiveRisk, 'lMin' | 'belowL'> {
  let lMin: number | null = null;
  let belowL = 0;
  lDiversity(classes, codes).forEach((distinct, id) => {
    if (distinct === 0) return;
    if (lMin === null || distinct < lMin) lMin = distinct;
    if (distinct < l) belowL += classes.sizes[id] as number;
  });
  return { lMin, belowL };
}

/**
 * Rules of a profile that a release breaks, each in words that say what to do; none where it may be written. Without variables
 * that identify nothing was protected, so nothing holds.
 */
export function ruleFailures({ k, l }: DisclosureProfile, report: RiskReport): Texts[] {
  const { n, after, keys, sensitive } = report;
  const failures: Texts[] = [];
  if (keys.length === 0)
    failures.push({
      en: 'No variable is declared as identifying. Name those that an outsider may know in the study’s `disclosure`.',
      ru: 'Ни одна переменная не объявлена идентифицирующей. Назовите в `disclosure` исследования те, которые может знать посторонний.',
    });
  if (n === 0)
    failures.push({
      en: 'There is nobody in the release. Make it once people have answered.',
      ru: 'В выпуске никого нет. Сделайте его, когда люди ответят.',
    });
  else if (after.kMin === null || after.kMin < k)
    failures.push({
      en: `People in groups of fewer than ${k}: ${after.belowK} of ${n}. Declare fewer identifying variables to be released, or group their categories.`,
      ru: `Людей в группах меньше ${k}: ${after.belowK} из ${n}. Передавайте меньше идентифицирующих переменных или объедините их категории.`,
    });
  for (const { name, belowL } of sensitive)
    if (belowL > 0)
      failures.push({
        en: `${name}: people in groups with fewer than ${l} different answers: ${belowL} of ${n}. Group the categories of identifying variables, or withhold ${name}.`,
        ru: `${name}: людей в группах, где разных ответов меньше ${l}: ${belowL} из ${n}. Объедините категории идентифицирующих переменных или не передавайте ${name}.`,
      });
  return failures;
}

/** What a release of a kind keeps to. */
export const profileWords = ({ kind, k, l }: Pick<DisclosureProfile, 'kind' | 'k' | 'l'>): Texts => ({
  en: `Rules of the ${kind}: every group of people who share all identifying values has ${k} or more (k-anonymity) and at least ${l} different values of each sensitive variable, or none (l-diversity). A hidden value counts as a value of its own.`,
  ru: `Правила ${kind}: в каждой группе людей с одинаковыми идентифицирующими значениями — не меньше ${k} (k-анонимность), а разных значений каждой чувствительной переменной — не меньше ${l} либо нет вовсе (l-разнообразие). Скрытое значение считается отдельным значением.`,
});

/** What a file's report comes to, for its papers. */
export function riskWords(file: string, { k, n, before, after, keys, sensitive }: RiskReport): Texts {
  const hidden = keys.filter((key) => key.hidden > 0).map((key) => `${key.name} ${key.hidden}`);
  const least = sensitive.flatMap(({ lMin }) => (lMin === null ? [] : [lMin]));
  const lMin = least.length > 0 ? Math.min(...least) : '—';
  const [is, was] = [after.kMin ?? '—', before.kMin ?? '—'];
  return {
    en: `${file}: people ${n}, groups ${after.classes}, smallest group ${is} (before values were hidden ${was}), people in groups of fewer than ${k}: ${after.belowK} (${before.belowK}), alone in theirs: ${after.uniques} (${before.uniques}); least number of different sensitive answers in a group: ${lMin}; values hidden: ${hidden.join(', ') || 'none'}.`,
    ru: `${file}: людей ${n}, групп ${after.classes}, наименьшая группа ${is} (до скрытия значений ${was}), людей в группах меньше ${k}: ${after.belowK} (${before.belowK}), одни в своей: ${after.uniques} (${before.uniques}); наименьшее число разных чувствительных ответов в группе: ${lMin}; скрыто значений: ${hidden.join(', ') || 'ни одного'}.`,
  };
}
