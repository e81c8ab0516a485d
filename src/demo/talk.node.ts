import { randomUUID } from 'node:crypto';
import { hashOf } from '../access/token.node.js';
import { type Services } from '../kit/cli.js';
import { EntryService } from '../response/entry.service.js';
import { InterviewService } from '../response/interview.service.js';
import { ResponseService, type SaveRequest, type SubmitRequest } from '../response/response.service.js';

type Answers = Record<string, unknown>;
interface Interview {
  revision: number;
  earlier: Visit['earlier'];
}
interface Saved {
  revision: number;
  differs?: Record<string, boolean>;
}

/** A respondent's visit, from the click on their link on. */
export interface Visit {
  /** What is shown of earlier answers, by language: the variable `prev`. */
  earlier: Readonly<Record<string, object>>;
  /** @returns for sensitive items, whether the new answer differs from the earlier one, where that was compared */
  save(answers: Answers, page: string, locale: string): Promise<Readonly<Record<string, boolean>>>;
  submit(answers: Answers, locale: string): Promise<string>;
}

/** How synthetic people reach the server: over HTTP as a browser does, or straight into the services behind it. */
export interface Talk {
  enter(token: string, locale: string): Promise<Visit>;
}

/** Over HTTP: session cookie, our header, the same routes as the questionnaire in the browser. */
export function overHttp(baseUrl: string): Talk {
  return {
    async enter(token, locale) {
      const opened = await fetch(`${baseUrl}/respond/session`, {
        method: 'POST',
        body: new URLSearchParams({ token, locale }),
        redirect: 'manual',
      });
      const cookie = opened.headers.getSetCookie()[0]?.split(';')[0];
      if (opened.status !== 303 || !cookie) throw new VisitRefused(opened.status, await codeOf(opened));
      const headers = { cookie, 'content-type': 'application/json', 'x-onward': 'respond' };
      const ask = async <Reply>(path: string, body?: object): Promise<Reply> => {
        const reply = await fetch(`${baseUrl}/api/respond/${path}`, {
          headers,
          ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}),
        });
        if (!reply.ok) throw new VisitRefused(reply.status, await codeOf(reply));
        return (await reply.json()) as Reply;
      };
      const { revision, earlier } = await ask<Interview>('interview');
      return visitOf(revision, earlier, {
        save: (body) => ask<Saved>('revisions', body),
        submit: (body) => ask<{ receipt: string }>('submission', body),
      });
    },
  };
}

/** Straight into the services: the same checks and the same writes, without the network between. */
export function direct(services: Services): Talk {
  const responses = services(ResponseService);
  return {
    async enter(token, locale) {
      const session = await services(EntryService).enter(token, undefined, locale);
      if (session === undefined) throw new Error('A new visit always begins a session');
      const hash = hashOf(session);
      const { case: at, earlier } = await services(InterviewService).view(hash);
      return visitOf(at.revision, earlier, {
        save: (body) => responses.save(hash, body),
        submit: (body) => responses.submit(hash, body),
      });
    },
  };
}

/** A visit that goes on from a revision, whichever way its saves are sent. */
function visitOf(
  begins: number,
  earlier: Visit['earlier'],
  send: {
    save(body: SaveRequest): Promise<Saved>;
    submit(body: SubmitRequest): Promise<{ receipt: string }>;
  },
): Visit {
  let base = begins;
  return {
    earlier,
    async save(answers, page, locale) {
      const body = { saveId: randomUUID(), base, answers, page, reached: page, locale };
      const { revision, differs } = await send.save(body);
      base = revision;
      return differs ?? {};
    },
    async submit(answers, locale) {
      return (await send.submit({ submissionId: randomUUID(), base, answers, locale })).receipt;
    },
  };
}

/** The server turned a visit away, with the code of its problem. */
export class VisitRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`The server answered ${status} ${code}`);
  }
}

async function codeOf(reply: Response): Promise<string> {
  const text = await reply.text();
  return /"code":"([\w.]+)"/.exec(text)?.[1] ?? '';
}
