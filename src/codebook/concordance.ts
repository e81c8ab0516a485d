import { type Problem } from '../kit/problem.js';
import { type Texts, type ValueLabel, type Variable } from '../questionnaire/variable/variable.js';
import { CodesNotComparable, InvalidRecodes } from './codebook.problems.js';
import { type Recode, recodeFaults } from './recode.js';

/** A wave with the variables of its questionnaire. */
export interface WaveVariables {
  letter: string;
  variables: readonly Variable[];
}

/** What became of one variable in one wave. */
export interface ConcordanceRow {
  /** Its name without the wave's prefix: by it a variable is the same one in every wave. */
  variable: string;
  wave: string;
  asked: boolean;
  /** From 1, in the order of time; equal words, options and languages have equal numbers. 0 where it was not asked. */
  version: number;
  type: Variable['type'];
  measure: Variable['measure'];
  /** As asked in this wave; empty where it was not. */
  question: Texts;
  codes: ValueLabel[] | undefined;
  /** Whether its cells mean the same as those of the waves that it is compared with, without a recode. */
  comparable: boolean;
  recode: Record<string, number> | undefined;
  /** What an analyst should know of the comparison. */
  why?: string;
}

/** A variable whose waves can stand in one column. */
export interface PooledVariable {
  variable: string;
  type: Variable['type'];
  measure: Variable['measure'];
  /** The union of the codes of the waves that are not recoded, in the order of their first wave. */
  codes: ValueLabel[] | undefined;
  /** New code by old code, by wave; waves without a recode are left out. */
  recodes: Record<string, Record<string, number>>;
}

/**
 * What was asked in which wave, in which words and with which codes: one row for each variable of the main tables and each
 * wave, variables in the order in which they first appear, waves in the order given.
 *
 * Waves of a variable are comparable while the type is the same, no code means two values and no value has two codes; more
 * or fewer options keep it so. Each wave is compared with the ones before it; a recoded one with all that are not recoded.
 * @param waves  in the order of time
 * @throws InvalidRecodes where a recode does not fit its wave, or leads to codes that no other wave has
 */
export function concordanceOf(waves: readonly WaveVariables[], recodes: readonly Recode[]): ConcordanceRow[] {
  const faults = recodeFaults(waves, recodes);
  const byWave = waves.map(
    ({ variables }) =>
      new Map(variables.filter(({ table }) => table === 'main').map((each) => [each.name, each])),
  );
  const names = [...new Set(byWave.flatMap((variables) => [...variables.keys()]))];
  const rows = names.flatMap((name) => {
    const asked = waves.map(({ letter }, index) => ({ wave: letter, variable: byWave[index]?.get(name) }));
    const declared = new Map(
      recodes.filter(({ variable }) => variable === name).map((each) => [each.wave, each] as const),
    );
    const made = rowsOf(name, asked, declared);
    faults.push(...targetFaults(name, made));
    return made;
  });
  if (faults.length > 0) throw InvalidRecodes({ faults });
  return rows;
}

/**
 * The variable as one column over its waves.
 * @param rows  the rows of one variable
 * @throws CodesNotComparable while a wave's codes differ from the others' and no recode is declared for it
 */
export function pooled(rows: readonly ConcordanceRow[]): PooledVariable {
  const fault = poolingFault(rows);
  if (fault) throw fault;
  const asked = rows.filter((row) => row.asked);
  const plain = asked.filter((row) => !row.recode);
  const codes = unionOf(plain.map((row) => row.codes ?? []));
  const { variable, type, measure } = asked[0] as ConcordanceRow;
  return {
    variable,
    type,
    measure,
    codes: codes.length > 0 ? codes : undefined,
    recodes: Object.fromEntries(asked.flatMap(({ wave, recode }) => (recode ? [[wave, recode]] : []))),
  };
}

/** What `pooled` would throw of one variable's rows; undefined where it would not. */
export function poolingFault(rows: readonly ConcordanceRow[]): Problem | undefined {
  const asked = rows.filter((row) => row.asked);
  const reasons = asked
    .filter((row) => !row.comparable && !row.recode)
    .map(({ wave, why }) => `wave ${wave}: ${why ?? ''}`);
  if (asked.length === 0) reasons.push('no wave asked it');
  return reasons.length === 0
    ? undefined
    : CodesNotComparable({ variable: rows[0]?.variable ?? '', reasons });
}

/** The rows of each variable, in their order. */
export function byVariable(rows: readonly ConcordanceRow[]): ConcordanceRow[][] {
  const groups = new Map<string, ConcordanceRow[]>();
  for (const row of rows) {
    const group = groups.get(row.variable);
    if (group) group.push(row);
    else groups.set(row.variable, [row]);
  }
  return [...groups.values()];
}

function rowsOf(
  name: string,
  waves: readonly { wave: string; variable: Variable | undefined }[],
  recodes: ReadonlyMap<string, Recode>,
): ConcordanceRow[] {
  const versions: string[] = [];
  const before: Variable[] = [];
  const known = waves.find(({ variable }) => variable)?.variable as Variable;
  const plain = waves.flatMap(({ wave, variable }) => (variable && !recodes.has(wave) ? [variable] : []));
  return waves.map(({ wave, variable }): ConcordanceRow => {
    if (!variable) {
      const { type, measure } = known;
      const absent = { asked: false, version: 0, question: {}, codes: undefined, recode: undefined };
      return { variable: name, wave, type, measure, ...absent, comparable: true };
    }
    const { type, measure, question, values: codes } = variable;
    const words = signatureOf(variable);
    if (!versions.includes(words)) versions.push(words);
    const recode = recodes.get(wave);
    const { comparable, why } = compared(variable, recode ? plain : before, recode);
    if (comparable && !recode) before.push(variable);
    return {
      variable: name,
      wave,
      asked: true,
      version: versions.indexOf(words) + 1,
      type,
      measure,
      question,
      codes,
      comparable,
      recode: recode && { ...recode.map },
      ...(why ? { why } : {}),
    };
  });
}

/** Everything that a respondent met: words and options in each language. */
const signatureOf = ({ type, label, question, values }: Variable): string =>
  JSON.stringify([type, inOrder(label), inOrder(question), values?.map(optionOf)]);
const optionOf = ({ code, value, label }: ValueLabel) => [code, value, inOrder(label)];
const inOrder = (texts: Texts): [string, string][] =>
  Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));

function compared(
  variable: Variable,
  before: readonly Variable[],
  recode: Recode | undefined,
): { comparable: boolean; why?: string } {
  const clash = clashOf(variable, before);
  const said = recode && `recoded: ${recode.reason}`;
  if (clash) return { comparable: false, why: [clash, said].filter(Boolean).join('; ') };
  const why = [said, differenceOf(variable, before)].filter(Boolean).join('; ');
  return { comparable: true, ...(why ? { why } : {}) };
}

/** What keeps a wave's cells from meaning the same as those of the waves before. */
function clashOf(variable: Variable, before: readonly Variable[]): string | undefined {
  const [first] = before;
  if (!first) return undefined;
  if (variable.type !== first.type) return `it is ${variable.type} and was ${first.type}`;
  if (variable.negatives !== first.negatives)
    return 'its missing reasons have other codes, as values below zero are possible in one wave only';
  const known = unionOf(before.map(({ values }) => values ?? []));
  const own = variable.values ?? [];
  if ((known.length === 0) !== (own.length === 0)) {
    const coded = [...known, ...own].filter(({ code, value }) => String(code) !== String(value));
    return coded.length > 0 ? 'it has codes in one wave and numbers in the other' : undefined;
  }
  const clashes = own.flatMap(({ code, value }) => {
    const meant = known.find((each) => each.code === code);
    if (meant)
      return same(meant.value, value)
        ? []
        : [`code ${code} was “${shown(meant.value)}” and is “${shown(value)}”`];
    const coded = known.find((each) => same(each.value, value));
    return coded ? [`“${shown(value)}” had code ${coded.code} and has ${code}`] : [];
  });
  return clashes.length > 0 ? clashes.join(', ') : undefined;
}

/** Options that came or went; the codes stay comparable. */
function differenceOf(variable: Variable, before: readonly Variable[]): string | undefined {
  const known = unionOf(before.map(({ values }) => values ?? []));
  const own = variable.values ?? [];
  if (known.length === 0 || own.length === 0) return undefined;
  const added = own.filter(({ code }) => !known.some((each) => each.code === code));
  const gone = known.filter(({ code }) => !own.some((each) => each.code === code));
  const parts = [
    ...(added.length > 0 ? [`more options: ${codesIn(added)}`] : []),
    ...(gone.length > 0 ? [`not offered: ${codesIn(gone)}`] : []),
  ];
  return parts.length > 0 ? `comparable, ${parts.join('; ')}` : undefined;
}

/** Codes in words; of many the first ones and how many more there are. */
const codesIn = (values: readonly ValueLabel[]): string => {
  const codes = values.map(({ code }) => code);
  const most = 12;
  return codes.length <= most
    ? codes.join(', ')
    : `${codes.slice(0, most).join(', ')} and ${codes.length - most} more`;
};

/** Recodes must lead to codes of the waves that are left as they are; where all are recoded, their reasons say what codes mean. */
function targetFaults(name: string, rows: readonly ConcordanceRow[]): string[] {
  const plain = rows.filter((row) => row.asked && !row.recode);
  if (plain.length === 0) return [];
  const codes = new Set(plain.flatMap((row) => (row.codes ?? []).map(({ code }) => code)));
  return rows.flatMap(({ wave, recode }) =>
    Object.entries(recode ?? {})
      .filter(([, to]) => !codes.has(to))
      .map(([from, to]) => `${name}: code ${from} of wave ${wave} becomes ${to}, which no other wave has.`),
  );
}

function unionOf(lists: readonly (readonly ValueLabel[])[]): ValueLabel[] {
  const byCode = new Map<number, ValueLabel>();
  for (const one of lists.flat()) if (!byCode.has(one.code)) byCode.set(one.code, one);
  return [...byCode.values()];
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
