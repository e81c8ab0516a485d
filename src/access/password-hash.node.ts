import { hash, type Options, verify } from '@node-rs/argon2';
import { normalPassword } from './password-rule.js';

/** Argon2id, the package's own default: its enum is none at run time. */
const PARAMETERS = { memoryCost: 64 * 1024, timeCost: 3, parallelism: 1, outputLen: 32 } satisfies Options;
const PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** @returns the hash with its salt and parameters, as Argon2 writes them */
export const hashPassword = (typed: string): Promise<string> => hash(normalPassword(typed), PARAMETERS);

/** Whether a hash was made with other parameters than today's. */
export const isOutdated = (kept: string): boolean => !kept.startsWith(PREFIX);

let nobodys: Promise<string> | undefined;

/** Compares a password with the hash that is kept; where none is, it takes as long and the answer is no. */
export async function passwordIs(typed: string, kept: string | null | undefined): Promise<boolean> {
  nobodys ??= hashPassword('nobody has this password');
  const right = await verify(kept ?? (await nobodys), normalPassword(typed));
  return right && typeof kept === 'string';
}
