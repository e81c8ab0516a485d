import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import {
  ForeignRequest,
  NotAllowed,
  RouteUndeclared,
  StaffOnly,
  StepUpNeeded,
  TokenRefused,
  TwoActors,
} from './access.problems.js';
import { type ActingRequest } from './actor-of.js';
import { AnalystTokenService } from './analyst-token.service.js';
import { type AnalystToken, bearerIn, type TokenUse } from './analyst-token.js';
import { cookieValue } from './cookie.js';
import { isForeign } from './own-origin.js';
import { mayAct } from './role.js';
import { accessTo, type StaffAccess } from './route-matrix.js';
import { SignInService } from './sign-in.service.js';
import { staffCookieName } from './staff-cookie.js';
import { nextPage, type StaffSession } from './staff-session.js';

/** A request that the gate let through as one of the staff's. */
export interface StaffRequest extends ActingRequest {
  staff?: StaffSession;
}

/** A request that the gate let through by an analyst's token. */
export interface TokenRequest extends ActingRequest {
  token?: AnalystToken;
}

/**
 * Stands before every route of the process, whoever declared it, and before a body is read: it lets through what the matrix of routes
 * says, and nothing else.
 */
@Injectable()
export class GateService implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(SignInService) private readonly signIns: SignInService,
    @Inject(AnalystTokenService) private readonly tokens: AnalystTokenService,
  ) {}

  /** At the command line there are no routes. */
  onModuleInit(): void {
    const server = this.http.httpAdapter?.getInstance<FastifyInstance>();
    server?.addHook('onRequest', (request, reply) => this.admit(request, reply));
  }

  /** @throws RouteUndeclared, and what `admitStaff` and `admitToken` throw */
  private async admit(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (request.is404) return;
    const access = accessTo(request.method, request.routeOptions.url ?? '');
    if (access === undefined) throw RouteUndeclared({});
    if (typeof access === 'string') return;
    const study = access.study && (request.params as Record<string, string | undefined>)[access.study];
    if (access.study && study === undefined) throw RouteUndeclared({});
    const shown = access.token && bearerIn(request.headers.authorization);
    if (shown !== undefined)
      return this.admitToken(request, reply, { studyCode: study, kinds: access.token ?? [] }, shown);
    if (access.staff.length === 0) throw refusalOfToken(reply);
    await this.admitStaff(request, access, study);
  }

  /** @throws ForeignRequest, StaffOnly, NotAllowed, StepUpNeeded */
  private async admitStaff(
    request: FastifyRequest & StaffRequest,
    access: StaffAccess,
    study: string | undefined,
  ): Promise<void> {
    if (isForeign(request, this.config.publicUrl, true)) throw ForeignRequest({});
    const next = request.method === 'GET' ? nextPage(request.url.split('?', 1)[0]) : '/fieldwork';
    const session = await this.signIns.session(staffTokenOf(request, this.config));
    if (session?.stage !== 'signed_in') throw StaffOnly({ next });
    if (!mayAct(session.grants, access.staff, study)) throw NotAllowed({});
    const { provenUntil } = session;
    if (access.stepUp && !(provenUntil && provenUntil > this.clock.now())) throw StepUpNeeded({ next });
    request.staff = session;
    request.actor = { kind: 'staff', accountId: session.accountId };
  }

  /**
   * No browser adds a token to what another site sends, so where the request comes from does not matter. A staff session beside it does:
   * the log would have to guess whose act it was.
   * @throws TwoActors, TokenRefused
   */
  private async admitToken(
    request: FastifyRequest & TokenRequest,
    reply: FastifyReply,
    use: TokenUse,
    shown: string,
  ): Promise<void> {
    if (staffTokenOf(request, this.config) !== undefined) throw TwoActors({});
    const token = await this.tokens.opening(shown, use);
    if (!token) throw refusalOfToken(reply);
    request.token = token;
    request.actor = { kind: 'token', tokenId: token.id };
  }
}

/** Says in a header, too, what kind of proof is missing (RFC 9110, 11.6.1). */
function refusalOfToken(reply: FastifyReply): Error {
  void reply.header('www-authenticate', 'Bearer');
  return TokenRefused({});
}

/** The token of the staff session that came with a request. */
export const staffTokenOf = ({ headers }: FastifyRequest, { publicUrl }: Config): string | undefined =>
  cookieValue(headers.cookie, staffCookieName(publicUrl)) || undefined;
