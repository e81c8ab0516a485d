import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { ForeignRequest } from '../../access/access.problems.js';
import { isForeign } from '../../access/own-origin.js';
import { CONFIG, type Config } from '../../kit/config.js';

/** What changes something is not taken from a foreign page. Routes of the staff have this from the gate, without asking for it. */
@Injectable()
export class SameOriginGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (isForeign(request, this.config.publicUrl, false)) throw ForeignRequest({});
    return true;
  }
}
