import { fileURLToPath } from 'node:url';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../kit/config.js';
import { faultOf, log } from '../../kit/log.node.js';
import { isDatabaseAway } from '../../kit/sql.js';
import { BounceService } from './bounce.service.js';
import { readImap } from './imap.node.js';
import { readMaildir } from './maildir.node.js';

/** The mailbox in which bounces and complaints arrive. One process at a time reads it. */
@Injectable()
export class BounceMailbox {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(BounceService) private readonly bounces: BounceService,
  ) {}

  /**
   * Takes all that nobody has taken yet. A message that cannot be taken stays unseen, and the others get their turn; while a database
   * is away none can, so nothing more is tried.
   * @returns how many were taken; 0 where no mailbox is configured
   */
  async read(): Promise<number> {
    const address = this.config.bounceMailbox;
    if (address === undefined) return 0;
    const take = (raw: Buffer) => this.taken(raw);
    return address.startsWith('file:') ? readMaildir(fileURLToPath(address), take) : readImap(address, take);
  }

  private async taken(raw: Buffer): Promise<boolean> {
    try {
      await this.bounces.take(raw);
      return true;
    } catch (cause) {
      if (isDatabaseAway(cause)) throw cause;
      log.error(
        { error: faultOf(cause) },
        'a message of the bounce mailbox could not be taken and stays unread',
      );
      return false;
    }
  }
}
