import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { faultOf, log } from '../../kit/log.node.js';
import { isDatabaseAway } from '../../kit/sql.js';
import { TelegramBot } from './bot.node.js';
import { UpdateService } from './update.service.js';

/** Whoever holds this lock asks for updates; Telegram refuses a second one. */
const POLLING_LOCK = 7_215_011;
/** How soon another process takes over from one that ended. */
const TAKE_OVER_MS = 2000;
/** The longest pause after Telegram failed, doubled from a second on. */
const LONGEST_PAUSE_SECONDS = 60;
/** The database ends a transaction that says nothing for a minute. */
const SIGN_OF_LIFE_SECONDS = 20;

/** The connection whose open transaction holds the lock. @throws once it is lost */
type SignOfLife = () => Promise<void>;

/**
 * Asks Telegram for updates: of all processes one, by a lock of a transaction that it keeps open. The database lets go of it when that
 * process dies, also behind a pooler that hands out connections a transaction at a time. Two askers for a moment would do no harm:
 * each update counts once.
 */
@Injectable()
export class PollingService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ending = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(TelegramBot) private readonly bot: TelegramBot,
    @Inject(UpdateService) private readonly updates: UpdateService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.bot.polls) this.work = this.run();
  }

  /** Lets the update under way finish; those that were not confirmed come again, and count once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    await this.work;
  }

  private async run(): Promise<void> {
    while (!this.ended) {
      try {
        await this.holding((alive) => this.ask(alive));
      } catch (cause) {
        log.warn({ error: faultOf(cause) }, 'asking for updates was cut off; it is tried again');
      }
      await this.rest(TAKE_OVER_MS / 1000);
    }
  }

  /** Does the work while this process holds the lock; returns at once where another one does. */
  private async holding(work: (alive: SignOfLife) => Promise<void>): Promise<void> {
    const holder = this.db.createQueryRunner();
    try {
      await holder.startTransaction();
      const rows = (await holder.query('SELECT pg_try_advisory_xact_lock($1) AS held', [POLLING_LOCK])) as {
        held: boolean;
      }[];
      if (rows[0]?.held) await work(async () => void (await holder.query('SELECT 1')));
    } finally {
      // Also after a failure: a connection that went back with its transaction open would keep the lock.
      if (holder.isTransactionActive) await holder.rollbackTransaction().finally(() => holder.release());
      else await holder.release();
    }
  }

  private async ask(alive: SignOfLife): Promise<void> {
    const unset = await this.bot.deleteWebhook(this.ending.signal);
    if (!unset.ok)
      log.warn({ code: unset.fault.code }, 'Telegram could not be told that updates are asked for');
    let offset: number | undefined;
    for (let failures = 0; !this.ended;) {
      const answer = await this.bot.updates(offset, this.ending.signal);
      if (this.ended) return;
      await alive();
      if (!answer.ok) {
        const { code, status, retryAfterSeconds } = answer.fault;
        log.warn({ code }, 'Telegram gave no updates; it is asked again');
        if (status === 409) return; // another one asks, or a webhook was set: begin anew
        failures += 1;
        await this.rest(retryAfterSeconds ?? Math.min(2 ** (failures - 1), LONGEST_PAUSE_SECONDS), alive);
        continue;
      }
      failures = 0;
      for (const update of answer.result) {
        if (this.ended) return;
        await this.take(update);
        await alive();
        offset = update.update_id + 1;
      }
    }
  }

  /** An update that cannot be worked off for a reason of its own is left out, so that it holds up no other. */
  private async take(update: unknown): Promise<void> {
    try {
      await this.updates.takeUpdate(update);
    } catch (cause) {
      if (isDatabaseAway(cause)) throw cause;
      log.error({ error: faultOf(cause) }, 'an update from Telegram could not be worked off');
    }
  }

  private async rest(seconds: number, alive?: SignOfLife): Promise<void> {
    for (let left = seconds; left > 0 && !this.ended; left -= SIGN_OF_LIFE_SECONDS) {
      const signal = this.ending.signal;
      await sleep(Math.min(left, SIGN_OF_LIFE_SECONDS) * 1000, undefined, { signal }).catch(() => undefined);
      await alive?.();
    }
  }

  private get ended(): boolean {
    return this.ending.signal.aborted;
  }
}
