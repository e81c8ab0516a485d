import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCutOff, type Tombstone, tombstoneIn, tombstoneLine } from './tombstone.js';
import { NoTombstone } from './vault.problems.js';

/**
 * Appends a tombstone to a file, made where it is not there, and waits until it is on disk. Part of a line that a crash left is closed
 * first, so that it spoils no other.
 */
export async function appendTombstone(file: string, tombstone: Tombstone): Promise<void> {
  const handle = await open(file, 'a+', 0o600);
  try {
    const { size } = await handle.stat();
    const isWhole = size === 0 || (await lastByte(handle, size)) === '\n';
    await handle.appendFile(`${isWhole ? '' : '\n'}${tombstoneLine(tombstone)}\n`);
    await handle.sync();
    if (size === 0) await syncFolder(dirname(file));
  } finally {
    await handle.close();
  }
}

/**
 * The tombstones of a file, a line each, in its order; what was cut off in the middle of a line was written again after it.
 * @throws NoTombstone for a line that was never written by us; what the file system says where there is no such file
 */
export async function* tombstonesOf(file: string): AsyncGenerator<Tombstone> {
  const handle = await open(file);
  try {
    let nr = 0;
    for await (const line of handle.readLines()) {
      nr += 1;
      const tombstone = tombstoneIn(line);
      if (tombstone) yield tombstone;
      else if (!isCutOff(line)) throw NoTombstone({ file, line: nr });
    }
  } finally {
    await handle.close();
  }
}

async function lastByte(handle: FileHandle, size: number): Promise<string> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString('latin1');
}

/** The entry of a new file in its folder is on disk only when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
