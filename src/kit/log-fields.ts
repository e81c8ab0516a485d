/** What may stand in a line of the log, and nothing else: no bodies, addresses, URLs (a link would be one), headers, names. */
export interface LogFields {
  method?: string;
  /** A pattern, `/go/:study`, never what was asked for. */
  route?: string | undefined;
  status?: number;
  ms?: number;
  /** Name of a job, a channel's or a library's part, a class of the framework. */
  job?: string | undefined;
  where?: string;
  context?: string | undefined;
  channel?: string;
  /** Where a bug is, or the code of an expected failure. Never a message: it may hold what people wrote. */
  error?: string;
  code?: string | undefined;
  reason?: string;
  /** How many. */
  ended?: number;
  role?: string;
  queue?: string;
  /** Head of the audit log. */
  nr?: number | string;
  hash?: string;
  /** Our own address, said once at the start. */
  url?: string;
}

const NAME = /^[\w.:/ -]{1,100}$/;
const COUNT = /^\d{1,15}$/;
const SHAPES: Record<keyof LogFields, RegExp> = {
  method: /^[A-Z-]{1,20}$/,
  route: /^(\/[\w:./*-]*|unknown)$/,
  status: COUNT,
  ms: COUNT,
  job: NAME,
  where: NAME,
  context: NAME,
  channel: NAME,
  error: /^[^\n\r]{1,2000}$/,
  code: NAME,
  reason: NAME,
  ended: COUNT,
  role: NAME,
  queue: NAME,
  nr: COUNT,
  hash: /^[\da-f]{1,128}$/i,
  url: /^https?:\/\/[\w.:[\]-]+\/?$/,
};

/** What of some fields may be logged: those on the list; what does not look as they do is withheld. */
export function loggable(fields: object): Record<string, string | number> {
  const kept: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    if (!Object.hasOwn(SHAPES, name) || value === undefined || value === null) continue;
    const isPlain = typeof value === 'string' || typeof value === 'number';
    kept[name] = isPlain && SHAPES[name as keyof LogFields].test(String(value)) ? value : 'withheld';
  }
  return kept;
}
