/**
 * A sealed frame in a backup: length of its ciphertext (4 bytes, big-endian), 1 where it is the last and else 0 (1 byte), ciphertext, tag
 * (16 bytes). Its nonce is its number in the file, from 0: the key of a file seals nothing else.
 */
export const FRAME_PREFIX_BYTES = 5;
export const TAG_BYTES = 16;

/** How much compressed content a frame holds at the most. */
export const FRAME_BYTES = 256 * 1024;

export interface FramePrefix {
  length: number;
  last: boolean;
}

export function framePrefix({ length, last }: FramePrefix): Buffer {
  const prefix = Buffer.alloc(FRAME_PREFIX_BYTES);
  prefix.writeUInt32BE(length);
  prefix.writeUInt8(last ? 1 : 0, 4);
  return prefix;
}

/** The prefix in its bytes; undefined where they are none. */
export function prefixIn(bytes: Buffer): FramePrefix | undefined {
  const length = bytes.readUInt32BE(0);
  const flag = bytes.readUInt8(4);
  return length <= FRAME_BYTES && flag <= 1 ? { length, last: flag === 1 } : undefined;
}

/** The 96-bit nonce of a frame. */
export function nonceOf(nr: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeBigUInt64BE(BigInt(nr), 4);
  return nonce;
}

/**
 * What a frame is bound to, so that it counts in this file and in this place alone, and an end that was cut off is seen.
 * @param headerDigest  SHA-256 of the file's header
 */
export const boundTo = (headerDigest: Buffer, nr: number, last: boolean): Buffer =>
  Buffer.concat([headerDigest, nonceOf(nr), Buffer.from([last ? 1 : 0])]);
