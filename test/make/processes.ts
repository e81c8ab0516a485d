import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { readConfig } from '../../src/kit/config.js';
import { findFreePort } from '../../src/kit/embedded-process.node.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../../src/kit/smtp-sink.node.js';
import { plainPlan } from './plain-plan.js';
import { testDatabase } from './postgres.js';

const TOP = join(import.meta.dirname, '../..');
const STUDY = 'surveys/new-russian-diasporas';

/** Waits until a condition holds, looking again and again. @throws naming what did not come about in time */
export async function until(what: string, holds: () => unknown, seconds = 30): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(20)) if (await holds()) return;
  throw new Error(`Not within ${seconds} s: ${what}`);
}

/** A process of the built application, told nothing but its environment. */
export interface Running {
  readonly pid: number;
  readonly url: string;
  /** standard output and error so far */
  output(): string;
  signal(name: NodeJS.Signals): void;
  /** the exit code, or the signal that ended it */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Waits until a text stands in the output. */
  says(text: string, seconds?: number): Promise<void>;
}

const children = new Set<ChildProcess>();

/** Starts a command of the built application (by default the server); never more than its environment reaches it. */
export function launch(env: Record<string, string>, args = ['dist/src/main.js']): Running {
  if (!existsSync(join(TOP, 'dist/src/main.js')))
    throw new Error('dist/ is missing: node src/kit/build.mjs server web');
  const child = spawn(process.execPath, args, { cwd: TOP, env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let output = '';
  for (const pipe of [child.stdout, child.stderr])
    pipe.setEncoding('utf8').on('data', (text: string) => void (output += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    children.delete(child);
    return (code ?? signal) as number | NodeJS.Signals;
  });
  return {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${env['PORT']}`,
    output: () => output,
    signal: (name) => void child.kill(name),
    ended,
    says: (text, seconds) =>
      until(
        `the output has “${text}”`,
        () => {
          if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}:\n${output}`);
          return output.includes(text);
        },
        seconds,
      ),
  };
}

/** Starts the server and waits until it is ready. */
export async function startServer(env: Record<string, string>): Promise<Running> {
  const server = launch(env);
  await server.says('"msg":"ready"');
  return server;
}

/** Ends whatever a test file started and left running. */
export async function killAll(): Promise<void> {
  await Promise.all(
    [...children].map(async (child) => {
      const gone = once(child, 'close');
      child.kill('SIGKILL');
      await gone;
    }),
  );
}

/** Runs one command line to its end. @throws with its output when it fails */
export async function onward(env: Record<string, string>, ...args: string[]): Promise<string> {
  const command = launch({ ...env, LOG_LEVEL: 'warn' }, ['dist/src/cli.js', ...args]);
  const code = await command.ended;
  if (code !== 0) throw new Error(`onward ${args.join(' ')} ended with ${code}:\n${command.output()}`);
  return command.output();
}

/** What an operator has before the first start: databases, a mail server, and the environment that names them. */
export interface Site {
  env: Record<string, string>;
  sink: SmtpSink;
  /** the environment of one role, listening on a port of its own */
  role(role: 'web' | 'worker' | 'all'): Promise<Record<string, string>>;
  /** rows of the main database */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** a connection of one's own to the main database, to hold locks with; it ends with the site */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

export interface SiteOptions {
  /** default: fresh databases on the server of the test run */
  databases?: { url: string; vaultUrl: string; drop(): Promise<void> };
  sink?: Pick<SmtpSinkOptions, 'beforeData' | 'onMessage'>;
  env?: Record<string, string>;
}

export async function prepareSite(options: SiteOptions = {}): Promise<Site> {
  const databases = options.databases ?? (await testDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'onward-site-'));
  const sink = await startSmtpSink({ dir: folder, ...options.sink });
  const clients: pg.Client[] = [];
  const open = async () => {
    const client = new pg.Client({ connectionString: databases.url });
    client.on('error', () => undefined); // dropped with the database
    await client.connect();
    clients.push(client);
    return client;
  };
  const asking = await open();
  const port = String(await findFreePort());
  const env = {
    DATABASE_URL: databases.url,
    VAULT_DATABASE_URL: databases.vaultUrl,
    VAULT_MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: `smtp://127.0.0.1:${sink.port}`,
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: port,
    LOG_LEVEL: 'debug',
    ...options.env,
  };
  return {
    env,
    sink,
    role: async (role) => ({
      ...env,
      ONWARD_ROLE: role,
      PORT: role === 'worker' ? String(await findFreePort()) : port,
    }),
    query: async <Row extends object>(sql: string, values?: unknown[]) =>
      (await asking.query<Row>(sql, values)).rows,
    connect: open,
    close: async () => {
      await killAll();
      for (const client of clients) await client.end();
      await sink.stop();
      await databases.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export const emailOf = (person: number): string => `person-${person}@synthetic.example`;

/** Loads the study, with a plan by which all are invited at once, adds people whose clocks show early afternoon now, and opens wave A: all by the command line. */
export async function openStudy(env: Record<string, string>, people: number): Promise<void> {
  const hoursBehind = new Date().getUTCHours() - 13;
  const zone = `Etc/GMT${hoursBehind < 0 ? '' : '+'}${hoursBehind}`; // POSIX: plus is west
  const file = join(await mkdtemp(join(tmpdir(), 'onward-people-')), 'people.csv');
  const rows = Array.from({ length: people }, (_, index) => `${emailOf(index + 1)},SRB,ru,${zone}`);
  await writeFile(file, ['email,host_country,locale,time_zone', ...rows, ''].join('\n'));
  const plan = `${file}.plan.json`;
  await writeFile(plan, JSON.stringify(plainPlan('invitation')));
  await onward(env, 'study', 'load', STUDY);
  await onward(env, 'contacts', 'edit-plan', '--wave', 'a', '--file', plan);
  await onward(env, 'panel', 'add', '--file', file);
  await onward(env, 'wave', 'open', '--wave', 'a');
  await rm(file);
}

/** What the sweep of another process does: something is due by e-mail. */
export async function nudgeSending(env: Record<string, string>): Promise<void> {
  const queue = new QueueService(readConfig(env));
  await queue.nudge({ name: 'contact.email', ids: { lane: '1' } });
  await queue.onApplicationShutdown();
}

/** A respondent's browser, as far as the server can tell. */
export interface Visit {
  save(base: number, answers: object, saveId?: string): Promise<Response>;
}

/** Opens a link's session as a person's click does. */
export async function visit(url: string, token: string): Promise<Visit> {
  const opened = await fetch(`${url}/respond/session`, {
    method: 'POST',
    body: new URLSearchParams({ token }),
    redirect: 'manual',
  });
  const cookie = opened.headers.get('set-cookie')?.split(';')[0];
  if (!cookie) throw new Error(`No session: ${opened.status}`);
  return {
    save: (base, answers, saveId = randomUUID()) =>
      fetch(`${url}/api/respond/revisions`, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', 'x-onward': 'respond' },
        body: JSON.stringify({
          saveId,
          base,
          answers,
          page: 'p_country',
          reached: 'p_country',
          locale: 'ru',
        }),
      }),
  };
}

/** True when nothing takes connections on the port any more. */
export async function refusesConnections(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}
