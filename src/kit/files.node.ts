import { constants, createReadStream, type WriteStream } from 'node:fs';
import { open, readdir, realpath } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { errorCode } from './error-code.js';
import { FileTooLarge, FolderInUse, OutsideFolder } from './files.problems.js';

/** The largest file that is read for a study: a questionnaire with pictures in it has 2 MiB at the most. */
const LARGEST_BYTES = 4 * 1024 * 1024;

/**
 * The text of a file that another file names: a plain name in the folder itself. Neither `..`, nor a link, nor a device leads out of it.
 * @throws OutsideFolder, FileTooLarge; what the file system says where there is no such file
 */
export async function readWithin(folder: string, name: string, limitBytes = LARGEST_BYTES): Promise<string> {
  const refused = OutsideFolder({ folder, name });
  if (!isPlainName(name)) throw refused;
  const home = await realpath(folder);
  const path = join(home, name);
  if ((await realpath(path)) !== path || !path.startsWith(home.endsWith(sep) ? home : home + sep))
    throw refused;
  // NOFOLLOW: what was no link a moment ago may be one now. NONBLOCK: a pipe would wait for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(
    (cause: unknown) => {
      throw errorCode(cause) === 'ELOOP' ? refused : cause;
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refused;
    if (found.size > limitBytes) throw FileTooLarge({ file: path, limitBytes });
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** The largest file that is read at a command: a list of a million people. */
const LARGEST_GIVEN_BYTES = 64 * 1024 * 1024;

/**
 * The text of a file that somebody names at the command line. It may lie anywhere and be a link or a pipe, so that what is secret need not
 * stand on a disk; what has no end, such as a device, is read up to the limit.
 * @throws FileTooLarge; what the file system says where it cannot be read
 */
export async function readGiven(file: string, limitBytes = LARGEST_GIVEN_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limitBytes) throw FileTooLarge({ file, limitBytes });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

const isPlainName = (name: string): boolean =>
  name === basename(name) && !['', '.', '..'].includes(name) && !/[\\/\0]/.test(name);

/** The real path of a folder inside another: `letters` of a study. @throws OutsideFolder */
export async function folderWithin(folder: string, name: string): Promise<string> {
  const path = join(await realpath(folder), name);
  if (!isPlainName(name) || (await realpath(path)) !== path) throw OutsideFolder({ folder, name });
  return path;
}

/** Where results may be written without overwriting anything: a folder that is empty or not there. @throws FolderInUse */
export async function mustBeFree(folder: string): Promise<void> {
  const found = await readdir(folder).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT') return [];
    throw cause;
  });
  if (found.length > 0) throw FolderInUse({ folder });
}

/** How a file is made that is not there yet, for our eyes alone; no link that waits in its place is followed. */
export const NEW_FILE = { flag: 'wx', mode: 0o600 } as const;

/**
 * A stream into a new file, which is there before anything is written: what fails at once, and clears up, finds it. (Node opens the file of
 * `createWriteStream` later, even after the stream was given up.)
 */
export async function newFileStream(path: string): Promise<WriteStream> {
  return (await open(path, NEW_FILE.flag, NEW_FILE.mode)).createWriteStream();
}
