import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { chmod, chown, lchown, lstat, mkdir, readdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import {
  chooseAccount,
  commandAs,
  mayPass,
  userOf,
  type Account,
  type AccountFacts,
  type FileRights,
  type Identity,
} from './embedded-account.js';
import type { PostgresBinaries } from './embedded-binaries.node.js';
import { errorCode } from './error-code.js';
import { PostgresHasNoAccount } from './embedded-postgres.problems.js';

/**
 * Chooses under whose identity PostgreSQL runs on this machine; `parent` is the data folder's parent, which exists.
 * @throws PostgresHasNoAccount when root can step down in no way
 */
export function accountFor(dataDir: string, parent: string, binaries: PostgresBinaries): Account {
  const account = chooseAccount(factsHere(dataDir, parent, binaries));
  if (account === undefined) throw PostgresHasNoAccount({ uid: process.geteuid?.() ?? -1, dataDir });
  return account;
}

function factsHere(dataDir: string, parent: string, { postgres, sample }: PostgresBinaries): AccountFacts {
  const uid = process.geteuid?.();
  const gid = process.getegid?.();
  const runs = (account: Account) => {
    const [program, args] = commandAs(account, postgres, ['--version']);
    return spawnSync(program, args, { cwd: '/', env: serverEnvironment(), timeout: 10_000 }).status === 0;
  };
  return {
    me: uid === undefined || gid === undefined ? undefined : { uid, gid },
    iHaveAName,
    dataOwner: existsSync(dataDir) ? statSync(dataDir) : undefined,
    serviceUser: serviceUser(),
    canReach: (who) =>
      mayPass(who, [...chainTo(parent), ...chainTo(postgres), ...chainTo(dirname(sample))]) &&
      (statSync(sample).mode & 0o004) !== 0,
    canUnshare: () => uid !== undefined && runs({ way: 'unshare', uid, gid }),
    canSetpriv: (who) => runs({ way: 'setpriv', ...who }),
  };
}

function iHaveAName(): boolean {
  try {
    return userInfo().username !== '';
  } catch (error) {
    if (errorCode(error) === 'ERR_SYSTEM_ERROR') return false;
    throw error;
  }
}

function serviceUser(): Identity | undefined {
  if (!existsSync('/etc/passwd')) return undefined;
  const passwd = readFileSync('/etc/passwd', 'utf8');
  return userOf(passwd, 'postgres') ?? userOf(passwd, 'nobody');
}

function chainTo(path: string): FileRights[] {
  const up = dirname(path);
  return [...(up === path ? [] : chainTo(up)), statSync(path)];
}

/** Nothing of our environment reaches the server: it may hold keys. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, SystemRoot, TEMP, TMP } = process.env;
  return { PATH, SystemRoot, TEMP, TMP, LC_ALL: 'C', TZ: 'UTC' };
}

/** Starts a program under the account, in a session of its own so that a terminal's Ctrl-C does not reach it. */
export function spawnAs(
  account: Account,
  program: string,
  args: string[],
  stdio: StdioOptions,
): ChildProcess {
  const [command, all] = commandAs(account, program, args);
  const stepDown = account.way === 'setuid' ? { uid: account.uid, gid: account.gid } : {};
  const cwd = process.platform === 'win32' ? undefined : '/';
  return spawn(command, all, {
    ...stepDown,
    cwd,
    stdio,
    env: serverEnvironment(),
    detached: true,
    windowsHide: true,
  });
}

/**
 * Makes missing folders so that the account can pass through them. Only folders made here get rights: a recursive
 * mkdir with a mode would depend on the umask and lock the account out, or open what was closed.
 */
export async function makePassableFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined || process.platform === 'win32') return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, 0o711);
}

/** Makes the account own the folder with everything in it; only root can and needs to. */
export async function giveTo(account: Account, path: string): Promise<void> {
  if (process.geteuid?.() !== 0 || account.uid === undefined || account.gid === undefined) return;
  const { uid, gid } = account;
  if ((await lstat(path)).uid === uid) return;
  await giveAll(path, uid, gid);
}

/** The folder itself comes last, so that an interrupted change is taken up again. */
async function giveAll(path: string, uid: number, gid: number): Promise<void> {
  if ((await lstat(path)).isDirectory())
    for (const name of await readdir(path)) await giveAll(join(path, name), uid, gid);
  await lchown(path, uid, gid);
}

/** Makes an empty folder that only the account may enter. */
export async function makePrivateFolder(account: Account, path: string): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  if (process.geteuid?.() === 0 && account.uid !== undefined && account.gid !== undefined)
    await chown(path, account.uid, account.gid);
}
