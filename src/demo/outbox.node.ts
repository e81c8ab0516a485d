import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorCode } from '../kit/error-code.js';
import type { SmtpSink } from '../kit/smtp-sink.node.js';
import { OUTBOX_CSP, outboxPage } from './outbox-page.js';
import { OutboxPortTaken } from './outbox.problems.js';

export interface Outbox {
  port: number;
  url: string;
  stop(): Promise<void>;
}

/**
 * Shows the sink's messages in the browser, on 127.0.0.1 only: `/` lists them, `/messages/<id>` shows one. They hold
 * personal links, so requests that name another host (a foreign site that points its name here) are turned away.
 * @param options.port  default: a free one
 * @throws OutboxPortTaken
 */
export async function startOutbox(options: {
  sink: Pick<SmtpSink, 'messages'>;
  port?: number;
}): Promise<Outbox> {
  const server = createServer((request, response) => {
    answer(options.sink, request)
      .then(({ status, html }) =>
        response.writeHead(status, HEADERS).end(request.method === 'HEAD' ? '' : html),
      )
      .catch((error: Error) => {
        process.emitWarning(error);
        response.writeHead(500, HEADERS).end('The messages cannot be read.');
      });
  });
  const port = await new Promise<number>((resolve, reject) => {
    const wanted = options.port ?? 0;
    server.once('error', (error) =>
      reject(errorCode(error) === 'EADDRINUSE' ? OutboxPortTaken({ port: wanted }) : error),
    );
    server.listen(wanted, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': OUTBOX_CSP,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

async function answer(
  sink: Pick<SmtpSink, 'messages'>,
  { method, url = '/', headers }: IncomingMessage,
): Promise<{ status: number; html: string }> {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? ''))
    return { status: 421, html: 'Open the outbox by its address on this machine.' };
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, html: 'The outbox can only be read.' };
  const messages = await sink.messages();
  if (url === '/') return { status: 200, html: outboxPage(messages) };
  const selected = messages.find(({ id }) => url === `/messages/${encodeURIComponent(id)}`);
  return selected
    ? { status: 200, html: outboxPage(messages, selected) }
    : { status: 404, html: outboxPage(messages) };
}
