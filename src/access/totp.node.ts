import { generateSecret, generateURI, verifySync } from 'otplib';

const PERIOD_SECONDS = 30;

/** A new secret of 160 bits, in base32. */
export const newTotpSecret = (): string => generateSecret();

/** What an authenticator app takes in place of the typed secret. */
export const totpUri = (secret: string, email: string): string =>
  generateURI({ issuer: 'Onward', label: email, secret });

/** The code of six digits in what was typed: apps show it in two groups. */
export const codeIn = (typed: string): string | undefined => /^\d{6}$/.exec(typed.replace(/\s/g, ''))?.[0];

/**
 * Checks a code (RFC 6238: SHA-1, six digits, 30 s), a step early or late.
 * @param lastStep  the step of the last code that was taken; neither it nor one before is taken
 * @returns the step of the code, or undefined when it is not right
 */
export function totpStep(
  secret: string,
  typed: string,
  now: Date,
  lastStep: number | null,
): number | undefined {
  const token = codeIn(typed);
  if (token === undefined) return undefined;
  const epoch = Math.floor(now.getTime() / 1000);
  const result = verifySync({ secret, token, epoch, period: PERIOD_SECONDS, epochTolerance: PERIOD_SECONDS });
  if (!result.valid || !('timeStep' in result)) return undefined;
  return lastStep !== null && result.timeStep <= lastStep ? undefined : result.timeStep;
}
