import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readImap } from '../../src/contact/mail/imap.node.js';
import { SAMPLES } from '../make/bounce-mail.js';
import { startDovecot, type TestDovecot } from '../make/dovecot.js';

let dovecot: TestDovecot;
beforeAll(async () => {
  dovecot = await startDovecot();
});
afterAll(() => dovecot.stop());

const put = async (name: string, text: string) => {
  const path = join(dovecot.maildir, 'new', name);
  await writeFile(path, text);
  await chmod(path, 0o666);
};
const flags = async () =>
  (await readdir(join(dovecot.maildir, 'cur'))).map((name) => name.replace(/^([^.]*)\..*:2,/, '$1 ')).sort();

/** Takes all but what holds a word, and keeps what it took. */
const taking = (not?: string) => {
  const taken: string[] = [];
  return {
    taken,
    take: async (raw: Buffer) => {
      const text = raw.toString('latin1');
      if (not !== undefined && text.includes(not)) return false;
      taken.push(/Subject: (\w+)/.exec(text)?.[1] ?? '');
      return true;
    },
  };
};

test('unseen messages are taken once and marked as seen; what is not taken stays unseen', async () => {
  await put('1.host', 'Subject: one\r\n\r\nx\r\n');
  await put('2.host', 'Subject: two\r\n\r\nx\r\n');
  await put('3.host', 'Subject: three\r\n\r\nx\r\n');
  const first = taking('two');
  expect(await readImap(dovecot.url, first.take)).toBe(2);
  expect([...first.taken].sort()).toEqual(['one', 'three']);
  expect(await flags()).toEqual(['1 S', '2 ', '3 S']);

  const failing = readImap(dovecot.url, () => Promise.reject(new Error('database away')));
  await expect(failing).rejects.toThrow('database away');
  expect(await flags()).toEqual(['1 S', '2 ', '3 S']);

  const second = taking();
  expect(await readImap(dovecot.url, second.take)).toBe(1);
  expect(second.taken).toEqual(['two']);
  expect(await readImap(dovecot.url, second.take)).toBe(0);
});

test('a message comes as it is, and of a huge one the beginning', async () => {
  const bounce = SAMPLES['Postfix, unknown user']?.raw ?? Buffer.alloc(0);
  await put('4.host', bounce.toString('latin1'));
  await put('5.host', `Subject: huge\r\n\r\n${'x'.repeat(998)}\r\n`.padEnd(400 * 1024, 'y\r\n'));
  const raws: Buffer[] = [];
  await readImap(dovecot.url, async (raw) => raws.push(raw) > 0);
  expect(raws.map(({ length }) => length).sort((a, b) => a - b)).toEqual([bounce.length, 256 * 1024]);
  expect(raws.find(({ length }) => length === bounce.length)?.equals(bounce)).toBe(true);
});

test('a wrong password and a folder that is not there are told', async () => {
  const { take } = taking();
  await expect(readImap(dovecot.url.replace('p%40ss', 'other'), take)).rejects.toThrow();
  await expect(readImap(dovecot.url.replace('/INBOX', '/Nowhere'), take)).rejects.toThrow();
});
