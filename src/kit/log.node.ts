import { LoggerService } from '@nestjs/common';
import { pino } from 'pino';

/**
 * The log. Only what is named here enters it: no bodies, no addresses, no URLs (a link would be one), no headers.
 * Routes are patterns (`/go/:study`), never what was asked for.
 */
export const log = pino(
  {
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
  },
  { write: (line: string) => void stream.write(line) },
);

let stream: NodeJS.WritableStream = process.stdout;

/** Where the log goes: a command's results alone belong on standard output. */
export function logTo(other: NodeJS.WritableStream): void {
  stream = other;
}

/** Where a bug is: its kind and the lines of our code, never its message, which may hold what people wrote. */
export const faultOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return typeof cause;
  const frames = (cause.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6);
  const code = (cause as { code?: unknown }).code;
  return [`${cause.name}${typeof code === 'string' ? ` ${code}` : ''}`, ...frames.map((f) => f.trim())].join(
    ' | ',
  );
};

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
