import { COMMON_PASSWORDS } from './common-passwords.js';

export const SHORTEST_PASSWORD = 12;
/** In characters; longer ones would only cost time. */
export const LONGEST_PASSWORD = 256;

export type PasswordFault = 'short' | 'long' | 'common' | 'own_address';

/** One text for the same password, however a keyboard composes its characters (NFKC, as NIST SP 800-63B has it). */
export const normalPassword = (typed: string): string => typed.normalize('NFKC');

/** What is wrong with a new password; undefined where nothing is. Any characters will do, in any mixture. */
export function passwordFault(typed: string, email: string): PasswordFault | undefined {
  const password = normalPassword(typed);
  const { length } = [...password];
  if (length < SHORTEST_PASSWORD) return 'short';
  if (length > LONGEST_PASSWORD) return 'long';
  const plain = password.toLowerCase();
  if (COMMON_PASSWORDS.has(plain) || isRepeated(plain)) return 'common';
  return leansOn(plain, email.toLowerCase()) ? 'own_address' : undefined;
}

/** A few characters over and over, or one run of the keyboard or the alphabet. */
function isRepeated(plain: string): boolean {
  if (/^(.{1,4})\1+.{0,3}$/su.test(plain)) return true;
  return RUNS.some((run) => run.includes(plain));
}

const RUNS = [
  '01234567890123456789',
  '98765432109876543210',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
  'абвгдеёжзийклмнопрстуфхцчшщъыьэюя',
];

/** Whether little remains of a password once the parts of the address are taken out. */
function leansOn(plain: string, email: string): boolean {
  const [local = '', host = ''] = email.split('@', 2);
  const parts = [email, local, host, ...local.split(/[^\p{L}\p{N}]+/u), ...host.split('.')]
    .filter((part) => part.length >= 4)
    .sort((one, other) => other.length - one.length);
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), plain);
  return rest !== plain && [...rest].length < 8;
}
