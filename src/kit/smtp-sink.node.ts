import { appendFile, mkdir, readFile, truncate, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';
import type { Clock } from './clock.js';
import { SystemClock } from './clock.node.js';
import { errorCode } from './error-code.js';
import { indexLine, parseIndex, type SinkMessage } from './smtp-sink.js';
import { SmtpPortTaken } from './smtp-sink.problems.js';

export interface SmtpSinkOptions {
  /** keeps `index.jsonl` and one `.eml` a message; what was acknowledged is found again after a restart */
  dir: string;
  /** default: a free one */
  port?: number;
  clock?: Clock;
  /** told after a message is stored and before it is acknowledged */
  onMessage?: (message: SinkMessage) => void;
  /** awaited once a message, before its first recipient is accepted, so before DATA; throwing refuses it for now */
  beforeData?: () => Promise<void>;
  /** a reason refuses this recipient for good (550) */
  refuseRecipients?: (address: string) => string | undefined;
}

export interface SmtpSink {
  port: number;
  /** All messages, oldest first. */
  messages(): Promise<SinkMessage[]>;
  /** A message as it was received, headers included; undefined when there is none of this id. */
  raw(id: string): Promise<Buffer | undefined>;
  /** Lets running transactions end for half a second. */
  stop(): Promise<void>;
}

/**
 * A mail server on 127.0.0.1 that keeps everything and delivers nothing. A message is acknowledged only after it
 * and its index line are written; `kill -9` loses none.
 * @throws SmtpPortTaken
 */
export async function startSmtpSink(options: SmtpSinkOptions): Promise<SmtpSink> {
  const { dir, clock = new SystemClock() } = options;
  await mkdir(dir, { recursive: true });
  const index = join(dir, 'index.jsonl');
  const kept = await readIndex(index);
  const messages = parseIndex(kept);
  await dropTornLine(index, kept);

  const store = async (raw: Buffer, session: SMTPServerSession) => {
    const { subject, text, html } = await simpleParser(raw);
    const message: SinkMessage = {
      id: String(messages.length + 1).padStart(6, '0'),
      from: session.envelope.mailFrom ? session.envelope.mailFrom.address : '',
      to: session.envelope.rcptTo.map(({ address }) => address),
      subject: subject ?? '',
      receivedAt: clock.now(),
      text: text ?? '',
      ...(typeof html === 'string' ? { html } : {}),
    };
    await writeFile(join(dir, `${message.id}.eml`), raw);
    await appendFile(index, indexLine(message));
    messages.push(message);
    options.onMessage?.(message);
  };
  let last: Promise<void> = Promise.resolve();
  const storeInTurn = (raw: Buffer, session: SMTPServerSession) => {
    const mine = last.then(() => store(raw, session));
    last = mine.catch(() => undefined); // the sender of that message is told; the next one has its own chance
    return mine;
  };

  const server = new SMTPServer({
    ...PLAIN,
    onRcptTo: (recipient, session, done) =>
      answer(acceptRecipient(options, recipient.address, session), done),
    onData: (stream, session, done) =>
      answer(
        buffer(stream).then((raw) => storeInTurn(raw, session)),
        done,
      ),
  });
  const port = await listen(server, options.port ?? 0);
  return {
    port,
    messages: () => Promise.resolve([...messages]),
    raw: async (id) => {
      return messages.some((message) => message.id === id) ? readFile(join(dir, `${id}.eml`)) : undefined;
    },
    stop: async () => {
      await new Promise<void>((closed) => server.close(closed));
      await last;
    },
  };
}

const PLAIN: SMTPServerOptions = {
  disabledCommands: ['AUTH', 'STARTTLS'],
  disableReverseLookup: true, // asks no name server about anybody
  closeTimeout: 500,
  size: 10 * 1024 * 1024,
};

async function acceptRecipient(
  { beforeData, refuseRecipients }: SmtpSinkOptions,
  address: string,
  session: SMTPServerSession,
): Promise<void> {
  const reason = refuseRecipients?.(address);
  if (reason !== undefined) throw Object.assign(new Error(reason), { responseCode: 550 });
  if (session.envelope.rcptTo.length > 0) return;
  await beforeData?.().catch((error: unknown) => {
    throw Object.assign(new Error(String(error)), { responseCode: 451 }); // the sender may try again
  });
}

/** A message that cannot be stored is refused for now (450). */
const answer = (work: Promise<void>, done: (error?: Error | null) => void) =>
  void work.then(
    () => done(),
    (error: Error) => done(error),
  );

async function readIndex(index: string): Promise<string> {
  try {
    return await readFile(index, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** A line that a crash cut short would spoil the next one. */
async function dropTornLine(index: string, text: string): Promise<void> {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) await truncate(index, Buffer.byteLength(whole));
}

function listen(server: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) =>
      reject(errorCode(error) === 'EADDRINUSE' ? SmtpPortTaken({ port }) : error),
    );
    server.listen(port, '127.0.0.1', () => {
      server.on('error', () => undefined); // a client's broken connection is the client's matter
      resolve((server.server.address() as AddressInfo).port);
    });
  });
}
