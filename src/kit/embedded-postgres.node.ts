import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Account } from './embedded-account.js';
import { accountFor, giveTo, spawnAs } from './embedded-account.node.js';
import { postgresBinaries, type PostgresBinaries } from './embedded-binaries.node.js';
import {
  claimFolder,
  dataFolder,
  holdsData,
  keptPassword,
  logTail,
  openLog,
  postmasterFile,
  releaseFolder,
  rememberedPort,
  rememberPort,
  removePostmasterFile,
  type DataFolder,
} from './embedded-folder.node.js';
import { makeDataFolder } from './embedded-initdb.node.js';
import {
  PostgresCannotRun,
  PostgresPortTaken,
  PostgresStartFailed,
  PostgresStartTimedOut,
} from './embedded-postgres.problems.js';
import { findFreePort, portIsFree, until, worksIn } from './embedded-process.node.js';
import {
  answers,
  embeddedPostgres,
  endLeftBehind,
  stopPostmaster,
  type EmbeddedPostgres,
} from './embedded-server.node.js';
import { serverArguments } from './embedded-settings.js';

export type { EmbeddedPostgres } from './embedded-server.node.js';

export interface EmbeddedPostgresOptions {
  /** made at first start; beside it lie `<dataDir>.password`, `.log` and, while in use, `.owner` */
  dataDir: string;
  /** default: a free one, remembered in the data folder */
  port?: number;
  /** settings of postgresql.conf */
  settings?: Record<string, string>;
  /** told what is going on, in words */
  onProgress?: (text: string) => void;
  /** how long recovery and start-up may take; default 60 seconds */
  timeoutSeconds?: number;
}

interface Start extends Required<Omit<EmbeddedPostgresOptions, 'port' | 'dataDir'>> {
  folder: DataFolder;
  binaries: PostgresBinaries;
  password: string;
  port: number | undefined;
  deadline: number;
}

/**
 * Starts PostgreSQL from the binaries that npm brought, on 127.0.0.1, or takes over the one that still runs in the
 * folder because its launcher was killed. It survives this process's death and a terminal's Ctrl-C: call `stop`.
 * Committed data survive `kill -9` of everything.
 * @throws PostgresPackageMissing, PostgresCannotRun, PostgresHasNoAccount, PostgresFolderNotOurs,
 *   PostgresOtherVersion, PostgresInUse, PostgresPortTaken, PostgresStartFailed, PostgresStartTimedOut
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = await postgresBinaries();
  const folder = await dataFolder(options.dataDir);
  await claimFolder(folder);
  try {
    const timeoutSeconds = options.timeoutSeconds ?? 60;
    const isNew = !(await holdsData(folder, binaries.major));
    const start: Start = {
      folder,
      binaries,
      password: await keptPassword(folder),
      port: options.port,
      settings: options.settings ?? {},
      onProgress: options.onProgress ?? (() => undefined),
      timeoutSeconds,
      deadline: performance.now() + timeoutSeconds * 1000,
    };
    const running = await takeOver(start);
    if (running) return running;
    const account = accountFor(folder.data, folder.parent, binaries);
    if (isNew) {
      start.onProgress(`Preparing PostgreSQL ${binaries.major} (first start only)`);
      await makeDataFolder(folder, binaries, account, start.password, start.settings.fsync !== 'off');
    }
    await giveTo(account, folder.data);
    return await launch(start, account);
  } catch (error) {
    await releaseFolder(folder);
    throw error;
  }
}

/** The address of the server that runs in the folder now, whoever started it; undefined when none does. */
export async function runningEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres | undefined> {
  const folder = await dataFolder(dataDir);
  const file = existsSync(folder.data) ? await postmasterFile(folder) : undefined;
  if (!file || !worksIn(file.pid, folder.data)) return undefined;
  const password = await keptPassword(folder);
  if (!(await answers(folder, password, file.port))) return undefined;
  return embeddedPostgres(folder, await postgresBinaries(), password, { ...file, adopted: true });
}

/** Waits for an orphan until it answers or has left; clears away what a dead server left behind. */
async function takeOver(start: Start): Promise<EmbeddedPostgres | undefined> {
  const { folder, binaries, password } = start;
  let orphan: { pid: number; port: number } | undefined;
  const settled = await until(async () => {
    const file = await postmasterFile(folder);
    orphan = file && worksIn(file.pid, folder.data) ? file : undefined;
    return !orphan || !file || (file.status === 'ready' && (await answers(folder, password, file.port)));
  }, start.deadline - performance.now());
  if (!settled) throw await timedOut(start);
  if (!orphan) {
    await endLeftBehind(folder);
    await removePostmasterFile(folder);
    return undefined;
  }
  const { pid, port } = orphan;
  if (start.port !== undefined && start.port !== port) {
    start.onProgress('Stopping a PostgreSQL that was left running on another port');
    await stopPostmaster(folder, binaries, pid, 'fast');
    return undefined;
  }
  start.onProgress('Taking over the PostgreSQL that was left running');
  return embeddedPostgres(folder, binaries, password, { pid, port, adopted: true });
}

const PORT_ATTEMPTS = 5;

async function launch(start: Start, account: Account): Promise<EmbeddedPostgres> {
  const { folder, binaries, password } = start;
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(start);
    start.onProgress(`Starting PostgreSQL ${binaries.major} on port ${port}`);
    const pid = await startServer(start, account, port);
    if (pid !== undefined) {
      await rememberPort(folder, port);
      return embeddedPostgres(folder, binaries, password, { pid, port, adopted: false });
    }
    if (await portIsFree(port)) throw PostgresStartFailed({ log: folder.log, tail: await logTail(folder) });
    if (attempt === PORT_ATTEMPTS || start.port !== undefined) throw PostgresPortTaken({ port });
  }
}

async function choosePort({ folder, port }: Start): Promise<number> {
  if (port !== undefined) {
    if (!(await portIsFree(port))) throw PostgresPortTaken({ port });
    return port;
  }
  const remembered = await rememberedPort(folder);
  return remembered !== undefined && (await portIsFree(remembered)) ? remembered : findFreePort();
}

/** The postmaster's pid once it is ready; undefined when it stopped by itself. */
async function startServer(start: Start, account: Account, port: number): Promise<number | undefined> {
  const { folder, binaries, password, settings } = start;
  const log = await openLog(folder);
  const args = serverArguments(folder.data, port, settings);
  const child = spawnAs(account, binaries.postgres, args, ['ignore', log.fd, log.fd]);
  let stopped = false;
  child.once('exit', () => (stopped = true)); // before anything is waited for: with a wrong setting it is over at once
  const { pid } = child;
  if (pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    await log.close();
    throw PostgresCannotRun({ program: binaries.postgres, output: error.message });
  }
  await log.close();
  child.unref();
  const settled = await until(async () => {
    const file = await postmasterFile(folder);
    const isReady = file?.pid === pid && file.status === 'ready'; // a dead server's file says ready too
    return stopped || (isReady && (await answers(folder, password, port)));
  }, start.deadline - performance.now());
  if (settled) return stopped ? undefined : pid;
  await stopPostmaster(folder, binaries, pid, 'immediate');
  if (!stopped) child.kill('SIGKILL');
  throw await timedOut(start);
}

const timedOut = async ({ folder, timeoutSeconds }: Start) =>
  PostgresStartTimedOut({ seconds: timeoutSeconds, log: folder.log, tail: await logTail(folder) });
