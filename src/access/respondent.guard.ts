import { CanActivate, createParamDecorator, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../kit/config.js';
import { ForeignRequest, NoSession } from './access.problems.js';
import { cookieValue, sessionCookieName } from './cookie.js';
import { hashOf } from './token.node.js';

type WithSession = FastifyRequest & { sessionHash?: Buffer };

/**
 * Lets requests of our own respondent pages through: a session cookie and, for what changes something, our header
 * (a foreign page cannot send it without our consent) and no foreign Sec-Fetch-Site. Whose session it is, the queries tell.
 */
@Injectable()
export class RespondentGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<WithSession>();
    if (request.method !== 'GET') {
      const site = request.headers['sec-fetch-site'];
      if (request.headers['x-onward'] !== 'respond' || (site !== undefined && site !== 'same-origin'))
        throw ForeignRequest({});
    }
    const token = cookieValue(request.headers.cookie, sessionCookieName(this.config.publicUrl));
    if (!token) throw NoSession({});
    request.sessionHash = hashOf(token);
    return true;
  }
}

/** The SHA-256 of the session token that came with the request. */
export const SessionHash = createParamDecorator((_: unknown, context: ExecutionContext): Buffer => {
  const hash = context.switchToHttp().getRequest<WithSession>().sessionHash;
  if (!hash) throw NoSession({});
  return hash;
});
