import { type FastifyRequest } from 'fastify';
import { type DataSource } from 'typeorm';
import { NoSession } from '../../access/access.problems.js';
import { cookieValue, sessionCookieName } from '../../access/cookie.js';
import { hashOf } from '../../access/token.node.js';
import { CaseWithdrawn } from '../../response/response.problems.js';
import { isOfOneWhoLeft, sessionCase } from '../../response/response.queries.js';
import { type SessionCase } from '../../response/session-case.js';

/** The SHA-256 of the session token in the cookie that came with a page's request. @throws NoSession */
export function sessionIn({ headers }: FastifyRequest, publicUrl: string): Buffer {
  const token = cookieValue(headers.cookie, sessionCookieName(publicUrl));
  if (!token) throw NoSession({});
  return hashOf(token);
}

/**
 * Whose session it is, for pages that need no open questionnaire: the session of any of a member's links is enough.
 * @param today  YYYY-MM-DD
 * @throws NoSession, CaseWithdrawn
 */
export async function visitOf(db: DataSource, session: Buffer, today: string): Promise<SessionCase> {
  const at = await sessionCase(db, session, today);
  if (!at) throw (await isOfOneWhoLeft(db, session)) ? CaseWithdrawn({}) : NoSession({});
  if (at.member_status !== 'active') throw CaseWithdrawn({});
  return at;
}

/** The language of a page: the one asked for, where it is one of the study's, else the person's own. */
export const localeOfVisit = ({ locales, locale }: SessionCase, asked: unknown): string =>
  typeof asked === 'string' && locales.includes(asked) ? asked : locale;
