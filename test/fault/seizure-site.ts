import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { AppModule } from '../../src/app.module.js';
import { type Services } from '../../src/kit/cli.js';
import { SystemClock } from '../../src/kit/clock.node.js';
import { readConfig } from '../../src/kit/config.js';
import { startEmbeddedPostgres } from '../../src/kit/embedded-postgres.node.js';
import { signal } from '../../src/kit/embedded-process.node.js';
import { log } from '../../src/kit/log.node.js';
import { migrate } from '../../src/kit/migrate.node.js';
import { provisionDatabases } from '../../src/kit/provision.node.js';
import { type BotApiServer, botApiServer } from '../make/bot-api-server.js';
import { prepareSite, type Running, type Site, startServer } from '../make/processes.js';

export const INBOUND_KEY = 'inbound-key-of-this-test';
export const WEBHOOK_SECRET = 'webhook-secret-of-this-test';
export const BOUNCES = 'bounces@synthetic.example';

/** An operator who logs all that can be logged: every statement with its parameters. */
const TALKATIVE = {
  log_min_duration_statement: '0',
  log_min_error_statement: 'debug1',
  log_min_messages: 'info',
};

/** A running installation, and the folder in which a thief finds all of it: data, logs, temporary files. No key lies in there. */
export interface SeizureSite extends Site {
  folder: string;
  web: Running;
  worker: Running;
  bot: BotApiServer;
  services: Services;
  /** A connection of the superuser to one of the two databases. */
  admin(database: 'onward' | 'onward_vault'): Promise<pg.Client>;
  /** Something that somebody wrote into the logs, such as the output of a command. */
  logged(name: string, text: string): Promise<void>;
  /** Ends the processes, writes their logs and a dump of both databases into the folder, and stops PostgreSQL. */
  seize(): Promise<void>;
  /** Starts PostgreSQL again, and stops it after some work: what was done in between is in the folder then. */
  meanwhile(work: () => Promise<void>): Promise<void>;
}

export async function seizureSite(): Promise<SeizureSite> {
  log.level = 'silent';
  const folder = await mkdtemp(join(tmpdir(), 'onward-seizure-'));
  await chmod(folder, 0o711); // the server may run as another user
  for (const part of ['data', 'logs', 'dump', 'temporary']) await mkdir(join(folder, part));
  await chmod(join(folder, 'data'), 0o711);
  const dataDir = join(folder, 'data', 'postgres');
  const settings = TALKATIVE;
  let server = await startEmbeddedPostgres({ dataDir, settings });
  const { port } = server;
  const orphaned = () => void signal(server.pid, 'SIGQUIT');
  process.once('exit', orphaned); // a run that is broken off leaves none behind
  const kept = await mkdtemp(join(tmpdir(), 'onward-kept-')); // what the thief does not get
  const { url, ownerUrl, vaultUrl } = await provisionDatabases(server, join(kept, 'secrets.json'));
  await migrate(url, vaultUrl, ownerUrl);
  const admin = async (database: string) => {
    const client = new pg.Client({ connectionString: server.url(database) });
    client.on('error', () => undefined); // stopped with the server
    await client.connect();
    return client;
  };
  for (const database of DATABASES) await uncompressed(await admin(database));
  const bot = await botApiServer();
  const site = await prepareSite({
    databases: { url, vaultUrl, drop: () => Promise.resolve() },
    env: {
      SENDS_PER_MINUTE: '600000',
      TRUSTED_PROXIES: '1',
      MAIL_BOUNCES: BOUNCES,
      INBOUND_KEY,
      TELEGRAM_TOKEN: bot.token,
      TELEGRAM_BOT: 'onward_test_bot',
      TELEGRAM_API_ROOT: bot.root,
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TMPDIR: join(folder, 'temporary'),
      PATH: process.env['PATH'] ?? '',
    },
  });
  const app = await NestFactory.createApplicationContext(
    AppModule.for(readConfig(site.env), new SystemClock(), 'cli'),
    { logger: false, abortOnError: false },
  );
  const web = await startServer(await site.role('web'));
  const worker = await startServer(await site.role('worker'));
  const logged = (name: string, text: string) => writeFile(join(folder, 'logs', `${name}.log`), text);
  let isOpen = true;
  const closeApp = async () => {
    if (isOpen) await app.close();
    isOpen = false;
  };
  return {
    ...site,
    folder,
    web,
    worker,
    bot,
    services: (token) => app.get(token as never, { strict: false }),
    admin,
    logged,
    async seize() {
      for (const one of [web, worker]) one.signal('SIGTERM');
      await Promise.all([web.ended, worker.ended]);
      await logged('web', web.output());
      await logged('worker', worker.output());
      await closeApp();
      for (const database of DATABASES) await dump(await admin(database), join(folder, 'dump', database));
      await server.stop('fast');
    },
    async meanwhile(work) {
      server = await startEmbeddedPostgres({ dataDir, settings, port });
      await work();
      for (const database of DATABASES) await dump(await admin(database), join(folder, 'dump', database));
      await server.stop('fast');
    },
    async close() {
      await closeApp();
      await site.close();
      await bot.close();
      await server.stop('immediate');
      process.off('exit', orphaned);
      for (const each of [folder, kept]) await rm(each, { recursive: true, force: true });
    },
  };
}

const DATABASES = ['onward', 'onward_vault'] as const;

/** Compressed values could hide from the scan what they do not hide from a thief. */
async function uncompressed(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ sql: string }>(
    `SELECT format('ALTER TABLE %s %s', attrelid::regclass, string_agg(format('ALTER %I SET STORAGE EXTERNAL', attname), ', ')) AS sql
     FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
     WHERE attstorage = 'x' AND NOT attisdropped AND relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
     GROUP BY attrelid`,
  );
  for (const { sql } of rows) await client.query(sql);
  await client.end();
}

/** Every table of every schema, the queue's too, as `COPY` writes it. */
async function dump(client: pg.Client, path: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT c.oid::regclass::text AS name FROM pg_class c
     WHERE relkind = 'r' AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
       AND relpersistence <> 't' AND relnamespace::regnamespace::text NOT LIKE 'pg_%' ORDER BY 1`,
  );
  for (const { name } of rows)
    await pipeline(
      client.query(copyTo(`COPY ${name} TO STDOUT`)),
      createWriteStream(`${path}.${name.replaceAll('"', '')}.copy`),
    );
  await client.end();
}
