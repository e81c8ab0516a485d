import { LONGEST_PASSWORD, type PasswordFault, SHORTEST_PASSWORD } from '../../access/password-rule.js';
import { Problem } from '../../kit/problem.js';
import { sayToStaff, type StaffTextKey } from '../shared/staff-texts.js';

/** What a form of the staff's pages may hold. */
export type StaffForm = Partial<
  Record<
    'email' | 'password' | 'present' | 'code' | 'passkey' | 'token' | 'link' | 'next' | 'locale',
    unknown
  >
>;

/** A field as text; what is none, or longer than any that we ask for, is empty. */
export const textIn = (form: StaffForm | undefined, name: keyof StaffForm, longest = 1000): string => {
  const value = form?.[name];
  return typeof value === 'string' && value.length <= longest ? value : '';
};

/** A second factor as it was sent: what a passkey answered, or a code. */
export const proofIn = (form: StaffForm | undefined): { passkey: string } | { code: string } => {
  const passkey = textIn(form, 'passkey', 60_000);
  return passkey === '' ? { code: textIn(form, 'code') } : { passkey };
};

/** The language that was asked for, or that the browser prefers among ours. */
export function staffLocale(asked: unknown, preferred: string | undefined): 'ru' | 'en' {
  if (asked === 'ru' || asked === 'en') return asked;
  const first = (preferred ?? '').split(',').find((part) => /^\s*(ru|en)\b/i.test(part));
  return first?.trim().toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

const WORDS: Record<string, StaffTextKey> = {
  'access.sign_in_refused': 'signIn.refused',
  'access.sign_in_delayed': 'signIn.delayed',
  'access.factor_refused': 'factor.refused',
  'access.staff_link_lapsed': 'link.lapsed',
};

/**
 * What a failure says on the page whose form failed, with its status.
 * @param words  other words than the usual ones, by the problem's code
 * @throws the failure, where it is none of a form
 */
export function formFault(
  cause: unknown,
  locale: string,
  words: Readonly<Record<string, StaffTextKey>> = {},
): { status: number; fault: string; retryAfterSeconds: number | undefined } {
  if (!(cause instanceof Problem)) throw cause;
  const { code, status, details } = cause as Problem<{ fault?: PasswordFault; retryAfterSeconds?: number }>;
  const { fault, retryAfterSeconds } = details;
  if (code === 'access.password_unfit' && fault) {
    const count = fault === 'long' ? LONGEST_PASSWORD : SHORTEST_PASSWORD;
    return {
      status,
      fault: sayToStaff(locale, `password.${fault}`, { count }),
      retryAfterSeconds: undefined,
    };
  }
  const key = words[code] ?? WORDS[code];
  if (key === undefined) throw cause;
  return { status, fault: sayToStaff(locale, key, { count: retryAfterSeconds ?? 0 }), retryAfterSeconds };
}
