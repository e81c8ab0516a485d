import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { deriveKeys, keyedHash, type Place, seal, unseal } from '../../../src/vault/envelope.node.js';

const KEY = Buffer.alloc(32, 1);
const PLACE: Place = { study: 's', owner: Buffer.alloc(32, 2), column: 'email', keyVersion: 1 };
const TEXT = Buffer.from('anna@synthetic.example');
const UNREADABLE = expect.objectContaining({ code: 'vault.unreadable' }) as Error;

it('what was sealed is read back, and no two seals are alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const sealed = seal(KEY, Buffer.from(bytes), PLACE);
      expect(unseal(KEY, sealed, PLACE)).toEqual(Buffer.from(bytes));
      expect(seal(KEY, Buffer.from(bytes), PLACE)).not.toEqual(sealed);
    }),
  );
});

it.each<[string, Partial<Place>]>([
  ['study', { study: 't' }],
  ['member', { owner: Buffer.alloc(32, 3) }],
  ['column', { column: 'telegram' }],
  ['key version', { keyVersion: 2 }],
])('is unreadable in the place of another %s', (_, differs) => {
  const sealed = seal(KEY, TEXT, PLACE);
  expect(() => unseal(KEY, sealed, { ...PLACE, ...differs })).toThrow(UNREADABLE);
});

it('is unreadable with another key, and after any change of any byte', () => {
  const sealed = seal(KEY, TEXT, PLACE);
  expect(() => unseal(randomBytes(32), sealed, PLACE)).toThrow(UNREADABLE);
  sealed.forEach((byte, at) => {
    const changed = Buffer.from(sealed);
    changed[at] = byte ^ 1;
    expect(() => unseal(KEY, changed, PLACE)).toThrow(UNREADABLE);
  });
});

it.each([0, 1, 12, 20, 28])('is unreadable when it is cut to %d bytes', (length) => {
  expect(() => unseal(KEY, seal(KEY, TEXT, PLACE).subarray(0, length), PLACE)).toThrow(UNREADABLE);
});

it('each purpose has a key of its own, and each master key others', () => {
  const keys = [deriveKeys(KEY), deriveKeys(Buffer.alloc(32, 9))].flatMap(({ wrap, owner, index }) => [
    wrap,
    owner,
    index,
  ]);
  expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(6);
  for (const key of keys) expect(key).toHaveLength(32);
});

it('a keyed hash tells its parts apart', () => {
  expect(keyedHash(KEY, 'a', 'bc')).toEqual(keyedHash(KEY, 'a', 'bc'));
  expect(keyedHash(KEY, 'a', 'bc')).not.toEqual(keyedHash(KEY, 'ab', 'c'));
  expect(keyedHash(KEY, 'a')).not.toEqual(keyedHash(randomBytes(32), 'a'));
});
