import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { hashOf } from '../access/token.node.js';
import { Clock, dateOf } from '../kit/clock.js';
import { stopMessages } from './contact.queries.js';

/** Stops a channel's messages for whoever got a message. The answer is the same for every token: it tells nobody who is in the panel. */
@Injectable()
export class StopService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
  ) {}

  async stop(token: string): Promise<void> {
    await stopMessages(this.db, hashOf(token), 'email', dateOf(this.clock.now()));
  }
}
