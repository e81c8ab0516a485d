/** Something that a database says of each of its people, by which they can be put in an order; ties where it says the same. */
export interface Feature {
  name: string;
  /** By person; who is not in it is not spoken of. */
  of: ReadonlyMap<string, number>;
}

/** A way by which two databases join better than chance. */
export interface Join {
  main: string;
  vault: string;
  /** How many of how many people were told apart rightly. */
  matched: number;
  people: number;
  /** Of ranks, from -1 to 1. */
  correlation: number;
}

/** Chance stays below the bounds of all comparisons together in 999 of 1,000 runs. */
const MISTAKEN = 0.001;
/** Of fewer people nothing can be said that chance would not say. */
const FEWEST = 8;

/** All pairs of features, one of each database, that join better than chance. */
export function joinsOf(
  main: readonly Feature[],
  vault: readonly Feature[],
): { joins: Join[]; comparisons: number; correlation: number; matched: number } {
  const pairs = main.flatMap((one) => vault.map((other) => [one, other] as const));
  const mistaken = MISTAKEN / (3 * Math.max(pairs.length, 1));
  const most = mostMatches(mistaken);
  const limit = normalBound(mistaken);
  const joins: Join[] = [];
  const largest = { correlation: 0, matched: 0 };
  let comparisons = 0;
  for (const [one, other] of pairs) {
    const people = [...one.of.keys()].filter((person) => other.of.has(person));
    if (people.length < FEWEST) continue;
    comparisons += 1;
    const left = people.map((person) => one.of.get(person) ?? 0);
    const right = people.map((person) => other.of.get(person) ?? 0);
    const correlation = rankCorrelation(left, right);
    const matched = Math.max(matchedInOrder(left, right), matchedByNearness(left, right));
    largest.correlation = Math.max(largest.correlation, Math.abs(correlation));
    largest.matched = Math.max(largest.matched, matched);
    if (Math.abs(correlation) * Math.sqrt(people.length - 1) > limit || matched > most)
      joins.push({ main: one.name, vault: other.name, matched, people: people.length, correlation });
  }
  return { joins, comparisons, ...largest };
}

/** Spearman's, with mid-ranks for ties; 0 where one of the two says the same of all. Over all orders its variance is 1 / (n - 1). */
export function rankCorrelation(left: readonly number[], right: readonly number[]): number {
  const [one, other] = [midRanks(left), midRanks(right)];
  const mean = (left.length - 1) / 2;
  let [both, ofOne, ofOther] = [0, 0, 0];
  one.forEach((rank, at) => {
    const [a, b] = [rank - mean, (other[at] ?? 0) - mean];
    both += a * b;
    ofOne += a * a;
    ofOther += b * b;
  });
  return ofOne === 0 || ofOther === 0 ? 0 : both / Math.sqrt(ofOne * ofOther);
}

function midRanks(values: readonly number[]): number[] {
  const order = orderOf(values);
  const ranks = Array.from<number>({ length: values.length });
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (let at = from; at < to; at += 1) ranks[order[at] ?? 0] = (from + to - 1) / 2;
    from = to;
  }
  return ranks;
}

/** Places of the values, in the order of the values; equal ones in an order of their own, another one on each side. */
const orderOf = (values: readonly number[], side = 0): number[] =>
  values
    .map((_, at) => at)
    .sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || scattered(a, side) - scattered(b, side));

const scattered = (at: number, side: number): number => {
  const mixed = Math.imul((at + 1) ^ (side * 0x5bd1e995), 0x9e3779b1);
  return Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0;
};

/** Those who are found by putting both sides in order and taking the first with the first, and so on. By chance about one. */
export function matchedInOrder(left: readonly number[], right: readonly number[]): number {
  if (isFlat(left) || isFlat(right)) return 0;
  const [one, other] = [orderOf(left, 1), orderOf(right, 2)];
  return one.filter((person, at) => other[at] === person).length;
}

/** Those who are found by taking, for each on the right, whoever on the left is nearest in value: both databases count transactions alike. */
export function matchedByNearness(left: readonly number[], right: readonly number[]): number {
  if (isFlat(left) || isFlat(right)) return 0;
  const order = orderOf(left);
  return right.filter((value, person) => {
    let [low, high] = [0, order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((left[order[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    const candidates = [order[low - 1], order[low]].filter((at) => at !== undefined);
    const [nearest] = candidates.sort(
      (a, b) => Math.abs((left[a] ?? 0) - value) - Math.abs((left[b] ?? 0) - value),
    );
    return nearest === person;
  }).length;
}

const isFlat = (values: readonly number[]) => values.every((value) => value === values[0]);

/** The most matches that chance brings: they are spread nearly as Poisson's law with a mean of 1. */
export function mostMatches(mistaken: number): number {
  let [matches, term, tail] = [0, Math.exp(-1), 1 - Math.exp(-1)];
  while (tail > mistaken && matches < 60) {
    matches += 1;
    term /= matches;
    tail -= term;
  }
  return matches;
}

/** How many standard deviations chance stays within, on both sides. */
export function normalBound(mistaken: number): number {
  let bound = 0;
  while (2 * upperTail(bound) > mistaken) bound += 0.01;
  return bound;
}

/** Of the normal law. Mills' ratio by its continued fraction beyond 2, Simpson's rule before. */
function upperTail(z: number): number {
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  if (z > 2) {
    let fraction = z;
    for (let depth = 60; depth > 0; depth -= 1) fraction = z + depth / fraction;
    return density(z) / fraction;
  }
  const steps = 200;
  let sum = density(0) + density(z);
  for (let step = 1; step < steps; step += 1) sum += density((z * step) / steps) * (step % 2 === 1 ? 4 : 2);
  return 0.5 - (sum * z) / (3 * steps);
}
