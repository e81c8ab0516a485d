/** How long somebody waits before the next try, after so many that failed in a row. It is never refused for good. */
export interface DelayRule {
  /** Failures that cost nothing: people mistype. */
  free: number;
  longestMs: number;
}

/** Of an account, known or not: at most a minute, so that nobody can keep its owner out. */
export const PASSWORD_DELAY: DelayRule = { free: 3, longestMs: 60_000 };
/** Who tries codes has the password already: about 30 codes a day, of which three in a million are right. */
export const CODE_DELAY: DelayRule = { free: 3, longestMs: 3_600_000 };
/** Of an address, which many people may share. */
export const ADDRESS_DELAY: DelayRule = { free: 20, longestMs: 60_000 };

/** Milliseconds until the next try: none, then a second, and twice as long each time. */
export const delayMs = ({ free, longestMs }: DelayRule, failures: number): number =>
  failures < free ? 0 : Math.min(longestMs, 1000 * 2 ** Math.min(failures - free, 30));
