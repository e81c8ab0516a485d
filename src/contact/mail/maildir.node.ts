import { open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../../kit/error-code.js';
import { REPORT_BYTES } from './report.node.js';

/**
 * Gives each message of a Maildir that nobody has seen to `take`, oldest first, and marks it seen once it was taken: a crash in between
 * gives it again. One that `take` refuses stays unseen.
 * @param take  resolves to false for a message that stays
 * @returns how many were taken
 * @see https://cr.yp.to/proto/maildir.html
 */
export async function readMaildir(path: string, take: (raw: Buffer) => Promise<boolean>): Promise<number> {
  let taken = 0;
  for (const { folder, name } of [...(await unseenIn(path, 'new')), ...(await unseenIn(path, 'cur'))]) {
    const raw = await beginning(join(path, folder, name));
    if (raw === undefined || !(await take(raw))) continue;
    await rename(join(path, folder, name), join(path, 'cur', seen(name))).catch(ifGone);
    taken += 1;
  }
  return taken;
}

/** Another program that looked into the mailbox has moved messages to `cur`, without the flag S while they are unread. */
async function unseenIn(path: string, folder: 'new' | 'cur'): Promise<{ folder: string; name: string }[]> {
  const names = await readdir(join(path, folder));
  return names
    .filter((name) => !name.startsWith('.') && !flagsOf(name).includes('S'))
    .sort()
    .map((name) => ({ folder, name }));
}

const flagsOf = (name: string): string => /:2,([A-Za-z]*)$/.exec(name)?.[1] ?? '';
const seen = (name: string): string =>
  `${name.replace(/:2,[A-Za-z]*$/, '')}:2,${[...flagsOf(name), 'S'].sort().join('')}`;

async function beginning(path: string): Promise<Buffer | undefined> {
  const file = await open(path).catch(ifGone);
  if (!file) return undefined;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(REPORT_BYTES), 0, REPORT_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** Another program may have moved or removed a message meanwhile: then it is no longer ours to take. */
function ifGone(cause: unknown): undefined {
  if (errorCode(cause) !== 'ENOENT') throw cause;
}
