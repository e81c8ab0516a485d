import { Inject, Injectable } from '@nestjs/common';
import { errorCode } from '../../kit/error-code.js';
import { type ChannelSender, type Delivery, type Message } from '../channel.js';
import { TelegramBot } from './bot.node.js';
import { agentOver, openConnection } from './connection.node.js';
import { deliveryAfter } from './fault.js';

const CONNECT_MS = 10_000;

/**
 * Telegram: plain text, no previews. Each message has a connection of its own, open before it is asked whether the message may leave:
 * what fails before has certainly not left, and an old connection that the server has just closed cannot make it unknown.
 */
@Injectable()
export class TelegramChannel implements ChannelSender {
  readonly channel = 'telegram';
  readonly concurrency = 4;

  constructor(@Inject(TelegramBot) private readonly bot: TelegramBot) {}

  /** Whether this process can send by Telegram at all. */
  get configured(): boolean {
    return this.bot.configured;
  }

  async send({ to, letter }: Message, leave: () => Promise<boolean>): Promise<Delivery> {
    if (!this.configured) return later('telegram_off');
    const { apiRoot } = this.bot;
    let socket;
    try {
      socket = await openConnection(apiRoot, CONNECT_MS);
    } catch (cause) {
      return later(`telegram_${errorCode(cause) ?? 'no_connection'}`);
    }
    const agent = agentOver(apiRoot, socket);
    try {
      if (!(await leave())) return { kind: 'held' };
      if (!socket.writable) return later('telegram_hung_up'); // nothing was written yet
      const text = `${letter.subject}\n\n${letter.text.trim()}`;
      const answer = await this.bot.send(to, text, agent);
      return answer.ok ? { kind: 'sent' } : deliveryAfter(answer.fault);
    } finally {
      agent.destroy();
      socket.destroy();
    }
  }

  /** Keeps nothing open between messages. */
  async close(): Promise<void> {}
}

const later = (code: string): Delivery => ({ kind: 'later', code, away: true });
