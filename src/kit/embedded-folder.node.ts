import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  open,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { makePassableFolder } from './embedded-account.node.js';
import { errorCode } from './error-code.js';
import { PostgresFolderNotOurs, PostgresInUse, PostgresOtherVersion } from './embedded-postgres.problems.js';
import { birthOf, isAlive } from './embedded-process.node.js';
import { parsePostmasterFile, type PostmasterFile } from './embedded-settings.js';
import { newPassword, writePrivately } from './secrets.node.js';

/** The data folder and the files beside it that the launcher keeps. All paths are absolute and free of links. */
export interface DataFolder {
  parent: string;
  data: string;
  /** where initdb works before its result becomes `data` in one step; a new name each time */
  fresh: string;
  password: string;
  owner: string;
  log: string;
}

/** Names the files and makes the parent folder. */
export async function dataFolder(dataDir: string): Promise<DataFolder> {
  const parent = dirname(resolve(dataDir));
  await makePassableFolder(parent);
  const data = join(await realpath(parent), basename(resolve(dataDir)));
  return {
    parent: dirname(data),
    data,
    fresh: `${data}.new-${randomBytes(4).toString('hex')}`,
    password: `${data}.password`,
    owner: `${data}.owner`,
    log: `${data}.log`,
  };
}

/**
 * Whether the folder holds data already.
 * @throws PostgresOtherVersion when another PostgreSQL wrote them
 * @throws PostgresFolderNotOurs when it holds something else, or may not be read
 */
export async function holdsData({ data, password }: DataFolder, major: string): Promise<boolean> {
  if (!existsSync(data) || (await isEmpty(data))) return false;
  const found = (await readIfThere(join(data, 'PG_VERSION')))?.trim();
  if (found === undefined) throw PostgresFolderNotOurs({ path: data, why: 'it holds no PostgreSQL data' });
  if (found !== major) throw PostgresOtherVersion({ dataDir: data, found, expected: major });
  if ((await readIfThere(password)) === undefined)
    throw PostgresFolderNotOurs({ path: data, why: `${password} is missing` });
  return true;
}

const isEmpty = async (path: string) => (await orNotOurs(path, () => readdir(path))).length === 0;

/** Removes what an interrupted initdb left; one that still runs as an orphan then fails. */
export async function removeUnfinished({ parent, data }: DataFolder): Promise<void> {
  const unfinished = (await readdir(parent)).filter((name) => name.startsWith(`${basename(data)}.new-`));
  for (const name of unfinished)
    await rm(join(parent, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}

/** The superuser's password; made at first use and readable by our own user only. */
export async function keptPassword({ password }: DataFolder): Promise<string> {
  const kept = await readIfThere(password);
  if (kept !== undefined) return kept.trim();
  const made = newPassword();
  await orNotOurs(password, () => writePrivately(password, `${made}\n`));
  return made;
}

/** The port of earlier starts, or undefined. */
export async function rememberedPort({ data }: DataFolder): Promise<number | undefined> {
  const port = Number(await readIfThere(join(data, 'onward-port')));
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

export async function rememberPort({ data }: DataFolder, port: number): Promise<void> {
  await writeFile(join(data, 'onward-port'), `${port}\n`);
}

/** What the last server that ran here wrote about itself; it may be long dead. */
export async function postmasterFile({ data }: DataFolder): Promise<PostmasterFile | undefined> {
  const text = await readIfThere(join(data, 'postmaster.pid'));
  return text === undefined ? undefined : parsePostmasterFile(text);
}

export async function removePostmasterFile({ data }: DataFolder): Promise<void> {
  await rm(join(data, 'postmaster.pid'), { force: true });
}

/**
 * Marks the folder as ours while we live; a mark of a dead process counts for nothing.
 * @throws PostgresInUse when another living process holds it
 */
export async function claimFolder(folder: DataFolder): Promise<void> {
  await refuseIfInUse(folder);
  const mark = JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) });
  await orNotOurs(folder.owner, () => writePrivately(folder.owner, mark));
  await refuseIfInUse(folder);
}

async function refuseIfInUse({ owner, data }: DataFolder): Promise<void> {
  const text = await readIfThere(owner);
  if (text === undefined) return;
  const { pid, birth } = JSON.parse(text) as { pid: number; birth?: string };
  if (pid !== process.pid && isAlive(pid) && birthOf(pid) === birth)
    throw PostgresInUse({ dataDir: data, pid });
}

export async function releaseFolder({ owner }: DataFolder): Promise<void> {
  await rm(owner, { force: true });
}

const LOG_BYTES = 4 * 1024 * 1024;

/** Opens the server's log for appending; an old long one is put aside. */
export async function openLog({ log }: DataFolder): Promise<FileHandle> {
  if (existsSync(log) && (await stat(log)).size > LOG_BYTES) await rename(log, `${log}.old`);
  return orNotOurs(log, () => open(log, 'a', 0o600));
}

/** The last lines of the server's log. */
export async function logTail({ log }: DataFolder): Promise<string> {
  return ((await readIfThere(log)) ?? '').trimEnd().split('\n').slice(-12).join('\n');
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await orNotOurs(path, () => readFile(path, 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function orNotOurs<T>(path: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EACCES' || code === 'EPERM') throw PostgresFolderNotOurs({ path, why: 'access is denied' });
    throw error;
  }
}
