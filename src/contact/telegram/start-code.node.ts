import { randomBytes } from 'node:crypto';
import { hashOf } from '../../access/token.node.js';
import { type StudyFile } from '../../study/study.js';

/** A code of 43 letters: Telegram passes on up to 64 of `A-Z a-z 0-9 _ -`. */
export const newStartCode = (): string => randomBytes(32).toString('base64url');

/**
 * All that is kept of a code. The version of the words that were shown with it goes into the hash: a code that was asked for under other
 * words than those that stand now is a code that nobody gave, and no consent is recorded to words that were not read.
 * @param version  undefined where the study asks for no consent to Telegram
 */
export const startCodeHash = (code: string, version: string | undefined): Buffer =>
  hashOf(JSON.stringify([code, version ?? null]));

/** One set of words by which a study asks for the consent to Telegram. */
export interface TelegramWords {
  /** The consent's id. */
  id: string;
  version: string;
  text: Record<string, string>;
  /** Whom these words are for; undefined: everyone whom no others are for. */
  residence: string | undefined;
}

/** All words by which a study asks for it; none where it does not ask. */
export const telegramWords = ({ consents }: StudyFile): TelegramWords[] =>
  consents
    .filter(({ channel }) => channel === 'telegram')
    .flatMap(({ id, version, text, variants = [] }) => [
      { id, version, text, residence: undefined },
      ...variants.map((variant) => ({ id, ...variant })),
    ]);
