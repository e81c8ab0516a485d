import { LoggerService } from '@nestjs/common';
import { pino } from 'pino';

/**
 * The log. Only what is named here enters it: no bodies, no addresses, no URLs (a link would be one), no headers.
 * Routes are patterns (`/go/:study`), never what was asked for.
 */
export const log = pino({
  level: process.env['LOG_LEVEL'] ?? 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
});

/** Nest's own messages, through the same log. */
export class NestLog implements LoggerService {
  log(message: unknown, context?: string): void {
    log.debug({ context }, String(message));
  }
  error(message: unknown, _stack?: unknown, context?: string): void {
    log.error({ context }, String(message));
  }
  warn(message: unknown, context?: string): void {
    log.warn({ context }, String(message));
  }
}
