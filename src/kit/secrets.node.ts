import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code.js';

/**
 * Secrets of this installation in one JSON file of mode 0600. A name that is missing is made by its function and
 * kept; what the file holds already never changes, and other names in it stay.
 */
export async function keptSecrets<Name extends string>(
  file: string,
  makers: Record<Name, () => string>,
): Promise<Record<Name, string>> {
  const kept = await readSecrets(file);
  const names = Object.keys(makers) as Name[];
  const missing = names.filter((name) => kept[name] === undefined);
  for (const name of missing) kept[name] = makers[name]();
  if (missing.length > 0) await writeSecrets(file, kept);
  return Object.fromEntries(names.map((name) => [name, kept[name]])) as Record<Name, string>;
}

/** A password that needs no quoting in a URL: 24 random bytes. */
export const newPassword = (): string => randomBytes(24).toString('base64url');

async function readSecrets(file: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return {};
    throw error;
  }
}

async function writeSecrets(file: string, secrets: Record<string, string>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writePrivately(file, `${JSON.stringify(secrets, null, 2)}\n`);
}

/** Writes a file of mode 0600 in one step: whoever reads, even after a crash, sees the old text or the new one. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`;
  await writeFile(draft, text, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, path);
}
