import { randomInt } from 'node:crypto';

/** A receipt that can be read out and typed: no vowels, no look-alikes. It identifies a submission to its owner alone. */
export const newReceipt = (): string => {
  const letters = Array.from({ length: 12 }, () => 'BCDFGHJKMNPQRTVWXYZ23456789'[randomInt(27)]).join('');
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
};
