import { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import { loggable, type LogFields } from './log-fields.js';

interface Say {
  (fields: LogFields, message: string): void;
  (message: string): void;
}

/** The log. A message is a sentence of ours; what varies is in fields, and only those of `LogFields` enter it. */
export interface Log {
  level: string;
  error: Say;
  warn: Say;
  info: Say;
  debug: Say;
}

export const log: Log = pino(
  {
    level: process.env['LOG_LEVEL'] ?? 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: loggable },
    serializers: {}, // none that would unfold an error or a request
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
  const { code } = cause as { code?: unknown };
  const stack = (cause.stack ?? '').replace(cause.message, ''); // a message may look like lines of a stack
  const frames = stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());
  const kind = /^\w{1,60}$/.test(cause.name) ? cause.name : 'Error';
  const known = typeof code === 'string' && /^\w[\w.]{0,60}$/.test(code) ? ` ${code}` : '';
  return [`${kind}${known}`, ...frames].join(' | ').slice(0, 2000);
};

/** Nest's own messages, through the same log. What it says of failures may quote what people sent: only where they were is kept. */
export class NestLog implements LoggerService {
  log(message: unknown, context?: string): void {
    log.debug({ context }, String(message));
  }
  error(message: unknown, ...more: unknown[]): void {
    log.error({ context: contextIn(more), error: faultOf(message) }, 'the framework reports a failure');
  }
  warn(message: unknown, ...more: unknown[]): void {
    log.warn({ context: contextIn(more), error: faultOf(message) }, 'the framework warns');
  }
}

const contextIn = (more: unknown[]): string | undefined => {
  const last = more.at(-1);
  return typeof last === 'string' ? last : undefined;
};
