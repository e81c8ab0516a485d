import { CanActivate, ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { FastifyRequest } from 'fastify';
import { CONFIG, type Config } from '../kit/config.js';
import { StaffOnly } from './access.problems.js';
import { sameSecret } from './token.node.js';

/**
 * Staff pages: HTTP Basic with the staff key as password (any name). Without a key the configuration allows the server
 * to listen on this machine only, and the pages are open to who sits at it.
 */
@Injectable()
export class StaffGuard implements CanActivate {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.config.staffKey === undefined) return true;
    const header = context.switchToHttp().getRequest<FastifyRequest>().headers.authorization ?? '';
    const [scheme, encoded] = header.split(' ', 2);
    const given = scheme === 'Basic' ? Buffer.from(encoded ?? '', 'base64').toString('utf8') : '';
    if (!sameSecret(given.slice(given.indexOf(':') + 1), this.config.staffKey)) throw StaffOnly({});
    return true;
  }
}
