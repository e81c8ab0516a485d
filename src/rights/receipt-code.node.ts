import { randomInt } from 'node:crypto';
import { hashOf } from '../access/token.node.js';
import { CODE_LETTERS, codeOf } from './receipt.js';

/** A new code of 60 random bits. */
export const newCode = (): string =>
  codeOf(Array.from({ length: 12 }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join(''));

/** All that is kept of a code. @param code  as `codeIn` gives it */
export const codeHash = (code: string): Buffer => hashOf(`receipt ${code}`);
