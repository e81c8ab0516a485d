import helmet from '@fastify/helmet';
import { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify';
import { DynamicModule } from '@nestjs/common';
import { Config } from './config.js';
import { log, NestLog } from './log.node.js';
import { requestSeconds } from './metrics.node.js';
import { type FailurePage, ProblemFilter } from './problem.filter.js';

/** The largest body that is read, 256 KiB, before anything is parsed. */
export const BODY_LIMIT = 256 * 1024;

/** Builds the HTTP application: limits, security headers, problem details, request log. It does not listen yet. */
export async function httpApplication(
  module: Type | DynamicModule,
  config: Config,
  failurePage: FailurePage,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: false,
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
  });
  app.useGlobalFilters(new ProblemFilter(failurePage));
  await app.register(helmet as never, securityHeaders(config) as never);
  const fastify = app.getHttpAdapter().getInstance();
  let closing = false;
  fastify.addHook('preClose', async () => void (closing = true));
  // A mail program's one-click unsubscribe may be a multipart form (RFC 8058); what it says stands in the address.
  fastify.addContentTypeParser('multipart/form-data', (_request, body, done) => {
    body
      .resume()
      .once('end', () => done(null, {}))
      .once('error', done);
  });
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

const securityHeaders = (config: Config) => ({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
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
    },
  },
  strictTransportSecurity: config.publicUrl.startsWith('https:')
    ? { maxAge: 63_072_000, includeSubDomains: true }
    : false,
  referrerPolicy: { policy: 'no-referrer' },
  crossOriginOpenerPolicy: { policy: 'same-origin' },
  crossOriginResourcePolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
});
