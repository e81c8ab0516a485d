import type {
  Interview,
  ProblemDetails,
  SaveBody,
  Saved,
  SubmissionBody,
  Submitted,
} from '../shared/respond-api.js';

/**
 * What came of a request. `unreachable`: no answer at all; `busy`: the server asks to come back (429, 5xx);
 * `problem`: it said no, and the same request will get the same answer.
 */
export type Reply<T> =
  | { kind: 'done'; body: T }
  | { kind: 'unreachable' }
  | { kind: 'busy' }
  | { kind: 'problem'; problem: ProblemDetails };

/** On a slow network a save of 20 kB takes about four seconds; after this long it is better to ask anew. */
const PATIENCE_MS = 25_000;
/** Browsers refuse `keepalive` for bodies over 64 KiB. */
const KEEPALIVE_LIMIT = 60_000;

async function ask<T>(path: string, body?: object): Promise<Reply<T>> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  const text = body && JSON.stringify(body);
  try {
    const response = await fetch(path, {
      method: text === undefined ? 'GET' : 'POST',
      headers: { Accept: 'application/json', 'Content-Type': 'application/json', 'X-Onward': 'respond' },
      body: text,
      credentials: 'same-origin',
      cache: 'no-store',
      signal: giveUp.signal,
      // Lets a save that is under way outlive the page: people switch apps in the middle of an answer.
      keepalive: text !== undefined && text.length < KEEPALIVE_LIMIT / 2,
    });
    if (response.status === 429 || response.status >= 500) return { kind: 'busy' };
    const reply: unknown = await response.json();
    if (response.ok) return { kind: 'done', body: reply as T };
    return { kind: 'problem', problem: { ...(reply as ProblemDetails), status: response.status } };
  } catch {
    // No network, time out, or a reply that is not ours (a hotel's sign-in page): to the person it is all one.
    return { kind: 'unreachable' };
  } finally {
    clearTimeout(timer);
  }
}

export const fetchInterview = () => ask<Interview>('/api/respond/interview');
export const postSave = (body: SaveBody) => ask<Saved>('/api/respond/revisions', body);
export const postSubmission = (body: SubmissionBody) => ask<Submitted>('/api/respond/submission', body);

/** Waits that grow from one second to half a minute, so that a returning server is not trampled. */
export const retryDelayMs = (attempt: number): number => Math.min(30_000, 1000 * 2 ** Math.min(attempt, 5));

/** Waits until the network returns, or as long as told. */
export const networkOr = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    addEventListener('online', done);
  });
