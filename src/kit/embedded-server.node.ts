import pg from 'pg';
import { errorCode } from './error-code.js';
import type { PostgresBinaries } from './embedded-binaries.node.js';
import { releaseFolder, type DataFolder } from './embedded-folder.node.js';
import { PostgresFolderNotOurs } from './embedded-postgres.problems.js';
import { isAlive, leftBehindIn, runs, signal, until, worksIn } from './embedded-process.node.js';

/** A running server that listens on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  host: '127.0.0.1';
  port: number;
  /** of the postmaster */
  pid: number;
  /** true when it was running already: its launcher had been killed, and this start took it over */
  adopted: boolean;
  /** Connection string of a database, as the superuser. */
  url(database: string, role?: 'postgres'): string;
  /**
   * Stops the server and waits until it is gone. `fast` ends transactions and writes a checkpoint; `immediate`
   * leaves recovery to the next start. What was committed is kept either way. Stopping twice is harmless.
   */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Kills the postmaster with SIGKILL and waits until none of its processes is left: for fault tests. */
  kill(): Promise<void>;
}

const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;

export function embeddedPostgres(
  folder: DataFolder,
  binaries: PostgresBinaries,
  password: string,
  server: { port: number; pid: number; adopted: boolean },
): EmbeddedPostgres {
  const { port, pid } = server;
  return {
    host: '127.0.0.1',
    ...server,
    url: (database, role = 'postgres') =>
      `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${encodeURIComponent(database)}`,
    stop: async (mode = 'fast') => {
      await stopPostmaster(folder, binaries, pid, mode);
      await releaseFolder(folder);
    },
    kill: async () => {
      if (worksIn(pid, folder.data)) signal(pid, 'SIGKILL');
      await until(() => !worksIn(pid, folder.data), IMMEDIATE_STOP_MS);
      await endLeftBehind(folder);
      await releaseFolder(folder);
    },
  };
}

/** Asks the postmaster to stop, more firmly when it does not. */
export async function stopPostmaster(
  { data }: DataFolder,
  binaries: PostgresBinaries,
  pid: number,
  mode: 'fast' | 'immediate',
): Promise<void> {
  const isGone = () => !worksIn(pid, data);
  const ask = (name: 'SIGINT' | 'SIGQUIT') =>
    process.platform === 'win32'
      ? runs(binaries.pgCtl, ['kill', name.slice(3), String(pid)])
      : signal(pid, name);
  if (isGone()) return;
  if (mode === 'fast') {
    ask('SIGINT');
    if (await until(isGone, FAST_STOP_MS)) return;
  }
  ask('SIGQUIT');
  if (await until(isGone, IMMEDIATE_STOP_MS)) return;
  signal(pid, 'SIGKILL');
  await until(isGone, IMMEDIATE_STOP_MS);
}

/**
 * Ends processes whose postmaster was killed: they leave by themselves except in the midst of a long query, and
 * no new server may start before. Nothing that was committed is lost by it.
 */
export async function endLeftBehind({ data }: DataFolder): Promise<void> {
  const left = leftBehindIn(data);
  for (const name of ['SIGQUIT', 'SIGKILL'] as const) {
    for (const pid of left) if (isAlive(pid)) signal(pid, name);
    if (await until(() => leftBehindIn(data).length === 0, 3000)) return;
  }
}

/**
 * Whether the server of this folder answers on the port. Only it knows the password, and the client checks that.
 * @throws PostgresFolderNotOurs when it refuses the password
 */
export async function answers(
  { data, password: file }: DataFolder,
  password: string,
  port: number,
): Promise<boolean> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
    password,
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  });
  client.on('error', () => undefined); // the server may stop at any moment: the query below then fails
  try {
    await client.connect();
    const { rows } = await client.query<{ dir: string }>(`SELECT current_setting('data_directory') AS dir`);
    return rows[0]?.dir === data;
  } catch (error) {
    if (errorCode(error) === '28P01')
      throw PostgresFolderNotOurs({ path: data, why: `the password in ${file} is refused` });
    return false; // not yet, or no longer: the caller asks again until its time is over
  } finally {
    await client.end();
  }
}
