import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { Deflate } from '../../../src/export/sav/deflate.js';
import { huffmanCode } from '../../../src/export/sav/huffman.js';

/** Bytes that repeat what they had, near and far. */
const repeating = fc
  .array(
    fc.record({
      bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
      times: fc.integer({ min: 1, max: 300 }),
    }),
    { maxLength: 40 },
  )
  .map((parts) => Buffer.concat(parts.flatMap(({ bytes, times }) => Array<Uint8Array>(times).fill(bytes))));

const deflate = new Deflate();

test('what is compressed is what zlib reads', () => {
  fc.assert(
    fc.property(fc.oneof(repeating, fc.uint8Array({ maxLength: 3000 })), (bytes) => {
      expect(inflateSync(deflate.compressed(Buffer.from(bytes))).equals(Buffer.from(bytes))).toBe(true);
    }),
  );
});

/** Bytes without a pattern; the same each time. */
function scrambled(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0, state = 1; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[at] = state >>> 16;
  }
  return bytes;
}

test('large inputs: one byte over and over, no pattern, matches as far as there are', () => {
  const far = Buffer.concat([scrambled(32_768), scrambled(32_768), Buffer.alloc(10), scrambled(32_768)]);
  for (const bytes of [Buffer.alloc(1_000_000), scrambled(1_000_000), far])
    expect(inflateSync(deflate.compressed(bytes)).equals(bytes)).toBe(true);
  expect(deflate.compressed(Buffer.alloc(1_000_000)).length).toBeLessThan(5000);
  expect(deflate.compressed(far).length).toBeLessThan(70_000);
});

test('what has no pattern becomes no longer than PSPP accepts', () => {
  for (const length of [8, 16, 72, 1000, 100_000])
    expect(deflate.compressed(scrambled(length)).length).toBeLessThanOrEqual(
      length + Math.floor(length / 7) + 11,
    );
});

test('a stream that follows another begins with room in the piece that PSPP takes', () => {
  for (const bytes of [scrambled(3000), scrambled(5000).map((byte) => byte & 3), Buffer.alloc(9)])
    for (let before = 0; before < 4096; before += 37) {
      const compressed = deflate.compressed(Buffer.from(bytes), before);
      expect(inflateSync(compressed).equals(Buffer.from(bytes))).toBe(true);
      expect((before + compressed.length) % 4096).toBeLessThanOrEqual(4096 - 512);
    }
});

test('the same bytes are compressed to the same bytes for ever', () => {
  const bytes = Buffer.concat([
    scrambled(200_000).map((byte) => byte & 15),
    Buffer.alloc(500),
    scrambled(500),
  ]);
  const hash = createHash('sha256').update(deflate.compressed(bytes)).digest('hex');
  expect(hash).toBe('7f9515a3871d4d477eff7f4d7086403853230b08394957245d48fd0bee698e97');
});

test('a code is complete and none of its words is too long, however unequal the counts', () => {
  const fibonacci = [1, 1];
  while (fibonacci.length < 40) fibonacci.push((fibonacci.at(-1) as number) + (fibonacci.at(-2) as number));
  const counts = [fibonacci, [5], [], [0, 0, 7, 0], Array<number>(286).fill(1)];
  for (const each of counts) {
    const { lengths } = huffmanCode(Uint32Array.from([...each, 0, 0]), 15);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(15);
    expect(lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0)).toBe(1);
  }
});
