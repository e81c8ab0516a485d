import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { BackupDamaged } from './backup.problems.js';
import {
  boundTo,
  FRAME_BYTES,
  FRAME_PREFIX_BYTES,
  framePrefix,
  nonceOf,
  prefixIn,
  TAG_BYTES,
} from './frame.js';

const derived = (key: Buffer, salt: Buffer, purpose: string, bytes: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, `onward backup ${purpose}`, bytes));

/** What names a key in the header of its backups (HKDF, RFC 5869). */
export const keyIdOf = (key: Buffer): string => derived(key, Buffer.alloc(0), 'key id', 8).toString('hex');

/** What the frames of one file are sealed with. */
export interface FileSeal {
  key: Buffer;
  /** SHA-256 of the file's header, which every frame is bound to. */
  headerDigest: Buffer;
}

/** @param header  all of its bytes  @param salt  in hexadecimal */
export const fileSeal = (key: Buffer, header: Buffer, salt: string): FileSeal => ({
  key: derived(key, Buffer.from(salt, 'hex'), 'frames', 32),
  headerDigest: createHash('sha256').update(header).digest(),
});

/** Seals content frame by frame with AES-256-GCM (NIST SP 800-38D); holds no more than one frame at once. */
export async function* sealed(seal: FileSeal, content: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let nr = 0;
  for await (const { bytes, last } of cut(content)) {
    yield sealFrame(seal, nr, bytes, last);
    nr += 1;
  }
}

/** Content in pieces of a frame's size; the last one is known as such and may be empty. */
async function* cut(content: AsyncIterable<Buffer>): AsyncGenerator<{ bytes: Buffer; last: boolean }> {
  let held: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    held.push(chunk);
    size += chunk.length;
    if (size <= FRAME_BYTES) continue;
    const all = Buffer.concat(held);
    let from = 0;
    for (; all.length - from > FRAME_BYTES; from += FRAME_BYTES)
      yield { bytes: all.subarray(from, from + FRAME_BYTES), last: false };
    held = [all.subarray(from)];
    size = all.length - from;
  }
  yield { bytes: Buffer.concat(held), last: true };
}

function sealFrame({ key, headerDigest }: FileSeal, nr: number, bytes: Buffer, last: boolean): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(nr));
  cipher.setAAD(boundTo(headerDigest, nr, last));
  const body = cipher.update(bytes);
  cipher.final();
  return Buffer.concat([framePrefix({ length: body.length, last }), body, cipher.getAuthTag()]);
}

/**
 * The content of sealed frames. Each is proved before any of it is given on.
 * @throws BackupDamaged for a frame that was changed, exchanged, put elsewhere or left out, and where the end is missing
 */
export async function* unsealed(seal: FileSeal, file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const pieces = new Pieces(file);
  for (let nr = 0; ; nr += 1) {
    const prefix = await pieces.take(FRAME_PREFIX_BYTES);
    if (!prefix) throw BackupDamaged({ how: `it ends before frame ${nr}, and that is not its end` });
    const told = prefixIn(prefix);
    if (!told) throw BackupDamaged({ how: `frame ${nr} has an impossible length` });
    const frame = await pieces.take(told.length + TAG_BYTES);
    if (!frame) throw BackupDamaged({ how: `it is cut off in frame ${nr}` });
    yield openFrame(seal, nr, frame, told.last);
    if (!told.last) continue;
    if (await pieces.take(1)) throw BackupDamaged({ how: 'something was put behind its end' });
    return;
  }
}

function openFrame({ key, headerDigest }: FileSeal, nr: number, frame: Buffer, last: boolean): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(nr), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(headerDigest, nr, last));
  decipher.setAuthTag(frame.subarray(-TAG_BYTES));
  const bytes = decipher.update(frame.subarray(0, -TAG_BYTES));
  try {
    decipher.final();
  } catch {
    // The cause says no more than this: the tag is another one.
    throw BackupDamaged({ how: `frame ${nr} was changed, or does not belong there` });
  }
  return bytes;
}

/** Takes pieces of any size from bytes that come as they come. */
class Pieces {
  private readonly source: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(file: AsyncIterable<Buffer>) {
    this.source = file[Symbol.asyncIterator]();
  }

  /** The next so many bytes; undefined where fewer are left. */
  async take(bytes: number): Promise<Buffer | undefined> {
    const parts = [this.held];
    let size = this.held.length;
    while (size < bytes) {
      const next = await this.source.next();
      if (next.done) return undefined;
      parts.push(next.value);
      size += next.value.length;
    }
    const all = parts.length === 1 ? this.held : Buffer.concat(parts);
    this.held = all.subarray(bytes);
    return all.subarray(0, bytes);
  }
}
