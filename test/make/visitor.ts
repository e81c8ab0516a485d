import { randomUUID } from 'node:crypto';

type Json = Record<string, unknown>;

/** A reply as it came. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** What the text says as JSON; empty where it is none. */
  json: Json;
}

export interface Asking {
  headers?: Record<string, string>;
  /** Sent as they are in place of the usual ones. */
  method?: string;
  body?: string | URLSearchParams;
}

/** A respondent's browser: it keeps its cookie, sends what our pages send, and shows every reply as it came. */
export class Visitor {
  /** `name=value` of the session cookie. */
  cookie: string | undefined;
  constructor(readonly baseUrl: string) {}

  async ask(path: string, { headers = {}, method = 'GET', body }: Asking = {}): Promise<Reply> {
    const reply = await fetch(this.baseUrl + path, {
      method,
      redirect: 'manual',
      headers: { ...(this.cookie ? { cookie: this.cookie } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await reply.text();
    const isJson = (reply.headers.get('content-type') ?? '').includes('json');
    return {
      status: reply.status,
      headers: reply.headers,
      text,
      json: isJson ? (JSON.parse(text) as Json) : {},
    };
  }

  /** The click on the start page, or a pasted link under `link`. Keeps the cookie that comes back. */
  async open(form: Record<string, string>, headers: Record<string, string> = {}): Promise<Reply> {
    const reply = await this.ask('/respond/session', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers,
    });
    const [cookie] = reply.headers.getSetCookie();
    if (cookie) this.cookie = cookie.split(';', 1)[0];
    return reply;
  }

  interview(): Promise<Reply> {
    return this.ask('/api/respond/interview');
  }

  post(path: string, body: object | string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.ask(`/api/respond/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-onward': 'respond', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  save(base: number, answers: Json, more: Json = {}): Promise<Reply> {
    return this.post('revisions', saveBody(base, answers, more));
  }

  submit(base: number, answers: Json, more: Json = {}): Promise<Reply> {
    return this.post('submission', submission(base, answers, more));
  }
}

export const saveBody = (base: number, answers: Json, more: Json = {}): Json => ({
  saveId: randomUUID(),
  base,
  answers,
  page: 'p_country',
  reached: 'p_country',
  locale: 'ru',
  ...more,
});

export const submission = (base: number, answers: Json, more: Json = {}): Json => ({
  submissionId: randomUUID(),
  base,
  answers,
  locale: 'ru',
  ...more,
});
