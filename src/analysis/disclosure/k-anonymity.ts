import { MISSING_CODES } from '../../questionnaire/missing.js';

/** The code of a key value that is hidden. */
export const SUPPRESSED = MISSING_CODES.suppressed;

/** The code of a sensitive answer that tells nothing, such as a reason that was not chosen. */
export const HARMLESS = -1000;

/** People in classes that share every identifying value. Classes are numbered from 0 in the order of their first person. */
export interface Classes {
  /** The class of each person. */
  of: Int32Array;
  /** How many people each class has. */
  sizes: Int32Array;
}

/**
 * The classes of people that nobody can tell apart by their identifying values (keys): those with the same code in every key.
 *
 * A suppressed value (−12) matches suppressed values only. That is the stricter rule: with sdcMicro's default, where it matches every value, each
 * person's class is the same or larger, so that k people here are k people or more there; and a reader who guesses why a value
 * was hidden gains nothing. Other missing reasons and system missing are values of their own, too.
 *
 * A row is a person, not an interview: whoever joins the files of a release by `pidp` sees all values of a person, so the keys are
 * those of all files and waves.
 * @param keys  one array a key, of n codes each
 * @param n     how many people there are
 * @see Samarati and Sweeney (1998), Protecting privacy when disclosing information: k-anonymity and its enforcement
 * @see Templ, Kowarik and Meindl (2015), Statistical Disclosure Control for Micro-Data Using the R Package sdcMicro (`freqCalc`)
 */
export function classesOf(keys: readonly Int32Array[], n: number): Classes {
  let of: Int32Array = new Int32Array(n);
  let count = Math.min(n, 1);
  for (const key of keys) ({ of, count } = split(of, key, n));
  const sizes = new Int32Array(count);
  for (let row = 0; row < n; row += 1) sizes[of[row] as number] = (sizes[of[row] as number] as number) + 1;
  return { of, sizes };
}

/** Divides each class by the codes of one more key. */
function split(classes: Int32Array, key: Int32Array, n: number): { of: Int32Array; count: number } {
  const { indexes, count: width } = indexed(key, n);
  const ids = new Map<number, number>();
  const of = new Int32Array(n);
  for (let row = 0; row < n; row += 1) {
    const pair = (classes[row] as number) * width + (indexes[row] as number);
    let id = ids.get(pair);
    if (id === undefined) ids.set(pair, (id = ids.size));
    of[row] = id;
  }
  return { of, count: ids.size };
}

/** Codes as numbers from 0, in the order in which they first stand. */
export function indexed(codes: Int32Array, n: number): { indexes: Int32Array; count: number } {
  const ids = new Map<number, number>();
  const indexes = new Int32Array(n);
  for (let row = 0; row < n; row += 1) {
    const code = codes[row] as number;
    let id = ids.get(code);
    if (id === undefined) ids.set(code, (id = ids.size));
    indexes[row] = id;
  }
  return { indexes, count: ids.size };
}

/** How well people hide among each other. */
export interface Anonymity {
  n: number;
  classes: number;
  /** The size of the smallest class; null where there is nobody. */
  kMin: number | null;
  /** People in classes of fewer than k. */
  belowK: number;
  /** People who are alone in their class. */
  uniques: number;
  /** How many classes there are of each size, and people in them; sizes ascend. */
  distribution: { size: number; classes: number; people: number }[];
}

export function anonymity({ sizes, of }: Classes, k: number): Anonymity {
  const bySize = new Map<number, number>();
  for (const size of sizes) bySize.set(size, (bySize.get(size) ?? 0) + 1);
  const distribution = [...bySize]
    .sort(([a], [b]) => a - b)
    .map(([size, classes]) => ({ size, classes, people: size * classes }));
  return {
    n: of.length,
    classes: sizes.length,
    kMin: distribution[0]?.size ?? null,
    belowK: distribution.filter(({ size }) => size < k).reduce((sum, { people }) => sum + people, 0),
    uniques: bySize.get(1) ?? 0,
    distribution,
  };
}

/**
 * How many different values of a sensitive variable each class has (distinct l-diversity). Codes below zero are missing reasons and
 * no value: they neither tell anything nor hide anybody. `HARMLESS` answers are one value beside others, and none where a whole
 * class gave them: all may have left a reason unchosen, but not all have chosen it. A class of 0 has nothing that could be told of its people.
 * @param sensitive  a code for each person
 * @see Machanavajjhala, Kifer, Gehrke and Venkitasubramaniam (2007), l-Diversity: Privacy beyond k-anonymity
 */
export function lDiversity({ of, sizes }: Classes, sensitive: Int32Array): Int32Array {
  const { indexes, count } = indexed(sensitive, of.length);
  const seen = new Set<number>();
  const distinct = new Int32Array(sizes.length);
  const harmless = new Uint8Array(sizes.length);
  for (let row = 0; row < of.length; row += 1) {
    const code = sensitive[row] as number;
    const id = of[row] as number;
    if (code === HARMLESS) harmless[id] = 1;
    if (code < 0) continue;
    const pair = id * count + (indexes[row] as number);
    if (seen.has(pair)) continue;
    seen.add(pair);
    distinct[id] = (distinct[id] as number) + 1;
  }
  return distinct.map((values, id) => (values > 0 && harmless[id] === 1 ? values + 1 : values));
}
