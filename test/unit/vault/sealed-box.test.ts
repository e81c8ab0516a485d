import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { deriveKeys } from '../../../src/vault/envelope.node.js';
import { openBox, sealBox, sealingPair } from '../../../src/vault/sealed-box.node.js';

const ROOT = deriveKeys(Buffer.alloc(32, 1)).sealing;
const PAIR = sealingPair(ROOT, 's');
const PLACE = { study: 's', purpose: 'link request 1' };
const TEXT = Buffer.from('anna@synthetic.example');
const UNREADABLE = expect.objectContaining({ code: 'vault.unreadable' }) as Error;

it('what was closed to a study is opened by it, and no two boxes are alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const plain = Buffer.from(bytes);
      const box = sealBox(PAIR.publicKey, plain, PLACE);
      expect(openBox(PAIR, box, PLACE)).toEqual(plain);
      const other = sealBox(PAIR.publicKey, plain, PLACE);
      expect(other.subarray(1, 33)).not.toEqual(box.subarray(1, 33));
      expect(other).not.toEqual(box);
    }),
    { numRuns: 30 },
  );
});

it('the same root makes the same keys; another study or root makes others', () => {
  expect(PAIR.publicKey).toHaveLength(32);
  expect(sealingPair(ROOT, 's').publicKey).toEqual(PAIR.publicKey);
  const publics = [
    PAIR,
    sealingPair(ROOT, 't'),
    sealingPair(deriveKeys(Buffer.alloc(32, 2)).sealing, 's'),
  ].map(({ publicKey }) => publicKey.toString('hex'));
  expect(new Set(publics).size).toBe(3);
});

it.each([
  ['purpose', { purpose: 'link request 2' }],
  ['study', { study: 't' }],
])('does not open in the place of another %s', (_, differs) => {
  const box = sealBox(PAIR.publicKey, TEXT, PLACE);
  expect(() => openBox(PAIR, box, { ...PLACE, ...differs })).toThrow(UNREADABLE);
});

it('does not open with another study’s key, even in the same place', () => {
  const box = sealBox(PAIR.publicKey, TEXT, PLACE);
  expect(() => openBox(sealingPair(ROOT, 't'), box, PLACE)).toThrow(UNREADABLE);
  expect(() => openBox(sealingPair(randomBytes(32), 's'), box, PLACE)).toThrow(UNREADABLE);
});

it('does not open after any change of any byte', () => {
  const box = sealBox(PAIR.publicKey, TEXT, PLACE);
  box.forEach((byte, at) => {
    const changed = Buffer.from(box);
    changed[at] = byte ^ 1;
    expect(() => openBox(PAIR, changed, PLACE)).toThrow(UNREADABLE);
  });
});

it.each([0, 1, 33, 45, 60])('does not open when it is cut to %d bytes', (length) => {
  const box = sealBox(PAIR.publicKey, TEXT, PLACE).subarray(0, length);
  expect(() => openBox(PAIR, box, PLACE)).toThrow(UNREADABLE);
});

// Points of small order (RFC 7748, section 6.1): with them the agreement is zero, whoever has the private key.
it.each([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
])('takes no key of small order: %s', (point) => {
  const box = sealBox(PAIR.publicKey, TEXT, PLACE);
  Buffer.from(point, 'hex').copy(box, 1);
  expect(() => openBox(PAIR, box, PLACE)).toThrow(UNREADABLE);
  expect(() => sealBox(Buffer.from(point, 'hex'), TEXT, PLACE)).toThrow();
});
