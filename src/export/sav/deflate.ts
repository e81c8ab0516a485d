import { huffmanCode } from './huffman.js';

const LEAST_MATCH = 4;
const LONGEST_MATCH = 258;
const FARTHEST = 32_768;
const HASH_BITS = 15;
/** Symbols that share one code. */
const BLOCK_SYMBOLS = 32_768;
const END = 256;
/**
 * PSPP 1.6 takes 4,096 bytes at a time, and a stream for broken when what it has of it yields no byte. So a stream's beginning, which is mostly
 * the codes of its first block, never stands across two such pieces.
 */
const WINDOW = 4096;
const BEGINNING = 512;
/** The most bytes that a block may have as they are. */
const STORED_BYTES = 65_535;
/** In which order a block tells the lengths of its codes' codes. */
const LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/**
 * Compresses to zlib's form. Our own, as a release has the same bytes for ever: what zlib writes differs between its versions and between
 * processors.
 * @see RFC 1950, RFC 1951
 */
export class Deflate {
  private readonly heads = new Int32Array(1 << HASH_BITS);
  /** Of each symbol: a literal byte, or the length of a match; and how far back that lies, 0 for a literal. */
  private readonly values = new Uint16Array(BLOCK_SYMBOLS);
  private readonly distances = new Uint16Array(BLOCK_SYMBOLS);
  private symbols = 0;
  private out = Buffer.alloc(0);
  private at = 0;
  private bits = 0;
  private bitCount = 0;
  /** The bit with which the last block begins: it says whether another follows. */
  private block = 0;

  /**
   * A whole stream.
   * @param before  where another follows: how many bytes stand before this one from where PSPP begins to read them
   * @returns bytes of their own
   */
  compressed(input: Buffer, before?: number): Buffer {
    // No symbol takes more than twice the bits of what it stands for; and each block has its codes before it.
    const most = input.length * 2 + BEGINNING * (Math.ceil(input.length / BLOCK_SYMBOLS) + 3);
    if (this.out.length < most) this.out = Buffer.allocUnsafeSlow(most);
    this.begin();
    this.heads.fill(-1);
    this.findMatches(input);
    this.writeBlock();
    if (this.bytesSoFar > 2 + input.length + 5 * Math.ceil(input.length / STORED_BYTES) && input.length > 0)
      this.store(input);
    if (before !== undefined)
      while ((before + this.bytesSoFar + 4) % WINDOW > WINDOW - BEGINNING) this.writeStored(Buffer.alloc(0));
    this.endByte();
    const first = this.block >>> 3;
    this.out[first] = (this.out[first] as number) | (1 << (this.block & 7));
    this.at = this.out.writeUInt32BE(adler32(input), this.at);
    return Buffer.from(this.out.subarray(0, this.at));
  }

  private begin(): void {
    this.at = this.out.writeUInt16BE(0x7801, 0);
    this.bits = 0;
    this.bitCount = 0;
  }

  /** Instead of what is written: the bytes as they are, for what does not become less. */
  private store(input: Buffer): void {
    this.begin();
    for (let from = 0; from < input.length; from += STORED_BYTES)
      this.writeStored(input.subarray(from, from + STORED_BYTES));
  }

  /** A block of bytes as they are; they begin with a byte. */
  private writeStored(bytes: Buffer): void {
    this.block = this.at * 8 + this.bitCount;
    this.put(0, 3);
    this.endByte();
    this.at = this.out.writeUInt16LE(bytes.length, this.at);
    this.at = this.out.writeUInt16LE(bytes.length ^ 0xffff, this.at);
    this.at += bytes.copy(this.out, this.at);
  }

  private get bytesSoFar(): number {
    return this.at + Math.ceil(this.bitCount / 8);
  }

  private endByte(): void {
    for (; this.bitCount > 0; this.bitCount -= 8, this.bits >>>= 8) this.out[this.at++] = this.bits;
    this.bits = 0;
    this.bitCount = 0;
  }

  /** Takes the last place that began with the same four bytes, where there is one. */
  private findMatches(input: Buffer): void {
    const { heads } = this;
    const last = input.length - LEAST_MATCH;
    let at = 0;
    while (at <= last) {
      const four = fourBytes(input, at);
      const hash = Math.imul(four, 0x9e3779b1) >>> (32 - HASH_BITS);
      const before = heads[hash] as number;
      heads[hash] = at;
      if (before < 0 || at - before > FARTHEST || fourBytes(input, before) !== four) {
        this.symbol(input[at] as number, 0);
        at += 1;
        continue;
      }
      const most = Math.min(LONGEST_MATCH, input.length - at);
      let length = LEAST_MATCH;
      while (length < most && input[before + length] === input[at + length]) length += 1;
      this.symbol(length, at - before);
      at += length;
    }
    for (; at < input.length; at += 1) this.symbol(input[at] as number, 0);
  }

  private symbol(value: number, distance: number): void {
    if (this.symbols === BLOCK_SYMBOLS) this.writeBlock();
    this.values[this.symbols] = value;
    this.distances[this.symbols] = distance;
    this.symbols += 1;
  }

  private writeBlock(): void {
    const { values, distances, symbols } = this;
    const literalCounts = new Uint32Array(286);
    const distanceCounts = new Uint32Array(30);
    literalCounts[END] = 1;
    for (let index = 0; index < symbols; index += 1) {
      const distance = distances[index] as number;
      const value = values[index] as number;
      const literal = distance === 0 ? value : lengthSymbol(value);
      literalCounts[literal] = (literalCounts[literal] as number) + 1;
      if (distance === 0) continue;
      const far = distanceSymbol(distance);
      distanceCounts[far] = (distanceCounts[far] as number) + 1;
    }
    const literal = huffmanCode(literalCounts, 15);
    const far = huffmanCode(distanceCounts, 15);
    this.block = this.at * 8 + this.bitCount;
    // A block with codes of its own; whether it is the last is said when it is known.
    this.put(0b100, 3);
    this.writeCodes(literal.lengths, far.lengths);
    for (let index = 0; index < symbols; index += 1) {
      const distance = distances[index] as number;
      const value = values[index] as number;
      if (distance === 0) {
        this.put(literal.codes[value] as number, literal.lengths[value] as number);
        continue;
      }
      const symbol = lengthSymbol(value);
      this.put(literal.codes[symbol] as number, literal.lengths[symbol] as number);
      const lengthExtra = lengthBits(value);
      this.put((value - 3) & ((1 << lengthExtra) - 1), lengthExtra);
      const farSymbol = distanceSymbol(distance);
      this.put(far.codes[farSymbol] as number, far.lengths[farSymbol] as number);
      const farExtra = distanceBits(distance);
      this.put((distance - 1) & ((1 << farExtra) - 1), farExtra);
    }
    this.put(literal.codes[END] as number, literal.lengths[END] as number);
    this.symbols = 0;
  }

  /** The lengths of both codes, runs of a length shortened, by a code of their own. */
  private writeCodes(literals: Uint8Array, distances: Uint8Array): void {
    const runs = shortened([...literals, ...distances]);
    const counts = new Uint32Array(19);
    for (const { symbol } of runs) counts[symbol] = (counts[symbol] as number) + 1;
    const { lengths, codes } = huffmanCode(counts, 7);
    this.put(literals.length - 257, 5);
    this.put(distances.length - 1, 5);
    this.put(LENGTH_ORDER.length - 4, 4);
    for (const symbol of LENGTH_ORDER) this.put(lengths[symbol] as number, 3);
    for (const { symbol, extra, bits } of runs) {
      this.put(codes[symbol] as number, lengths[symbol] as number);
      this.put(extra, bits);
    }
  }

  /** At most 16 bits, the lowest first. */
  private put(value: number, count: number): void {
    this.bits |= value << this.bitCount;
    this.bitCount += count;
    if (this.bitCount < 16) return;
    this.out[this.at] = this.bits;
    this.out[this.at + 1] = this.bits >>> 8;
    this.at += 2;
    this.bits >>>= 16;
    this.bitCount -= 16;
  }
}

const fourBytes = (bytes: Buffer, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

/** Places of the highest bit that is set, from 0. */
const highest = (number: number): number => 31 - Math.clz32(number);

function lengthSymbol(length: number): number {
  if (length === LONGEST_MATCH) return 285;
  if (length < 11) return 254 + length;
  const high = highest(length - 3);
  return 253 + high * 4 + (((length - 3) >>> (high - 2)) & 3);
}
const lengthBits = (length: number): number =>
  length < 11 || length === LONGEST_MATCH ? 0 : highest(length - 3) - 2;

function distanceSymbol(distance: number): number {
  if (distance < 5) return distance - 1;
  const high = highest(distance - 1);
  return high * 2 + (((distance - 1) >>> (high - 1)) & 1);
}
const distanceBits = (distance: number): number => (distance < 5 ? 0 : highest(distance - 1) - 1);

interface Run {
  symbol: number;
  extra: number;
  bits: number;
}

/** 16: the last length 3 to 6 times more; 17: 3 to 10 zeros; 18: 11 to 138 zeros. */
function shortened(lengths: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < lengths.length;) {
    const length = lengths[at] as number;
    let end = at + 1;
    while (end < lengths.length && lengths[end] === length) end += 1;
    if (length !== 0) {
      runs.push({ symbol: length, extra: 0, bits: 0 });
      at += 1;
    }
    while (end - at >= 3) {
      const most = Math.min(end - at, length !== 0 ? 6 : 138);
      if (length !== 0) runs.push({ symbol: 16, extra: most - 3, bits: 2 });
      else if (most <= 10) runs.push({ symbol: 17, extra: most - 3, bits: 3 });
      else runs.push({ symbol: 18, extra: most - 11, bits: 7 });
      at += most;
    }
    for (; at < end; at += 1) runs.push({ symbol: length, extra: 0, bits: 0 });
  }
  return runs;
}

/** @see RFC 1950, 9 */
function adler32(bytes: Buffer): number {
  let low = 1;
  let high = 0;
  for (let at = 0; at < bytes.length;) {
    // So many bytes can be added before the sums have to be brought down.
    for (const end = Math.min(bytes.length, at + 5552); at < end; at += 1) {
      low += bytes[at] as number;
      high += low;
    }
    low %= 65_521;
    high %= 65_521;
  }
  return high * 65_536 + low;
}
