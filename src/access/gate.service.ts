import { Inject, Injectable, OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { ForeignRequest, NotAllowed, RouteUndeclared, StaffOnly, StepUpNeeded } from './access.problems.js';
import { type ActingRequest } from './actor-of.js';
import { cookieValue } from './cookie.js';
import { isForeign } from './own-origin.js';
import { mayAct } from './role.js';
import { accessTo } from './route-matrix.js';
import { SignInService } from './sign-in.service.js';
import { staffCookieName } from './staff-cookie.js';
import { nextPage, type StaffSession } from './staff-session.js';

/** A request that the gate let through as one of the staff's. */
export interface StaffRequest extends ActingRequest {
  staff?: StaffSession;
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
  ) {}

  /** At the command line there are no routes. */
  onModuleInit(): void {
    const server = this.http.httpAdapter?.getInstance<FastifyInstance>();
    server?.addHook('onRequest', (request) => this.admit(request));
  }

  /** @throws RouteUndeclared, ForeignRequest, StaffOnly, NotAllowed, StepUpNeeded */
  private async admit(request: FastifyRequest & StaffRequest): Promise<void> {
    if (request.is404) return;
    const access = accessTo(request.method, request.routeOptions.url ?? '');
    if (access === undefined) throw RouteUndeclared({});
    if (typeof access === 'string') return;
    if (isForeign(request, this.config.publicUrl, true)) throw ForeignRequest({});
    const next = request.method === 'GET' ? nextPage(request.url.split('?', 1)[0]) : '/fieldwork';
    const session = await this.signIns.session(staffTokenOf(request, this.config));
    if (session?.stage !== 'signed_in') throw StaffOnly({ next });
    const study = access.study && (request.params as Record<string, string | undefined>)[access.study];
    if (access.study && study === undefined) throw RouteUndeclared({});
    if (!mayAct(session.grants, access.staff, study)) throw NotAllowed({});
    const { provenUntil } = session;
    if (access.stepUp && !(provenUntil && provenUntil > this.clock.now())) throw StepUpNeeded({ next });
    request.staff = session;
    request.actor = { kind: 'staff', accountId: session.accountId };
  }
}

/** The token of the staff session that came with a request. */
export const staffTokenOf = ({ headers }: FastifyRequest, { publicUrl }: Config): string | undefined =>
  cookieValue(headers.cookie, staffCookieName(publicUrl)) || undefined;
