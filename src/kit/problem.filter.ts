import { ArgumentsHost, Catch, ExceptionFilter, HttpException } from '@nestjs/common';
import { FastifyReply, FastifyRequest } from 'fastify';
import { faultOf, log } from './log.node.js';
import { Problem } from './problem.js';
import { isDatabaseAway } from './sql.js';

/** RFC 9457 problem details: `type`, `title`, `status`, `detail`, our stable `code`, and the problem's own details. */
export interface ProblemDetails extends Record<string, unknown> {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
}

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Cannot be processed',
  408: 'Too slow',
  429: 'Too many requests',
  431: 'Headers too large',
  503: 'Not available now',
};

/** What a failure looks like from outside. A bug tells nothing but that it happened. */
export function problemDetails(cause: unknown): ProblemDetails {
  if (cause instanceof Problem && (cause.status < 500 || mayBeTriedAgain(cause))) {
    return { ...cause.details, ...details(cause.code, cause.status, cause.message) };
  }
  if (isDatabaseAway(cause)) {
    return details(
      'kit.not_available',
      503,
      'The service cannot save right now. Nothing was lost; try again in a moment.',
    );
  }
  const status = cause instanceof HttpException ? cause.getStatus() : statusOf(cause);
  if (status !== undefined && status >= 400 && status < 500) {
    return details(`http.${status}`, status, TITLES[status] ?? 'The request cannot be answered.');
  }
  return details(
    'kit.unexpected',
    500,
    'Something went wrong on our side. Nothing was lost; try again in a moment.',
  );
}

/** What is not available for a known while says so itself. */
const mayBeTriedAgain = ({ status, details: of }: Problem): boolean =>
  status === 503 && 'retryAfterSeconds' in of;

/** The body of a failure. */
export const details = (code: string, status: number, detail: string): ProblemDetails => ({
  type: `urn:onward:problem:${code}`,
  title: TITLES[status] ?? 'Unexpected failure',
  status,
  detail,
  code,
});

const statusOf = (cause: unknown): number | undefined => {
  const status = (cause as { statusCode?: unknown } | null)?.statusCode;
  return typeof status === 'number' ? status : undefined;
};

/** Renders a failure for people who came with a browser. */
export type FailurePage = (details: ProblemDetails, request: FastifyRequest) => string;

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly page: FailurePage) {}

  async catch(cause: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = problemDetails(cause);
    if (body.status === 500)
      log.error({ route: request.routeOptions?.url, error: faultOf(cause) }, 'unexpected failure');
    const wait = body['retryAfterSeconds'] ?? (body.status === 503 ? 5 : undefined);
    if (typeof wait === 'number') void reply.header('retry-after', String(wait));
    const wantsPage = request.method === 'GET' || isForm(request);
    void reply.status(body.status).header('cache-control', 'no-store');
    await (wantsPage && (request.headers.accept ?? '').includes('text/html')
      ? reply.type('text/html; charset=utf-8').send(this.page(body, request))
      : reply.type('application/problem+json').send(JSON.stringify(body)));
  }
}

const isForm = (request: FastifyRequest) =>
  (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
