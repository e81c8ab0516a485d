import { createTransport, type Transporter } from 'nodemailer';
import { type RenderedLetter } from './letter.js';

export interface Mail {
  to: string;
  from: string;
  letter: RenderedLetter;
  messageId: string;
  unsubscribeUrl: string;
}

/**
 * What became of a message. `refused`: the server said no for good, with `bounced` to the address itself; `later`: it was not
 * taken, try again; `unknown`: the connection broke after the message was handed over, so it may have arrived.
 */
export type Delivery =
  | { kind: 'sent' }
  | { kind: 'refused'; code: string; bounced: boolean }
  | { kind: 'later' | 'unknown'; code: string };

/** A pooled SMTP client. No tracking of any kind: what is opened or clicked is not the mail's business. */
export class Mailer {
  private readonly transport: Transporter;

  constructor(smtpUrl: string, perMinute: number) {
    const url = new URL(smtpUrl);
    this.transport = createTransport({
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'smtps:' ? 465 : 587)),
      secure: url.protocol === 'smtps:',
      ...(url.username
        ? { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }
        : {}),
      pool: true,
      maxConnections: 5,
      rateDelta: 1000,
      rateLimit: Math.max(1, Math.round(perMinute / 60)),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 60_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  async send(mail: Mail): Promise<Delivery> {
    try {
      await this.transport.sendMail({
        to: mail.to,
        from: mail.from,
        subject: mail.letter.subject,
        text: mail.letter.text,
        html: mail.letter.html,
        messageId: mail.messageId,
        headers: {
          'List-Unsubscribe': `<${mail.unsubscribeUrl}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          'Auto-Submitted': 'auto-generated',
        },
      });
      return { kind: 'sent' };
    } catch (cause) {
      return deliveryOf(cause);
    }
  }

  close(): void {
    this.transport.close();
  }
}

const NEVER_HANDED_OVER = new Set(['EDNS', 'EAUTH', 'ETLS', 'ENOTFOUND', 'ECONNREFUSED']);
const BEFORE_HELLO = new Set(['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT']);

/**
 * Reads nodemailer's error. A server's answer tells what became of the message; a connection that was never made tells
 * that it did not leave. Everything else may have happened after the hand-over, and counts as unknown.
 */
function deliveryOf(cause: unknown): Delivery {
  const { code, command, responseCode, syscall, timeoutType } = cause as {
    code?: string;
    command?: string;
    responseCode?: number;
    syscall?: string;
    timeoutType?: string;
  };
  const name = `smtp_${responseCode ?? code ?? 'ERROR'}`;
  const toTheMessage = ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command ?? '');
  if (responseCode !== undefined && responseCode >= 500 && toTheMessage)
    return { kind: 'refused', code: name, bounced: command === 'RCPT TO' };
  if (responseCode !== undefined) return { kind: 'later', code: name };
  if (code === 'EENVELOPE') return { kind: 'refused', code: name, bounced: false };
  if (syscall === 'connect' || NEVER_HANDED_OVER.has(code ?? '') || BEFORE_HELLO.has(timeoutType ?? ''))
    return { kind: 'later', code: name };
  return { kind: 'unknown', code: name };
}
