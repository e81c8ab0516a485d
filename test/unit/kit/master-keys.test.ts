import { masterKeysIn } from '../../../src/kit/master-keys.js';

const base64 = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const key = (version: number, byte: number) => ({ version, key: Buffer.alloc(32, byte) });

it('takes one bare key for version 1', () => {
  expect(masterKeysIn(` ${base64(1)}\n`)).toEqual([key(1, 1)]);
  expect(masterKeysIn(`1:${base64(1)}`)).toEqual([key(1, 1)]);
});

it.each([
  [`12:${base64(3)},2:${base64(2)},1:${base64(1)}`],
  [`12:${base64(3)}\n2:${base64(2)}\r\n1:${base64(1)}\n`],
  [` 12:${base64(3)} , 2:${base64(2)} , 1:${base64(1)} `],
])('takes several, newest first, with their versions', (text) => {
  expect(masterKeysIn(text)).toEqual([key(12, 3), key(2, 2), key(1, 1)]);
});

it.each([
  ['nothing', ''],
  ['a word', 'secret'],
  ['a key that is too short', Buffer.alloc(31, 1).toString('base64')],
  ['a key that is too long', `2:${Buffer.alloc(33, 1).toString('base64')}`],
  ['no key behind a version', '2:'],
  ['a version that is none', `0:${base64(1)}`],
  ['a version that no database can hold', `9999999999:${base64(1)}`],
  ['a bare key among several', `2:${base64(2)},${base64(1)}`],
  ['the newest last', `1:${base64(1)},2:${base64(2)}`],
  ['one version twice', `2:${base64(2)},2:${base64(1)}`],
  ['a bad one among good ones', `3:${base64(3)},2:x,1:${base64(1)}`],
])('refuses %s', (_, text) => {
  expect(masterKeysIn(text)).toBeUndefined();
});
