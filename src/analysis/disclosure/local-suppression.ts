import { classesOf, HARMLESS, indexed, lDiversity, SUPPRESSED } from './k-anonymity.js';

/** A value that is hidden: the person's row and the key, both from 0. */
export interface HiddenValue {
  row: number;
  key: number;
}

export interface LocalSuppression {
  /** In the order of rows and keys; values that were hidden before are not among them. */
  hidden: HiddenValue[];
  /** The keys after it. */
  keys: Int32Array[];
  /** False only where even people without any identifying value left are too few, or too much alike. */
  holds: boolean;
}

/** What every class must have. */
interface Wanted {
  k: number;
  l: number;
  sensitive: readonly Int32Array[];
}
interface Indexed {
  indexes: Int32Array;
  count: number;
}

/** Keys beyond which not every set of them is tried. */
const KEYS_WITH_ALL_SETS = 8;

/**
 * Hides single values until everybody shares all their identifying values with k people or more, and each such class has l
 * different values of each sensitive variable, or none at all. Classes are those of `classesOf`: a hidden value matches hidden values only.
 *
 * People whose class falls short are looked at again and again without one more set of keys, the sets that analysts miss least
 * first; who finds company among those who fall short has that set hidden and is done. Nobody else loses a value, unless those who are left in the
 * end, without any key, are too few: then the classes that cost least join them. So it ends, and gives the same result each time.
 * @param keys        one array a key, of n codes each
 * @param importance  how much analysts miss a value, by key: above zero; the least is hidden first
 * @param k           at least 1
 * @param more        `sensitive`: arrays of n codes each, as for `lDiversity`; `l`: at least 1
 * @throws RangeError for numbers out of these bounds, more than 30 keys, or arrays of unequal length
 * @see Samarati (2001), Protecting respondents' identities in microdata release; sdcMicro's `localSuppression` for the order by importance
 */
export function suppressToK(
  keys: readonly Int32Array[],
  importance: readonly number[],
  k: number,
  { l = 1, sensitive = [] }: { l?: number; sensitive?: readonly Int32Array[] } = {},
): LocalSuppression {
  const n = keys[0]?.length ?? 0;
  if (keys.length !== importance.length || keys.length > 30)
    throw new RangeError('name up to 30 keys, each with its importance');
  if ([...keys, ...sensitive].some(({ length }) => length !== n))
    throw new RangeError('all arrays are of one length');
  if (!importance.every((each) => each > 0)) throw new RangeError('importance is above zero');
  if (!(k >= 1 && l >= 1)) throw new RangeError('k and l are 1 or more');
  const wanted = { k, l, sensitive };
  const coded = keys.map((key) => indexed(key, n));
  const masks = new Int32Array(n);
  let short = shortOf(
    wanted,
    Int32Array.from({ length: n }, (_, row) => row),
    coded,
  ).short;
  for (const mask of setsInOrder(importance)) {
    if (short.length === 0) break;
    const found = shortOf(
      wanted,
      short,
      coded.filter((_, key) => !(mask & (1 << key))),
    );
    for (const row of found.done) masks[row] = mask;
    short = found.short;
  }
  joinTheRest(keys, importance, wanted, masks, short);
  const after = applied(keys, masks);
  const classes = classesOf(after, n);
  return {
    hidden: hiddenIn(keys, masks),
    keys: after,
    holds:
      classes.sizes.every((size) => size >= k) &&
      sensitive.every((codes) =>
        lDiversity(classes, codes).every((distinct) => distinct === 0 || distinct >= l),
      ),
  };
}

/** Which of some people share the given keys with enough others among them, and which fall short. */
function shortOf(
  wanted: Wanted,
  rows: Int32Array,
  keys: readonly Indexed[],
): { done: Int32Array; short: Int32Array } {
  const { of, count } = grouped(rows, keys);
  const sizes = new Int32Array(count);
  for (const id of of) sizes[id] = (sizes[id] as number) + 1;
  const enough = sizes.map((size) => (size >= wanted.k ? 1 : 0));
  const isIn = (_: number, at: number) => enough[of[at] as number] === 1;
  const [many, manyOf] = [rows.filter(isIn), of.filter(isIn)];
  for (const codes of many.length > 0 ? wanted.sensitive : []) {
    const answers = many.map((row) => codes[row] as number);
    lDiversity({ of: manyOf, sizes }, answers).forEach((values, id) => {
      if (values > 0 && values < wanted.l) enough[id] = 0;
    });
  }
  return {
    done: rows.filter(isIn),
    short: rows.filter((_, at) => enough[of[at] as number] === 0),
  };
}

/** People by what they have in common; as many keys at a time as one exact number can hold. */
function grouped(rows: Int32Array, keys: readonly Indexed[]): { of: Int32Array; count: number } {
  const of = new Int32Array(rows.length);
  let count = Math.min(rows.length, 1);
  for (let next = 0; next < keys.length;) {
    let room = Number.MAX_SAFE_INTEGER / Math.max(count, 1);
    const first = next;
    while (next < keys.length && (next === first || room >= (keys[next] as Indexed).count)) {
      room /= (keys[next] as Indexed).count;
      next += 1;
    }
    const ids = new Map<number, number>();
    for (let at = 0; at < rows.length; at += 1) {
      let combined = of[at] as number;
      for (let key = first; key < next; key += 1) {
        const { indexes, count: width } = keys[key] as Indexed;
        combined = combined * width + (indexes[rows[at] as number] as number);
      }
      let id = ids.get(combined);
      if (id === undefined) ids.set(combined, (id = ids.size));
      of[at] = id;
    }
    count = ids.size;
  }
  return { of, count };
}

/**
 * Sets of keys as bits, the least missed first and all keys at last. Of many keys single ones, pairs, and the least important ones
 * together.
 */
function setsInOrder(importance: readonly number[]): number[] {
  const m = importance.length;
  const all = 2 ** m - 1;
  const sets = new Set<number>();
  if (m <= KEYS_WITH_ALL_SETS) for (let mask = 1; mask <= all; mask += 1) sets.add(mask);
  else {
    const byImportance = importance
      .map((_, key) => key)
      .sort((a, b) => (importance[a] as number) - (importance[b] as number) || a - b);
    byImportance.reduce((sofar, key) => (sets.add(sofar | (1 << key)), sofar | (1 << key)), 0);
    for (let a = 0; a < m; a += 1) for (let b = 0; b <= a; b += 1) sets.add((1 << a) | (1 << b));
  }
  const missed = (mask: number) =>
    importance.reduce((sum, each, key) => (mask & (1 << key) ? sum + each : sum), 0);
  const cost = new Map([...sets].map((mask) => [mask, missed(mask)]));
  return [...sets].sort((a, b) => (cost.get(a) as number) - (cost.get(b) as number) || a - b);
}

/** Hides all of those who are left; while they are too few or too much alike, the class that costs least joins them. */
function joinTheRest(
  keys: readonly Int32Array[],
  importance: readonly number[],
  wanted: Wanted,
  masks: Int32Array,
  short: Int32Array,
): void {
  if (short.length === 0) return;
  const all = 2 ** keys.length - 1;
  const n = masks.length;
  const after = applied(keys, masks);
  const classes = classesOf(after, n);
  const members = Array.from(classes.sizes, (): number[] => []);
  for (let row = 0; row < n; row += 1) members[classes.of[row] as number]?.push(row);
  const left = new Set(Array.from(short, (row) => classes.of[row] as number));
  const costOf = (rows: readonly number[]) =>
    rows.length *
    importance.reduce(
      (sum, each, key) => (after[key]?.[rows[0] as number] === SUPPRESSED ? sum : sum + each),
      0,
    );
  const joining = members
    .flatMap((rows, id) => (left.has(id) ? [] : [{ rows, cost: costOf(rows) }]))
    .sort((a, b) => a.cost - b.cost || (a.rows[0] as number) - (b.rows[0] as number));
  const company = new Company(wanted);
  company.add(short);
  for (const { rows } of joining) {
    if (company.isEnough()) break;
    if (company.gainsBy(rows)) company.add(rows);
  }
  for (const row of company.rows) masks[row] = all;
}

/** People without any key left, and the sensitive values among them. */
class Company {
  readonly rows: number[] = [];
  private readonly seen: Set<number>[];

  constructor(private readonly wanted: Wanted) {
    this.seen = wanted.sensitive.map(() => new Set<number>());
  }

  add(rows: ArrayLike<number>): void {
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      this.rows.push(row);
      this.seen.forEach((values, nr) => {
        const value = this.valueOf(nr, row);
        if (isAnswer(value)) values.add(value);
      });
    }
  }

  isEnough(): boolean {
    return this.rows.length >= this.wanted.k && !this.seen.some((values) => this.isAlike(values));
  }

  /** Whether people would bring the number that is lacking, or a value. */
  gainsBy(rows: readonly number[]): boolean {
    if (this.rows.length < this.wanted.k) return true;
    return this.seen.some(
      (values, nr) =>
        this.isAlike(values) &&
        rows.some((row) => isAnswer(this.valueOf(nr, row)) && !values.has(this.valueOf(nr, row))),
    );
  }

  private isAlike = (values: Set<number>): boolean =>
    values.size > 0 && values.size < this.wanted.l && !(values.size === 1 && values.has(HARMLESS));
  private valueOf = (nr: number, row: number): number => this.wanted.sensitive[nr]?.[row] as number;
}

const isAnswer = (code: number): boolean => code >= 0 || code === HARMLESS;

const applied = (keys: readonly Int32Array[], masks: Int32Array): Int32Array[] =>
  keys.map((codes, key) =>
    masks.map((mask, row) => (mask & (1 << key) ? SUPPRESSED : (codes[row] as number))),
  );

function hiddenIn(keys: readonly Int32Array[], masks: Int32Array): HiddenValue[] {
  const hidden: HiddenValue[] = [];
  masks.forEach((mask, row) => {
    if (mask === 0) return;
    keys.forEach((codes, key) => {
      if (mask & (1 << key) && codes[row] !== SUPPRESSED) hidden.push({ row, key });
    });
  });
  return hidden;
}
