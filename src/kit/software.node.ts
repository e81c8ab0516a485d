import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT } from './paths.node.js';

let name: Promise<string> | undefined;

/** This software with its version and twelve digits of the SHA-256 of all its code: the same code has the same name. */
export const softwareName = (): Promise<string> => (name ??= named());

async function named(): Promise<string> {
  const { version } = JSON.parse(await readFile(join(ROOT.top, 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = dirname(import.meta.dirname);
  const files = (await readdir(folder, { recursive: true })).filter((file) => /\.[jt]s$/.test(file)).sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  return `Onward ${version} (${hash.digest('hex').slice(0, 12)})`;
}
