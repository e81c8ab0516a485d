import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { AppModule } from '../../src/app.module.js';
import { SystemClock } from '../../src/kit/clock.node.js';
import { readConfig } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { log } from '../../src/kit/log.node.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { addPeople, loadStudy, openWave } from '../make/app.js';
import { testDatabase } from '../make/postgres.js';
import { killAll, launch, type Running, until } from '../make/processes.js';
import { type CountingSink, startCountingSink } from './sink.js';
import { type Attempt, type Figures, figuresOf } from './figures.js';

const STEP = 'invitation';
/** Of so many members one has stopped all messages, so that not every message is one that leaves. */
const STOPPED_EVERY = 50;
const READY = '"msg":"ready"';

/** Members to invite, workers of the built application to do it, and a mail server that counts. */
export interface Campaign {
  env: Record<string, string>;
  sink: CountingSink;
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Starts one more worker. */
  worker(): Promise<Running>;
  /** Starts some workers, and waits until each takes work. */
  workers(count: number): Promise<Running[]>;
  /** Says that something may be due, as the sweep does every ten seconds: a lane more is one more to work it off. */
  nudge(lanes?: number): Promise<void>;
  /** Messages that are planned and in nobody's hands, and those in somebody's. */
  open(): Promise<{ waiting: number; claimed: number; leaving: number }>;
  /** Ends all leases, and the connections of workers that stand still with their transactions, as a minute does. */
  lapse(): Promise<void>;
  /** Counts everything; to be asked when no worker runs any more. */
  count(seconds: number): Promise<Figures>;
  close(): Promise<void>;
}

/** Plans an invitation for each member, due now and allowed now by their clocks. */
export async function startCampaign(
  members: number,
  moreEnv: Record<string, string> = {},
): Promise<Campaign> {
  log.level = 'silent';
  const database = await testDatabase();
  const sink = await startCountingSink();
  const env = {
    DATABASE_URL: database.url,
    VAULT_DATABASE_URL: database.vaultUrl,
    VAULT_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: 'http://127.0.0.1:1',
    SENDS_PER_MINUTE: '600000',
    ...moreEnv,
  };
  await invite(env, members);
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined); // dropped with the database
  await client.connect();
  const query = async <Row extends object>(sql: string, values?: unknown[]) =>
    (await client.query<Row>(sql, values)).rows;
  await query(
    `INSERT INTO message_stop (member_id, channel, purpose, stopped_on)
     SELECT id, 'email', 'all', current_date FROM (SELECT id, row_number() OVER (ORDER BY id) AS nr FROM member) AS m
     WHERE nr % $1 = 0`,
    [STOPPED_EVERY],
  );
  const queue = new QueueService(readConfig(env));
  let lane = 0;
  const worker = async () =>
    launch({
      ...env,
      ONWARD_ROLE: 'worker',
      PORT: String(await findFreePort()),
      LOG_LEVEL: 'info',
      PATH: process.env['PATH'] ?? '',
    });
  return {
    env,
    sink,
    query,
    worker,
    async workers(count) {
      const running = await Promise.all(Array.from({ length: count }, worker));
      await Promise.all(running.map((one) => one.says(READY, 60)));
      return running;
    },
    async nudge(lanes = 4) {
      for (let each = 0; each < lanes; each += 1)
        await queue.nudge({ name: 'contact.email', ids: { lane: `fault-${(lane += 1)}` } });
    },
    async open() {
      const [row] = await query<{ waiting: number; claimed: number; leaving: number }>(
        `SELECT count(*) FILTER (WHERE state = 'planned' AND claim IS NULL)::int AS waiting,
                count(*) FILTER (WHERE state = 'planned' AND claim IS NOT NULL)::int AS claimed,
                count(*) FILTER (WHERE state = 'sending')::int AS leaving
         FROM contact_attempt WHERE step = $1`,
        [STEP],
      );
      return row ?? { waiting: 0, claimed: 0, leaving: 0 };
    },
    lapse: async () => {
      await query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = 'onward-main'`,
      );
      await query(
        `UPDATE contact_attempt SET due_at = now() WHERE state = 'planned' AND claim IS NOT NULL AND step = $1`,
        [STEP],
      );
    },
    async count(seconds) {
      const attempts = await query<Attempt>('SELECT state, message_id FROM contact_attempt WHERE step = $1', [
        STEP,
      ]);
      return figuresOf(attempts, sink.arrivals, seconds);
    },
    async close() {
      await killAll();
      await queue.onApplicationShutdown();
      await client.end();
      await sink.close();
      await database.drop();
    },
  };
}

export const isReady = (worker: Running): boolean => worker.output().includes(READY);

/** Ends processes as a crash does, and waits until the database knows that they are gone. */
export async function crash(campaign: Campaign, workers: readonly Running[]): Promise<void> {
  for (const worker of workers) worker.signal('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  await until('the database knows that they are gone', async () => {
    const left = await campaign.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'onward-main'`,
    );
    return left.length === 0;
  });
}

/** Waits until every message was decided about and every one that left was settled. */
export async function settled(campaign: Campaign, seconds: number, meanwhile?: () => Promise<void>) {
  await until(
    'nothing is planned and nothing is leaving',
    async () => {
      await meanwhile?.();
      const { waiting, claimed, leaving } = await campaign.open();
      return waiting + claimed + leaving === 0;
    },
    seconds,
  );
}

/** Loads the study, adds the members and opens the first wave, by the services that the command line calls. */
async function invite(env: Record<string, string>, members: number): Promise<void> {
  const app = await NestFactory.createApplicationContext(
    AppModule.for(readConfig(env), new SystemClock(), 'cli'),
    { logger: false, abortOnError: false },
  );
  try {
    const services = <T>(token: unknown): T => app.get(token as never, { strict: false });
    const study = await loadStudy(services as never);
    const timeZone = earlyAfternoon();
    await addPeople(
      services as never,
      study,
      Array.from({ length: members }, () => ({ timeZone })),
    );
    await openWave(services as never, study);
  } finally {
    await app.close();
  }
}

/** A time zone in which it is between 13:00 and 14:00 now. */
function earlyAfternoon(): string {
  const hoursBehind = new Date().getUTCHours() - 13;
  return `Etc/GMT${hoursBehind < 0 ? '' : '+'}${hoursBehind}`; // POSIX: plus is west
}
