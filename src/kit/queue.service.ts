import { BeforeApplicationShutdown, Inject, Injectable, OnApplicationShutdown } from '@nestjs/common';
import { createPostgresBackend, createRedisBackend, IQueueBackend, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { CONFIG, type Config } from './config.js';
import { errorCode } from './error-code.js';
import { faultOf, log } from './log.node.js';
import { migrateQueue } from './migrate.node.js';
import { handlersByName, Nudge, NudgeHandler } from './queue.js';

const QUEUE = 'onward';
/** PostgreSQL's words for a schema, a table or a function that is not there. */
const GONE = new Set(['3F000', '42P01', '42883']);
const PREFIX = '{onward}'; // one hash slot, so that a Redis Cluster serves it

/** A job whose process died is picked up within 20 s. One that was only slow may run twice, which is harmless. */
const CRASHED = { lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 5 };

/** How long a server that keeps the queue is waited for at the end: it may be away, and holds nothing that is owed. */
const FAREWELL_MS = 3000;

/** BullMQ over PostgreSQL, or over Redis where REDIS_URL is set. Disposable: what is owed stands in tables. */
@Injectable()
export class QueueService implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly queue: Queue;
  private readonly ending = new AbortController();
  private readonly running = new Set<Promise<void>>();
  private readonly closers: (() => Promise<unknown>)[] = [];
  private worker: Worker | undefined;

  constructor(@Inject(CONFIG) private readonly config: Config) {
    const { connection, factory } = this.connect();
    this.queue = new Queue(QUEUE, { connection, prefix: PREFIX } as never, factory as never);
    this.queue.on('error', warnOf('queue'));
  }

  get backend(): 'postgres' | 'redis' {
    return this.config.redisUrl ? 'redis' : 'postgres';
  }

  /**
   * Adds a nudge; the same nudge while the first one waits is one. Call after the commit, never inside a transaction. Where the queue
   * has lost its schema it gets it again: workers go on by themselves then.
   */
  async nudge({ name, ids }: Nudge): Promise<void> {
    const add = () =>
      this.queue.add(name, ids, {
        jobId: [name, ...Object.values(ids)].join('-').replaceAll(':', '_'),
        removeOnComplete: true,
        removeOnFail: true,
      });
    try {
      await add();
    } catch (cause) {
      if (!GONE.has(errorCode(cause) ?? '')) throw cause;
      await migrateQueue(this.config.databaseUrl);
      await add();
    }
  }

  /** Starts working jobs off. Unknown names and foreign payloads fail loudly in the log and are dropped. */
  work(handlers: NudgeHandler[], concurrency = 4): void {
    const byName = handlersByName(handlers);
    const { connection, factory } = this.connect();
    this.worker = new Worker(
      QUEUE,
      async (job) => {
        const handler = byName.get(job.name);
        if (!handler) throw new Error(`No handler for the job ${job.name}`);
        const work = handler.handle(job.data, this.ending.signal);
        this.running.add(work);
        await work.finally(() => this.running.delete(work));
      },
      { connection, prefix: PREFIX, concurrency, ...CRASHED } as never,
      factory as never,
    );
    this.worker.on('failed', (job, cause) =>
      log.error(
        { job: job?.name, error: faultOf(cause) },
        'a job failed; the sweep finds what is still owed',
      ),
    );
    this.worker.on('error', warnOf('worker'));
  }

  /** Jobs that wait or run now. */
  async pending(): Promise<number> {
    const counts = await this.queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async ping(): Promise<void> {
    await this.queue.getJobCounts('wait');
  }

  /** Empties the queue. Nothing is lost: the sweep finds what is owed. */
  async drop(): Promise<void> {
    await this.queue.obliterate({ force: true });
  }

  /** Stops taking jobs and lets those under way finish, while all that they use is still there. */
  async beforeApplicationShutdown(): Promise<void> {
    this.ending.abort();
    const closing = this.worker?.close();
    await Promise.allSettled(this.running);
    await atMost(FAREWELL_MS, closing);
  }

  async onApplicationShutdown(): Promise<void> {
    await atMost(FAREWELL_MS, this.queue.close());
    for (const close of this.closers) await atMost(FAREWELL_MS, close());
  }

  private connect(): { connection: unknown; factory: unknown } {
    if (this.config.redisUrl) {
      const redis = new Redis(this.config.redisUrl, { maxRetriesPerRequest: null });
      redis.on('error', warnOf('redis'));
      this.closers.push(async () => redis.disconnect()); // `quit` would wait for a server that is away
      return { connection: redis, factory: createRedisBackend };
    }
    // A pool of its own: BullMQ's tables are called job, event and meta, in a schema that no query of ours sees.
    const pool = new pg.Pool({
      connectionString: this.config.databaseUrl,
      options: '-c search_path=bullmq',
      keepAlive: true,
      max: 8,
      application_name: 'onward-queue',
    });
    pool.setMaxListeners(0);
    pool.on('error', warnOf('queue database'));
    // A busy connection whose server dies may say so twice, and the pool listens once: the process would end.
    pool.on('connect', (client) => void client.on('error', () => undefined));
    this.closers.push(() => pool.end());
    return {
      connection: pool,
      factory: createPostgresBackend as unknown as (...args: never[]) => IQueueBackend,
    };
  }
}

const warnOf = (where: string) => (cause: Error) =>
  log.warn(
    { where, error: cause.name, code: errorCode(cause) },
    'the queue has trouble; it tries again by itself',
  );

async function atMost(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => (timer = setTimeout(resolve, milliseconds)));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
