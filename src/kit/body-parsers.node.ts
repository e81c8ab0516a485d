import { parse } from 'node:querystring';
import { type FastifyInstance } from 'fastify';
import { type HttpLimits, type RoutePolicy } from './http-limits.js';
import { BodyTooComplex, BodyUnreadable, MultipartRefused } from './http.problems.js';
import { jsonExcess } from './json-limits.js';

/**
 * What bodies are read: JSON and forms within bounds, and nothing else unless a feature adds it. A JSON text is measured before it is
 * parsed: nesting, keys and values. `__proto__` and `constructor.prototype` are refused.
 */
export function addBodyParsers(fastify: FastifyInstance, limits: HttpLimits, policy: RoutePolicy): void {
  fastify.removeAllContentTypeParsers();
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = String(body);
    if (text === '') return done(null, undefined); // a request without a body may name a type all the same
    const excess = jsonExcess(text);
    if (excess) return done(BodyTooComplex({ excess }));
    void parseJson(request, text, (error, value: unknown) =>
      error ? done(BodyUnreadable({})) : done(null, value),
    );
  });
  fastify.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      const text = String(body);
      if (text.split('&', limits.formFields + 1).length > limits.formFields)
        return done(BodyTooComplex({ excess: 'too many keys' }));
      done(null, { ...parse(text) });
    },
  );
  // A mail program's one-click unsubscribe may be a multipart form (RFC 8058); what it says stands in the address.
  fastify.addContentTypeParser('multipart/form-data', { parseAs: 'buffer' }, (request, _body, done) =>
    policy.ignoresMultipart(request.routeOptions.url) ? done(null, {}) : done(MultipartRefused({})),
  );
}
