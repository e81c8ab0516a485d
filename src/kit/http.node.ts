import { type Socket } from 'node:net';
import helmet from '@fastify/helmet';
import { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { DynamicModule } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { addBodyParsers } from './body-parsers.node.js';
import { type Clock } from './clock.js';
import { SystemClock } from './clock.node.js';
import { Config } from './config.js';
import { HTTP_LIMITS, type HttpLimits, type RoutePolicy } from './http-limits.js';
import { log, NestLog } from './log.node.js';
import { requestSeconds } from './metrics.node.js';
import { details, type FailurePage, ProblemFilter } from './problem.filter.js';
import { RateLimiter, type Settle } from './rate-limit.node.js';

export interface HttpOptions {
  failurePage: FailurePage;
  policy: RoutePolicy;
  limits?: HttpLimits;
  /** The machine's clock, not the study's, which the demo moves: rates are about the machine. */
  clock?: Clock;
}

/** Builds the HTTP application: limits, security headers, problem details, request log. It does not listen yet. */
export async function httpApplication(
  module: Type | DynamicModule,
  config: Config,
  { failurePage, policy, limits = HTTP_LIMITS, clock = new SystemClock() }: HttpOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytes,
    trustProxy: config.trustedProxies > 0 && ((_peer: string, hop: number) => hop < config.trustedProxies), // a bare number trusts none
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      connectionsCheckingInterval: limits.lookEveryMs,
    },
    clientErrorHandler: refuseConnection(config),
    frameworkErrors: refuseAddress(config),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    forceCloseConnections: 'idle',
    return503OnClosing: false, // what still comes over an open connection is answered, and that connection ends
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
  } as never);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLog(),
    abortOnError: false,
    bufferLogs: false,
    bodyParser: false,
  });
  app.useGlobalFilters(new ProblemFilter(failurePage));
  await app.register(helmet as never, securityHeaders(config) as never);
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.server.maxConnections = limits.connections;
  addBodyParsers(fastify, limits, policy);
  limitRates(fastify, config, policy, new RateLimiter(clock));
  let closing = false;
  fastify.addHook('preClose', async () => void (closing = true));
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) void reply.header('connection', 'close'); // kept alive, it would hold the process for a minute
    if (!reply.getHeader('cache-control')) void reply.header('cache-control', 'no-store');
  });
  fastify.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    const seconds = reply.elapsedTime / 1000;
    requestSeconds.observe({ method: request.method, route, status: String(reply.statusCode) }, seconds);
    log.debug(
      { method: request.method, route, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'request',
    );
  });
  return app;
}

/**
 * Rate limits, where the service is open to others: plain http is for this machine alone, whose addresses tell nobody apart. Over https a
 * proxy stands in front; where it is not declared, its address is everyone's, and all share the limits of one.
 */
function limitRates(
  fastify: FastifyInstance,
  config: Config,
  policy: RoutePolicy,
  limiter: RateLimiter,
): void {
  if (!config.publicUrl.startsWith('https:')) return;
  if (config.trustedProxies === 0)
    log.warn('TRUSTED_PROXIES is not set: everyone shares the rate limits of the proxy that speaks https');
  const settles = new WeakMap<FastifyRequest, Settle>();
  fastify.addHook('onRequest', async (request) => {
    const limit = policy.limitOf(request.method, request.routeOptions.url);
    if (!limit) return;
    const session = policy.sessionIn(request.headers.cookie);
    settles.set(request, limiter.admit(limit, { address: request.ip, session }));
  });
  fastify.addHook('onResponse', async (request, reply) => settles.get(request)?.(reply.statusCode));
}

const CONNECTION_FAULTS: Record<string, [status: number, title: string, detail: string]> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to come. Send it again.'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too large. Send fewer.'],
};

/** The headers of every other answer, for those that are given before any route. */
const bareHeaders = (config: Config): Record<string, string> => ({
  'content-type': 'application/problem+json',
  'cache-control': 'no-store',
  'content-security-policy': policyText(),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  ...(isHttps(config)
    ? { 'strict-transport-security': `max-age=${HSTS_SECONDS}; includeSubDomains` }
    : undefined),
});

/** The answer to an address that cannot be read; Fastify's own would repeat it. */
const refuseAddress =
  (config: Config) =>
  (_cause: Error, _request: FastifyRequest, reply: FastifyReply): void => {
    const body = JSON.stringify(details('http.400', 400, 'This address cannot be read.'));
    void reply.code(400).headers(bareHeaders(config)).send(body);
  };

/** The answer to what is no request. */
const refuseConnection =
  (config: Config) =>
  (cause: Error & { code?: string }, socket: Socket): void => {
    if (cause.code === 'ECONNRESET' || socket.destroyed) return;
    const [status, title, detail] = CONNECTION_FAULTS[cause.code ?? ''] ?? [
      400,
      'Bad Request',
      'This is no HTTP request.',
    ];
    const body = JSON.stringify(details(`http.${status}`, status, detail));
    const headers = {
      ...bareHeaders(config),
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    if (socket.writable) socket.write([`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n'));
    socket.destroySoon();
  };

const HSTS_SECONDS = 63_072_000;
const isHttps = ({ publicUrl }: Config): boolean => publicUrl.startsWith('https:');

const DIRECTIVES: Record<string, string[]> = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  baseUri: ["'none'"],
  frameAncestors: ["'none'"],
};

const policyText = (): string =>
  Object.entries(DIRECTIVES)
    .map(
      ([name, sources]) =>
        `${name.replace(/[A-Z]/g, (sign) => `-${sign.toLowerCase()}`)} ${sources.join(' ')}`,
    )
    .join(';');

const securityHeaders = (config: Config) => ({
  contentSecurityPolicy: { useDefaults: false, directives: DIRECTIVES },
  strictTransportSecurity: isHttps(config) ? { maxAge: HSTS_SECONDS, includeSubDomains: true } : false,
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
});
