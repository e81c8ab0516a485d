import { monthAfter, monthsFrom, type Month } from '../residence/month.js';

/** Month-to-month steps in which somebody's home could change, and those in which it did. */
export interface SeamCounts {
  /** Steps from the month of an interview to the next month: where what two interviews tell meets. */
  seam: { steps: number; changes: number };
  /** All other steps between the first and the last interview. */
  off: { steps: number; changes: number };
}

export const NO_STEPS: SeamCounts = { seam: { steps: 0, changes: 0 }, off: { steps: 0, changes: 0 } };

/**
 * A person's steps between their first and their last interview.
 * @param interviews  months of their interviews, YYYY-MM
 * @param changes     months in which a spell began that follows another one; undated ones left out
 */
export function seamCounts(interviews: readonly Month[], changes: readonly Month[]): SeamCounts {
  const months = [...new Set(interviews)].sort();
  const [first, last] = [months[0], months.at(-1)];
  if (first === undefined || last === undefined || first === last) return NO_STEPS;
  const seams = new Set(months.slice(0, -1).map((month) => monthAfter(month, 1)));
  const within = changes.filter((month) => first < month && month <= last);
  const atSeam = within.filter((month) => seams.has(month)).length;
  return {
    seam: { steps: seams.size, changes: atSeam },
    off: { steps: monthsFrom(first, last) - seams.size, changes: within.length - atSeam },
  };
}

export const addSeamCounts = (a: SeamCounts, b: SeamCounts): SeamCounts => ({
  seam: { steps: a.seam.steps + b.seam.steps, changes: a.seam.changes + b.seam.changes },
  off: { steps: a.off.steps + b.off.steps, changes: a.off.changes + b.off.changes },
});

/**
 * How much likelier a change is reported at the seam between two interviews than within what one of them tells: 1 where the seam
 * leaves no trace. Dependent interviewing brings it down.
 * @returns null where there is no step or no change off the seam to compare with
 * @see Jäckle and Lynn (2007), Dependent interviewing and seam effects in work history data; Moore et al. (2009) on the seam ratio
 */
export function seamRatio({ seam, off }: SeamCounts): number | null {
  if (seam.steps === 0 || off.steps === 0 || off.changes === 0) return null;
  return seam.changes / seam.steps / (off.changes / off.steps);
}
