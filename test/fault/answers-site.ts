import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { newToken } from '../../src/access/token.node.js';
import { AppModule } from '../../src/app.module.js';
import { type Services } from '../../src/kit/cli.js';
import { addDays } from '../../src/kit/clock.js';
import { SystemClock } from '../../src/kit/clock.node.js';
import { readConfig } from '../../src/kit/config.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/kit/embedded-postgres.node.js';
import { findFreePort, leftBehindIn, signal, worksIn } from '../../src/kit/embedded-process.node.js';
import { log } from '../../src/kit/log.node.js';
import { migrate } from '../../src/kit/migrate.node.js';
import { provisionDatabases } from '../../src/kit/provision.node.js';
import { type Study } from '../../src/study/study.service.js';
import { addPeople, loadStudy, openWave } from '../make/app.js';
import { killAll, launch, type Running } from '../make/processes.js';
import { WAVE_A } from '../make/wave-a-answers.js';
import {
  answerFigures,
  type AnswerFigures,
  type Ledger,
  STORED_CASES,
  type StoredCase,
} from './answers-figures.js';

/** Someone with the links that their invitation would hold. */
export interface Invited {
  memberId: string;
  token: string;
  stopToken: string;
}

/** Something that is started again whenever it has ended, as a supervisor does. */
export interface Kept {
  name: string;
  /** Ends it as a crash does, and has it started again. */
  crash(): Promise<void>;
  isReady(): boolean;
}

export interface KeptPostgres extends Kept {
  folder: string;
  /** Its processes stand still until the result is called; connections stay open meanwhile, as with a host that hangs. */
  freeze(): () => void;
  /** Stops it in order and starts it again. */
  restart(): Promise<void>;
  /** Starts it again where it has ended by itself. */
  revive(): Promise<void>;
}

/** An installation of the built application with a PostgreSQL of its own and people who were invited. */
export interface AnswersSite {
  env: Record<string, string>;
  study: Study;
  people: Invited[];
  /** Addresses of the web processes. */
  urls: string[];
  processes: Kept[];
  postgres: KeptPostgres;
  services: Services;
  /** Rows of the main database, of its superuser. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Counts everything once all is quiet. */
  count(ledger: Ledger, seconds: number): Promise<AnswerFigures>;
  close(): Promise<void>;
}

export interface SiteSize {
  people: number;
  webs?: number;
  workers?: number;
  /** Where the data folder is made; default: among temporary files. */
  within?: string;
  settings?: Record<string, string>;
}

/** Makes databases, loads the study, invites the people by rows as a worker leaves them, and starts the processes. */
export async function answersSite(size: SiteSize): Promise<AnswersSite> {
  log.level = 'silent';
  const folder = await mkdtemp(join(size.within ?? tmpdir(), 'onward-answers-'));
  await chmod(folder, 0o711); // the server may run as another user
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    for (const each of closing.reverse()) await each();
    await killAll();
  };
  try {
    const data = join(folder, 'data');
    await mkdir(data);
    await chmod(data, 0o711);
    const postgres = await keptPostgres(join(data, 'postgres'), size.settings ?? {});
    closing.push(() => postgres.stop());
    const { url, ownerUrl, vaultUrl } = await provisionDatabases(
      postgres.server(),
      join(folder, 'secrets.json'),
    );
    const env = {
      DATABASE_URL: url,
      DATABASE_OWNER_URL: ownerUrl,
      VAULT_DATABASE_URL: vaultUrl,
      VAULT_MASTER_KEY: randomBytes(32).toString('base64'),
      STAFF_SECRET: randomBytes(32).toString('base64'),
      SMTP_URL: `smtp://127.0.0.1:${await findFreePort()}`, // nobody is written to here
      MAIL_FROM: 'Panel <panel@synthetic.example>',
      PUBLIC_URL: 'http://127.0.0.1:1',
      LOG_LEVEL: 'info',
      PATH: process.env['PATH'] ?? '',
    };
    await migrate(url, vaultUrl, ownerUrl);
    const app = await NestFactory.createApplicationContext(
      AppModule.for(readConfig(env), new SystemClock(), 'cli'),
      { logger: false, abortOnError: false },
    );
    closing.push(() => app.close());
    const services: Services = (token) => app.get(token as never, { strict: false });
    const query = patientQueries(postgres.server().url('onward'));
    closing.push(query.end);
    const { study, people } = await invited(services, query.ask, size.people, new Date());
    const start = async (name: string, role: string) => {
      const kept = await keptProcess(name, { ...env, ONWARD_ROLE: role });
      closing.push(() => kept.stop());
      return kept;
    };
    const webs = await Promise.all(
      Array.from({ length: size.webs ?? 2 }, (_, nr) => start(`web ${nr + 1}`, 'web')),
    );
    const workers = await Promise.all(
      Array.from({ length: size.workers ?? 0 }, () => start('worker', 'worker')),
    );
    const processes = [...webs, ...workers];
    await ready(processes);
    return {
      env,
      study,
      people,
      urls: webs.map(({ url: at }) => at),
      processes,
      postgres,
      services,
      query: query.ask,
      async count(ledger, seconds) {
        const cases = await query.ask<StoredCase>(STORED_CASES);
        const figures = answerFigures(ledger, cases, WAVE_A, study.file.consents, seconds);
        const unexpected = webs.concat(workers).flatMap((each) => each.unexpected());
        return { ...figures, faults: [...figures.faults, ...unexpected] };
      },
      close,
    };
  } catch (cause) {
    await close();
    throw cause;
  }
}

/** Waits until everything that was started takes requests. */
export async function ready(kept: readonly Kept[], seconds = 90): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(20))
    if (kept.every((each) => each.isReady())) return;
  throw new Error(
    `Not ready within ${seconds} s: ${kept.filter((each) => !each.isReady()).map(({ name }) => name)}`,
  );
}

async function keptProcess(name: string, env: Record<string, string>) {
  const port = await findFreePort();
  const mine = { ...env, PORT: String(port) };
  let running: Running = launch(mine);
  let isStopping = false;
  const unexpected: string[] = [];
  const watch = (one: Running) =>
    void one.ended.then(async () => {
      unexpected.push(...unexpectedIn(one.output()));
      await pause(100);
      if (isStopping) return;
      running = launch(mine);
      watch(running);
    });
  watch(running);
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    isReady: () => running.output().includes('"msg":"ready"'),
    /** What this process and those before it logged as failures that nobody foresaw. */
    unexpected: () => [...unexpected, ...unexpectedIn(running.output())],
    async crash() {
      const victim = running;
      victim.signal('SIGKILL');
      await victim.ended;
    },
    async stop() {
      isStopping = true;
      const last = running;
      last.signal('SIGKILL');
      await last.ended;
    },
  };
}

const unexpectedIn = (output: string) =>
  output.split('\n').filter((line) => line.includes('"msg":"unexpected failure"'));

/** A server that keeps its address however often it is started. */
async function keptPostgres(dataDir: string, settings: Record<string, string>) {
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir, settings });
  let isUp = true;
  const { port } = server;
  const orphaned = () => void signal(server.pid, 'SIGQUIT');
  process.once('exit', orphaned); // a run that is broken off leaves none behind
  const again = async () => {
    server = await startEmbeddedPostgres({ dataDir, settings, port });
    isUp = true;
  };
  return {
    name: 'postgres',
    folder: dataDir,
    server: () => server,
    isReady: () => isUp,
    freeze() {
      const all = leftBehindIn(dataDir);
      for (const pid of all) signal(pid, 'SIGSTOP');
      return () => void all.forEach((pid) => signal(pid, 'SIGCONT'));
    },
    async crash() {
      isUp = false;
      await server.kill();
      await again();
    },
    async restart() {
      isUp = false;
      await server.stop('fast');
      await again();
    },
    async revive() {
      if (worksIn(server.pid, dataDir)) return;
      isUp = false;
      await server.kill();
      await again();
    },
    async stop() {
      process.off('exit', orphaned);
      await server.stop('immediate');
    },
  };
}

/** Questions of the test itself, asked again over a fresh connection where the server went away meanwhile. */
function patientQueries(url: string) {
  const pool = new pg.Pool({ connectionString: url, max: 2 });
  pool.on('error', () => undefined); // an idle connection whose server was killed; the next question opens another
  pool.on('connect', (client) => void client.on('error', () => undefined)); // a busy one may say so twice
  return {
    async ask<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> {
      for (let attempt = 0; ; attempt += 1) {
        try {
          return (await pool.query<Row>(sql, values)).rows;
        } catch (cause) {
          if (attempt === 20) throw cause;
          await pause(250);
        }
      }
    },
    end: () => pool.end(),
  };
}

/**
 * Loads the study, opens its first wave and invites people by rows as a worker leaves them. Nothing more falls due for weeks: what is
 * tried here are answers.
 */
export async function invited(services: Services, query: AnswersSite['query'], count: number, now: Date) {
  const study = await loadStudy(services);
  const ids = await addPeople(
    services,
    study,
    Array.from({ length: count }, () => ({})),
  );
  const thanks = [{ step: 'thanks', kind: 'thanks', afterDays: 2, letter: 'thanks' }];
  await query(
    `UPDATE wave SET definition = jsonb_set(definition, '{contactPlan}', definition -> 'contactPlan' || $1::jsonb)
     WHERE study_id = $2 AND letter = 'a'`,
    [JSON.stringify(thanks), study.id],
  );
  const { wave } = await openWave(services, study);
  await query(
    `UPDATE contact_attempt SET state = CASE step WHEN 'invitation' THEN 'sent' ELSE state END,
       sent_at = CASE step WHEN 'invitation' THEN $2::timestamptz END, falls_due_at = $1, due_at = $1`,
    [addDays(now, 20), now],
  );
  await query(`UPDATE issued_case SET state = 'invited'`);
  const links = ids.map((memberId) => ({ memberId, link: newToken(), stop: newToken() }));
  await query(
    `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash)
     SELECT t.hash, t.member_id, $1, 'invitation', t.stop FROM unnest($2::bytea[], $3::uuid[], $4::bytea[]) AS t(hash, member_id, stop)`,
    [wave.id, links.map(({ link }) => link.hash), ids, links.map(({ stop }) => stop.hash)],
  );
  const people = links.map(({ memberId, link, stop }): Invited => ({
    memberId,
    token: link.token,
    stopToken: stop.token,
  }));
  return { study, wave, people };
}
