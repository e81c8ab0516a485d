import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from './error-code.js';

/** Folders that this process works in now. */
const mine = new Set<string>();

/**
 * Runs work in a private folder, which is gone afterwards. Where a process was killed in the middle, the next work of that name clears
 * away what it left: no rows of people stay on a disk.
 * @param name  of small letters and hyphens
 */
export async function inWorkFolder<Result>(
  name: string,
  work: (folder: string) => Promise<Result>,
  base = tmpdir(),
): Promise<Result> {
  for (const left of await readdir(base))
    if (isAbandoned(name, left) && (await isOurs(join(base, left))))
      await rm(join(base, left), { recursive: true, force: true });
  const own = `${name}-${process.pid}-${randomUUID()}`;
  const folder = join(base, own);
  mine.add(own); // before it is there, so that nobody takes it for abandoned
  try {
    await mkdir(folder, { mode: 0o700 });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    mine.delete(own);
  }
}

/** In a container, a process often has the number that the one before had: a number of our own says nothing yet. */
function isAbandoned(name: string, folder: string): boolean {
  const pid = Number(new RegExp(`^${name}-([0-9]+)-`).exec(folder)?.[1] ?? 0);
  if (pid === 0 || mine.has(folder)) return false;
  return pid === process.pid || !isAlive(pid);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (cause) {
    return errorCode(cause) !== 'ESRCH';
  }
}

/** Not one that another user of the machine put there. */
async function isOurs(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).uid === process.getuid?.();
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT') return false; // cleared away by another process just now
    throw cause;
  }
}
