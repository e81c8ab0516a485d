import { createHash } from 'node:crypto';
import {
  type ChainedEntry,
  entryText,
  leafText,
  rootText,
  type SealedRevision,
  storedText,
} from './audit-canonical.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

export const entryHash = (entry: ChainedEntry): string => sha256(entryText(entry));

export const leafOf = (revision: SealedRevision): string =>
  sha256(leafText(revision, sha256(storedText(revision))));

/** @param leaves  in the order of member, wave and revision */
export const rootOf = (leaves: readonly string[]): string => sha256(rootText(leaves));

/** The digest by which an entry names a text that it does not hold. */
export const digestOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
