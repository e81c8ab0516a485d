/** Kinds of release: a scientific-use file goes to analysts who signed for it, a public-use file to anybody. */
export const RELEASE_KINDS = ['SUF', 'PUF'] as const;
export type ReleaseKind = (typeof RELEASE_KINDS)[number];

/** What every token begins with, so that people and scanners of repositories know it for one. 256 bits in base64url follow. */
export const TOKEN_PREFIX = 'onw_';

/** Days after which a token has ended, at the most. */
export const LONGEST_DAYS = 400;
const LONGEST_NAME = 200;

/** A token as it is kept: everything but itself. */
export interface AnalystToken {
  id: string;
  studyId: string;
  /** The study's short code, as addresses have it. */
  study: string;
  /** The one kind of release that it reads. */
  kind: ReleaseKind;
  /** Whose it is, such as `Dr Example, University of Example`. */
  name: string;
  createdAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  /** The last day (UTC) on which it let a request in, as YYYY-MM-DD. */
  usedOn: string | null;
}

/** What somebody asks a token for. */
export interface TokenWish {
  kind: ReleaseKind;
  name: string;
  /** Until it ends. */
  days: number;
}

/** What is wrong with a wish, as a sentence; undefined for a good one. */
export function wishFault({ name, days }: TokenWish): string | undefined {
  if (!Number.isSafeInteger(days) || days < 1 || days > LONGEST_DAYS)
    return `Say after how many days it ends: a whole number from 1 to ${LONGEST_DAYS}.`;
  const length = [...plainName(name)].length;
  if (length === 0 || length > LONGEST_NAME)
    return `Say whose it is: a name and an institution, in ${LONGEST_NAME} characters at most.`;
  if (name.includes('@')) return 'Name the analyst and the institution, without an address.';
  return UNPRINTABLE.test(plainName(name))
    ? 'Take line breaks and invisible characters out of the name.'
    : undefined;
}

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** One writing for a name. */
export const plainName = (typed: string): string => typed.normalize('NFC').trim();

export type TokenState = 'open' | 'expired' | 'revoked';

export const tokenState = (
  { expiresAt, revokedAt }: Pick<AnalystToken, 'expiresAt' | 'revokedAt'>,
  now: Date,
): TokenState => (revokedAt !== null ? 'revoked' : expiresAt <= now ? 'expired' : 'open');

/** What a request asks for: the study in its address, where it names one, and the kinds of release that its route is about. */
export interface TokenUse {
  studyCode: string | undefined;
  kinds: readonly ReleaseKind[];
}

/** Whether a token lets a request in now. */
export const tokenOpens = (token: AnalystToken, { studyCode, kinds }: TokenUse, now: Date): boolean =>
  tokenState(token, now) === 'open' &&
  kinds.includes(token.kind) &&
  (studyCode === undefined || studyCode === token.study);

/**
 * The kinds of release that whoever sent a request may read: a token its own, the staff whom the matrix lets in each. What is of another
 * kind is for them as if it were not there.
 */
export const readableKinds = (token: Pick<AnalystToken, 'kind'> | undefined): readonly ReleaseKind[] =>
  token === undefined ? RELEASE_KINDS : [token.kind];

/**
 * What an Authorization header shows as a bearer token (RFC 6750, 2.1), whatever it is; undefined for another scheme, and where there is
 * none. Nothing else of a request is looked at: an address with a token in it would stand in histories and logs.
 */
export const bearerIn = (header: string | undefined): string | undefined =>
  /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1];
