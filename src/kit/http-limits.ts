import { type Limit } from './rate-limit.js';

/** Bounds of what a connection may cost, in bytes and milliseconds. */
export interface HttpLimits {
  /** The largest body that is read, before anything is parsed. */
  bodyBytes: number;
  /** The request line and all headers together. */
  headerBytes: number;
  /** Fields of a form. */
  formFields: number;
  /** All headers must have come by then. */
  headersMs: number;
  /** The whole request must have come by then: 256 KiB over a slow phone line take half a minute. */
  requestMs: number;
  /** How often connections are looked at for the two above. */
  lookEveryMs: number;
  /** An idle connection is kept longer than a proxy keeps its own (nginx: 60 s), else requests would meet its end. */
  keepAliveMs: number;
  /** Open connections; further ones are turned away. */
  connections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  formFields: 200,
  headersMs: 15_000,
  requestMs: 60_000,
  lookEveryMs: 5_000,
  keepAliveMs: 72_000,
  connections: 8_192,
};

/** What an application says of its routes. A route is a pattern, `/go/:study`; of an address that has none it is undefined. */
export interface RoutePolicy {
  /** What a request of this kind may cost; undefined: it is not counted. */
  limitOf(method: string, route: string | undefined): Limit | undefined;
  /** The secret of a request's session, from its Cookie header. */
  sessionIn(cookies: string | undefined): string | undefined;
  /** Whether a multipart form may come here; it is not read. Everywhere else it is refused. */
  ignoresMultipart(route: string | undefined): boolean;
}
