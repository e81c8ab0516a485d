import { existsSync } from 'node:fs';
import { chown, rename, rm, rmdir } from 'node:fs/promises';
import type { Account } from './embedded-account.js';
import { makePrivateFolder, spawnAs } from './embedded-account.node.js';
import type { PostgresBinaries } from './embedded-binaries.node.js';
import { removeUnfinished, type DataFolder } from './embedded-folder.node.js';
import { PostgresCannotRun } from './embedded-postgres.problems.js';
import { initdbArguments, LOCALES } from './embedded-settings.js';
import { writePrivately } from './secrets.node.js';

/**
 * Makes the data folder in one step, so that an interrupted initdb leaves none.
 * @param durable  false leaves writing to the disk to the system: for tests
 * @throws PostgresCannotRun with what initdb said
 */
export async function makeDataFolder(
  folder: DataFolder,
  { initdb }: PostgresBinaries,
  account: Account,
  password: string,
  durable: boolean,
): Promise<void> {
  await removeUnfinished(folder);
  await makePrivateFolder(account, folder.fresh);
  const passwordFile = `${folder.fresh}.password`;
  await writePrivately(passwordFile, password);
  if (account.way === 'setuid' || account.way === 'setpriv')
    await chown(passwordFile, account.uid ?? 0, account.gid ?? 0);
  try {
    let outcome: Outcome = { code: null, output: '' };
    for (const locale of LOCALES) {
      outcome = await runAs(account, initdb, initdbArguments(folder.fresh, passwordFile, locale, durable));
      if (outcome.code === 0) break;
    }
    if (outcome.code !== 0)
      throw PostgresCannotRun({ program: initdb, output: outcome.output.trim().slice(-2000) });
  } finally {
    await rm(passwordFile, { force: true });
  }
  if (existsSync(folder.data)) await rmdir(folder.data);
  await rename(folder.fresh, folder.data);
}

interface Outcome {
  code: number | null;
  output: string;
}

/** Runs a program to its end; what it wrote tells why it failed, also when it could not be started. */
function runAs(account: Account, program: string, args: string[]): Promise<Outcome> {
  const child = spawnAs(account, program, args, ['ignore', 'pipe', 'pipe']);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, output: error.message }));
    child.once('close', (code) => resolve({ code, output }));
  });
}
