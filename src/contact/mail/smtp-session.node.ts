import { Readable } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type Delivery } from '../channel.js';
import { afterLeaving, beforeLeaving, isOfConnection, nameOf, type SmtpFailure } from './smtp-delivery.js';

export interface SmtpServer {
  host: string;
  port: number;
  secure: boolean;
  auth: { user: string; pass: string } | undefined;
}

/** Reads `smtp://user:password@host:port`; smtps speaks TLS from the first byte. */
export function smtpServer(address: string): SmtpServer {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    auth: url.username
      ? { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) }
      : undefined,
  };
}

export interface Envelope {
  from: string;
  to: string[];
}

/** What became of a message on one connection; `lost`: the connection failed before `leave` was asked. */
export interface Handed {
  delivery: Delivery;
  lost: boolean;
}

const GOODBYE_MS = 2_000;
const MOST_MESSAGES = 100;
/** A server that says yes to a message which it has not seen. */
const OUT_OF_ORDER: SmtpFailure = { code: 'EPROTOCOL', command: 'CONN' };

/** One connection to the mail server. It carries one message at a time, and many after one another. */
export class SmtpSession {
  private carried = 0;

  private constructor(private readonly connection: SMTPConnection) {}

  /** Connects, greets and signs in. Rejects with nodemailer's error. */
  static open(server: SmtpServer): Promise<SmtpSession> {
    const connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.secure,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 60_000,
      socketCloseTimeout: 0,
    });
    return new Promise((resolve, reject) => {
      const fail = (cause: SmtpFailure) => {
        reject(Object.assign(new Error(nameOf(cause)), failureOf(cause))); // first: closing ends in here again
        connection.close();
      };
      connection.on('error', fail); // once it is open, whoever is sending is told by a callback, too
      connection.once('end', () => fail({ code: 'ECONNECTION', command: 'CONN' }));
      const ready = () => resolve(new SmtpSession(connection));
      connection.connect((error) => {
        if (error) fail(error);
        else if (!server.auth) ready();
        else connection.login(server.auth, (refusal) => (refusal ? fail(refusal) : ready()));
      });
    });
  }

  /** False once the connection is closed, or has carried as much as servers like. */
  get usable(): boolean {
    return !this.connection.destroyed && this.carried < MOST_MESSAGES;
  }

  /**
   * Sends one message. Its content is read only after the server asked for it (354), and then `leave` decides: yes, and the whole
   * message goes out; no, and the connection is broken off before the final dot, so that the server has to drop what it began.
   * Where `leave` throws, so does this, and nothing has left.
   */
  async deliver(envelope: Envelope, raw: Buffer, leave: () => Promise<boolean>): Promise<Handed> {
    this.carried += 1;
    let asked = () => {};
    const asksForContent = new Promise<'asked'>((resolve) => (asked = () => resolve('asked')));
    const content = new Readable({ read: () => asked() });
    let ended = false;
    const reply = new Promise<SmtpFailure | undefined>((resolve) => {
      // A copy: the client keeps its notes in the envelope, those of a failure, too.
      this.connection.send({ from: envelope.from, to: envelope.to }, content, (error) => {
        ended = true;
        resolve(error ?? undefined);
      });
    });
    const first = await Promise.race([asksForContent, reply]);
    if (first !== 'asked') return this.notAsked(first);
    let mayLeave = false;
    try {
      mayLeave = await leave();
    } finally {
      // A server that answered or went while we asked never saw the message, nor will it on this connection.
      if (!mayLeave || ended) this.connection.close();
    }
    if (!mayLeave) return { delivery: { kind: 'held' }, lost: false };
    if (ended) {
      const code = nameOf((await reply) ?? OUT_OF_ORDER);
      return { delivery: { kind: 'later', code, away: true }, lost: false };
    }
    content.push(raw);
    content.push(null);
    const failure = await reply;
    if (failure === undefined) return { delivery: { kind: 'sent' }, lost: false };
    await this.clear(failure);
    return { delivery: afterLeaving(failure), lost: false };
  }

  /** Says goodbye; a server that does not answer is left after two seconds. */
  end(): Promise<void> {
    if (this.connection.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const impatience = setTimeout(() => this.connection.close(), GOODBYE_MS);
      this.connection.once('end', () => {
        clearTimeout(impatience);
        resolve();
      });
      this.connection.quit();
    });
  }

  private async notAsked(failure: SmtpFailure | undefined): Promise<Handed> {
    const known = failure ?? OUT_OF_ORDER;
    await this.clear(known);
    return { delivery: beforeLeaving(known), lost: isOfConnection(known) };
  }

  /** Makes the connection fit for another message after a refusal, or closes it. */
  private async clear(failure: SmtpFailure): Promise<void> {
    if (failure.responseCode === undefined || isOfConnection(failure)) this.connection.close();
    if (this.connection.destroyed) return;
    await new Promise<void>((resolve) => {
      this.connection.once('end', resolve);
      this.connection.reset((error) => {
        this.connection.removeListener('end', resolve);
        if (error) this.connection.close();
        resolve();
      });
    });
  }
}

/** Of nodemailer's error what tells how it failed; its message may hold an address. */
const failureOf = ({ code, command, responseCode, response }: SmtpFailure): SmtpFailure => ({
  code,
  command,
  responseCode,
  response,
});
