import { type Delivery } from '../channel.js';
import { recipientVerdict, statusIn } from './status-code.js';

/** What is known of a failure of an SMTP conversation: nodemailer's error. */
export interface SmtpFailure {
  /** A name such as ECONNECTION. */
  code?: string | undefined;
  /** The command that was answered, `CONN` for the connection, `API` for the client itself. */
  command?: string | undefined;
  /** What the server said; without it the failure is the connection's. */
  responseCode?: number | undefined;
  response?: string | undefined;
}

const CLOSING = 421;
/** Replies that speak of the session (closing, out of order, not signed in), whatever they answer. */
const OF_THE_SESSION = new Set([CLOSING, 503, 530, 535, 538]);

export const nameOf = ({ responseCode, code }: SmtpFailure): string =>
  `smtp_${responseCode ?? code ?? 'ERROR'}`;

/** True where the connection failed and not the message: nothing was said about it. */
export const isOfConnection = ({ command, responseCode, code }: SmtpFailure): boolean =>
  code === 'ECONNECTION' ||
  (command !== 'API' &&
    (responseCode === undefined || OF_THE_SESSION.has(responseCode) || command === 'CONN'));

/** What became of a message that never left, because the conversation ended before its content was asked for. */
export function beforeLeaving(failure: SmtpFailure): Delivery {
  const code = nameOf(failure);
  const reply = failure.responseCode;
  if (isOfConnection(failure)) return { kind: 'later', code, away: true };
  if (reply === undefined) return { kind: 'refused', code }; // the client itself takes no such envelope
  if (reply < 500) return { kind: 'later', code, away: false };
  if (failure.command === 'MAIL FROM') return { kind: 'later', code, away: true }; // our sender: everybody's
  if (failure.command !== 'RCPT TO') return { kind: 'refused', code };
  const words = failure.response ?? '';
  const verdict = recipientVerdict({ status: statusIn(words), reply, words });
  if (verdict === 'soft') return { kind: 'later', code, away: false };
  return verdict === 'bounced' ? { kind: 'refused', code, trouble: 'bounced' } : { kind: 'refused', code };
}

/** What became of a message whose content was handed over: only a server's reply tells. */
export function afterLeaving(failure: SmtpFailure): Delivery {
  const code = nameOf(failure);
  const reply = failure.responseCode;
  if (reply === undefined || reply < 400) return { kind: 'unknown', code };
  return reply >= 500 ? { kind: 'refused', code } : { kind: 'later', code, away: reply === CLOSING };
}
