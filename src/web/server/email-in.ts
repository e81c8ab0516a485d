import { Problem } from '../../kit/problem.js';
import { normalContact } from '../../vault/contact-value.js';
import { InvalidContact } from '../../vault/vault.problems.js';

/** The longest address that mail knows (RFC 5321): more is not shown again. */
const LONGEST = 320;

/** The address that a form brings, as it is kept, undefined for what can be none; and what was typed, to be shown again. */
export function addressIn(form: { address?: unknown } | null | undefined): {
  address: string | undefined;
  typed: string;
} {
  const typed = typeof form?.address === 'string' ? form.address : '';
  return { address: emailIn(typed), typed: typed.slice(0, LONGEST) };
}

function emailIn(typed: string): string | undefined {
  try {
    return normalContact('email', typed);
  } catch (cause) {
    if (cause instanceof Problem && cause.code === InvalidContact.code) return undefined;
    throw cause;
  }
}
