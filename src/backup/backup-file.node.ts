import { constants as modes } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import { errorCode } from '../kit/error-code.js';
import { BackupDamaged, BackupExists, NotABackup, WrongBackupKey } from './backup.problems.js';
import { type BackupHeader, headerBytes, headerIn, headerLength, PRELUDE_BYTES } from './header.js';
import { type BackupRecord, recordBytes, RecordReader } from './record.js';
import { fileSeal, keyIdOf, sealed, unsealed } from './sealing.node.js';

const READ_BYTES = 512 * 1024;
const CHUNK_BYTES = 128 * 1024;

/** Also where it is a link that leads nowhere. @throws BackupExists */
export async function mustNotExist(file: string): Promise<void> {
  const found = await lstat(file).catch((cause: unknown) => {
    if (errorCode(cause) === 'ENOENT') return undefined;
    throw cause;
  });
  if (found) throw BackupExists({ file });
}

/**
 * Writes a backup beside its place and puts it there when it is whole and on disk: compressed, then sealed frame by frame. Whatever goes
 * wrong leaves nothing behind.
 * @returns how large it is, in bytes
 * @throws BackupExists, and what the records throw
 */
export async function writeBackup(
  file: string,
  key: Buffer,
  header: BackupHeader,
  records: AsyncIterable<BackupRecord>,
): Promise<number> {
  await mustNotExist(file);
  const beside = `${file}.${process.pid}.part`;
  const handle = await open(beside, 'wx', 0o600);
  try {
    const head = headerBytes(header);
    await handle.write(head);
    const seal = fileSeal(key, head, header.salt);
    await pipeline(
      bytesOf(records),
      createGzip({ level: constants.Z_BEST_SPEED, chunkSize: CHUNK_BYTES }),
      (content: AsyncIterable<Buffer>) => sealed(seal, content),
      (frames: AsyncIterable<Buffer>) => writeAll(handle, frames),
    );
    await handle.sync();
    const { size } = await handle.stat();
    await handle.close();
    await rename(beside, file);
    await syncFolder(dirname(file));
    return size;
  } catch (cause) {
    await handle.close();
    await rm(beside, { force: true });
    throw cause;
  }
}

async function* bytesOf(records: AsyncIterable<BackupRecord>): AsyncGenerator<Buffer> {
  for await (const record of records) yield* recordBytes(record);
}

async function writeAll(handle: FileHandle, frames: AsyncIterable<Buffer>): Promise<void> {
  for await (const frame of frames) await handle.appendFile(frame);
}

/** A new name in a folder is on disk once the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Reads a backup as a stream, of which no part is given on before it is proved.
 * @param use  is given the header and the records, and must read them to their end: only there it is known that nothing is missing
 * @throws NotABackup, NewerBackup, WrongBackupKey, BackupDamaged
 */
export async function readBackup<Result>(
  file: string,
  key: Buffer,
  use: (header: BackupHeader, records: AsyncIterable<BackupRecord>) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, modes.O_RDONLY | modes.O_NONBLOCK); // a pipe would wait for ever
  try {
    if (!(await handle.stat()).isFile()) throw NotABackup({ file });
    const { header, bytes } = await readHeader(handle, file);
    const keyId = keyIdOf(key);
    if (header.keyId !== keyId) throw WrongBackupKey({ keyId: header.keyId, given: keyId });
    const seal = fileSeal(key, bytes, header.salt);
    return await pipeline(
      handle.createReadStream({ start: bytes.length, highWaterMark: READ_BYTES, autoClose: false }),
      (frames: AsyncIterable<Buffer>) => unsealed(seal, frames),
      createGunzip({ chunkSize: CHUNK_BYTES }),
      (content: AsyncIterable<Buffer>) => use(header, recordsOf(content)),
    );
  } finally {
    await handle.close();
  }
}

async function readHeader(
  handle: FileHandle,
  file: string,
): Promise<{ header: BackupHeader; bytes: Buffer }> {
  const prelude = await readAt(handle, 0, PRELUDE_BYTES);
  const length = headerLength(prelude);
  if (length === undefined) throw NotABackup({ file });
  const json = await readAt(handle, PRELUDE_BYTES, length);
  const header = headerIn(json);
  if (!header) throw BackupDamaged({ how: 'its header cannot be read' });
  return { header, bytes: Buffer.concat([prelude, json]) };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function* recordsOf(content: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  const reader = new RecordReader();
  for await (const piece of content) yield* reader.push(piece);
  if (reader.rest > 0) throw BackupDamaged({ how: 'its content ends in the middle of a part' });
}
