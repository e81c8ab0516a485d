import { Problem } from '../../kit/problem.js';
import { normalContact } from '../../vault/contact-value.js';
import { InvalidContact } from '../../vault/vault.problems.js';

/** The address in what a person typed, as it is kept; undefined for what can be none. */
export function emailIn(typed: string): string | undefined {
  try {
    return normalContact('email', typed);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === InvalidContact.code) return undefined;
    throw cause;
  }
}
