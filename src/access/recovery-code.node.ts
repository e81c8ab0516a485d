import { randomInt } from 'node:crypto';

/** Without letters that are taken for others. */
const SIGNS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789';
const GROUPS = 4;
const GROUP = 4;
const CODES = 10;

/** Ten codes of 78 bits, in groups of four. */
export const newRecoveryCodes = (): string[] =>
  Array.from({ length: CODES }, () =>
    Array.from({ length: GROUPS }, () =>
      Array.from({ length: GROUP }, () => SIGNS[randomInt(SIGNS.length)]).join(''),
    ).join('-'),
  );

/** A recovery code in what was typed, in one writing; undefined for anything else. */
export function recoveryCodeIn(typed: string): string | undefined {
  const signs = typed.toUpperCase().replace(/[\s-]/g, '');
  return signs.length === GROUPS * GROUP && [...signs].every((sign) => SIGNS.includes(sign))
    ? signs
    : undefined;
}
