/**
 * How many were erased of a study: members where there is no wave, else cases of the wave (its letter) by the last disposition (AAPOR)
 * that they had.
 */
export interface ErasedCount {
  wave: string | null;
  disposition: string | null;
  erased: number;
}
