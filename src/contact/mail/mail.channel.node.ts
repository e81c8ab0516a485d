import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../kit/config.js';
import { type ChannelSender, type Delivery, type Message } from '../channel.js';
import { type Compose, composer } from './compose.node.js';
import { withFoot } from './foot.js';
import { SmtpPool } from './smtp-pool.node.js';
import { smtpServer } from './smtp-session.node.js';

/** E-mail. What is opened or clicked is not its business: there is no tracking of any kind. */
@Injectable()
export class MailChannel implements ChannelSender {
  readonly channel = 'email';
  readonly concurrency: number;
  private readonly compose: Compose;
  private readonly publicUrl: string;
  private readonly pool: SmtpPool;

  /** @throws DkimKeyUnreadable */
  constructor(@Inject(CONFIG) config: Config) {
    // The web role sends nothing, and need not have the key.
    this.compose = composer(config.role === 'web' ? { ...config, dkim: undefined } : config);
    this.publicUrl = config.publicUrl;
    this.concurrency = config.smtpConnections;
    this.pool = new SmtpPool(smtpServer(config.smtpUrl), config.smtpConnections);
  }

  /** Throws only what `leave` throws; then nothing has left. */
  async send(message: Message, leave: () => Promise<boolean>): Promise<Delivery> {
    if (!/^[^\s<>@]+@[^\s<>@]+$/.test(message.to)) return { kind: 'refused', code: 'smtp_EENVELOPE' };
    const letter = withFoot(message.letter, this.publicUrl, message.locale);
    const { envelope, raw } = await this.compose({ ...message, letter });
    return this.pool.deliver(envelope, raw, leave);
  }

  /** Waits for what is under way and closes the connections. */
  close(): Promise<void> {
    return this.pool.close();
  }
}
