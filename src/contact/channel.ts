import { type Channel } from '../study/channel.js';

/** A letter filled in for one person. */
export interface RenderedLetter {
  subject: string;
  text: string;
  /** The letter alone, without the shell that a mail puts around it. */
  html: string;
}

/** A message that is ready to leave. */
export interface Message {
  /** The address, as the vault has it. */
  to: string;
  /** The same for every try of one message, such as `<1f…@host>`. */
  messageId: string;
  locale: string;
  letter: RenderedLetter;
  /** Undefined only for a link that the person asked for. */
  unsubscribeUrl: string | undefined;
}

/**
 * What became of a message. `held`: it may not leave any more, and has not. `refused`: no for good; with `trouble`, the address
 * itself takes nothing. `later`: it was not taken and has not arrived; `away` where that is the server's state, not this
 * message's, and how long the server wants to be left alone, where it said so. `unknown`: it left, and nobody said whether it arrived.
 */
export type Delivery =
  | { kind: 'sent' }
  | { kind: 'held' }
  | { kind: 'refused'; code: string; trouble?: 'bounced' | 'blocked' }
  | { kind: 'later'; code: string; away: boolean; retryAfterSeconds?: number }
  | { kind: 'unknown'; code: string };

/** One way of reaching people. */
export interface ChannelSender {
  readonly channel: Channel;
  /** How many messages of one process may be on their way at once. */
  readonly concurrency: number;
  /**
   * Goes as far as it can without the message, asks `leave` once, and hands the message over only where the answer is yes. Where
   * it cannot get that far, `leave` is not asked.
   */
  send(message: Message, leave: () => Promise<boolean>): Promise<Delivery>;
  close(): Promise<void>;
}
