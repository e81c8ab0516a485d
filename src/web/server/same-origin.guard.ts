import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { ForeignRequest } from '../../access/access.problems.js';

/** What changes something is not taken from a foreign page: a browser sends along what it holds, such as the staff key. */
@Injectable()
export class SameOriginGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const site = headers['sec-fetch-site'];
    if (method !== 'GET' && site !== undefined && site !== 'same-origin') throw ForeignRequest({});
    return true;
  }
}
