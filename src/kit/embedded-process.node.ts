import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from './error-code.js';

const PROC = process.platform === 'linux' && existsSync('/proc/self/stat');

/** Whether a process exists and is not merely waiting to be buried. */
export function isAlive(pid: number): boolean {
  if (PROC) return (statOf(pid)?.state ?? 'Z') !== 'Z';
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** When the process began, in a form that only compares: tells a process from a later one with the same pid. */
export function birthOf(pid: number): string | undefined {
  if (PROC) return statOf(pid)?.birth;
  if (process.platform === 'win32' || !isAlive(pid)) return undefined;
  return ps(pid, 'lstart=').trim();
}

function statOf(pid: number): { state: string; birth: string } | undefined {
  const text = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // pid (name, which may hold spaces and brackets) state … ; the start time is the 22nd field
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields && { state: fields[0] ?? 'Z', birth: fields[19] ?? '' };
}

/** Whether the process is a PostgreSQL that works in this data folder (a stale pid may by now be anybody). */
export function worksIn(pid: number, dataDir: string): boolean {
  if (!isAlive(pid)) return false;
  if (PROC) {
    const folder = orUndefined(() => readlinkSync(`/proc/${pid}/cwd`));
    return folder === dataDir || folder === `${dataDir} (deleted)`; // removed under a running server
  }
  if (process.platform === 'win32')
    return output('tasklist', ['/FI', `PID eq ${pid}`, '/NH']).includes('postgres.exe');
  return ps(pid, 'command=').includes(dataDir);
}

const output = (program: string, args: string[]) => spawnSync(program, args, { encoding: 'utf8' }).stdout;

const ps = (pid: number, column: string) => output('ps', ['-o', column, '-p', String(pid)]);

/** Processes of a PostgreSQL in this folder whose postmaster is gone: they hold its shared memory. Linux only. */
export function leftBehindIn(dataDir: string): number[] {
  if (!PROC) return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && worksIn(pid, dataDir) && nameOf(pid) === 'postgres');
}

const nameOf = (pid: number) => orUndefined(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());

/** Sends a signal; false when the process is gone already. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

export const runs = (program: string, args: string[]): boolean => spawnSync(program, args).status === 0;

/** Asks again until it is true; false when `ms` milliseconds have passed. */
export async function until(isTrue: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  for (;;) {
    if (await isTrue()) return true;
    if (performance.now() > end) return false;
    await pause(20);
  }
}

/** Whether a server could listen on this port of 127.0.0.1 now. */
export function portIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** A free port below those that systems give to outgoing connections, so that it is free at the next start too. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (await portIsFree(port)) return port;
  }
  throw new Error('No free port was found on 127.0.0.1 between 20000 and 29999');
}

/** What a process tells about itself may vanish with it at any time. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}
