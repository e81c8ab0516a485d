/** Why a cell of the data has no value. The numbers are the data's; words and letters stand in the codebook. */
export const MISSING_CODES = {
  dontKnow: -1,
  refused: -2,
  leftBlank: -3,
  brokeOff: -4,
  implausible: -5,
  notInVersion: -6,
  proxy: -7,
  inapplicable: -8,
  error: -9,
  notFielded: -10,
  noInterview: -11,
  suppressed: -12,
} as const;

export type MissingKey = keyof typeof MISSING_CODES;

const LONG_BASE = -9_999_900;

/**
 * The number that stands for a missing reason in a variable's cells.
 * @param negatives  whether the variable may hold numbers below zero: then −1 is a value, and −9999901 the reason
 */
export const missingCode = (key: MissingKey, negatives: boolean): number =>
  negatives ? LONG_BASE + MISSING_CODES[key] : MISSING_CODES[key];
