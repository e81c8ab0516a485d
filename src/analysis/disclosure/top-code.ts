/** Values from `high` up are given as `high`, those from `low` down as `low`. Neither: nobody stands out. */
export interface TopCodeBounds {
  low?: number;
  high?: number;
}

/** Whole numbers within a span of ten are categories in all but name, such as 0, 1 and 2: they have no tails. */
const SPAN_OF_CATEGORIES = 10;

/**
 * Where the tails of a number begin. Each holds the share of people that is asked for and no fewer than `atLeast`; the bounds are
 * values that somebody gave. Whole numbers within a span of ten have no tails and stay as they are.
 * @param sorted   valid values of all people in ascending order, missing reasons left out
 * @param share    share of people in each tail, 0 to 0.5
 * @param atLeast  the least number of people in a tail
 * @returns null where there are too few people to keep two tails apart: the variable cannot be shown
 * @see Hundepool et al., Statistical Disclosure Control (2012), top and bottom coding
 */
export function topCodeBounds(
  sorted: ArrayLike<number>,
  { share, atLeast }: { share: number; atLeast: number },
): TopCodeBounds | null {
  const n = sorted.length;
  if (n === 0) return {};
  const [least, greatest] = [sorted[0] as number, sorted[n - 1] as number];
  if (greatest - least < SPAN_OF_CATEGORIES && Array.prototype.every.call(sorted, Number.isInteger))
    return {};
  const people = Math.max(atLeast, Math.ceil(share * n));
  if (n < 2 * people) return null;
  const [low, high] = [sorted[people - 1] as number, sorted[n - people] as number];
  return { ...(low > least ? { low } : {}), ...(high < greatest ? { high } : {}) };
}
