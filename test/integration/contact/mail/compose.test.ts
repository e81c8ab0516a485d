import { createHash, createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { type Message } from '../../../../src/contact/channel.js';
import { composer } from '../../../../src/contact/mail/compose.node.js';
import { MailChannel } from '../../../../src/contact/mail/mail.channel.node.js';
import { type Config } from '../../../../src/kit/config.js';
import { type SmtpSink, startSmtpSink } from '../../../../src/kit/smtp-sink.node.js';

const MESSAGE: Message = {
  to: 'someone@synthetic.example',
  messageId: '<0a1b@panel.example>',
  locale: 'ru',
  letter: {
    subject: 'Опрос: вторая волна, которая длится долго и о которой многое стоит сказать',
    text: `Здравствуйте\n.\n${'слово '.repeat(300)}\n`,
    html: '<p>Здравствуйте</p>',
  },
  unsubscribeUrl: `https://panel.example/stop/ru/${'x'.repeat(80)}`,
};
const FROM = { mailFrom: 'Panel <panel@panel.example>', mailBounces: undefined, dkim: undefined };

let dir: string;
let sink: SmtpSink;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onward-mail-'));
  sink = await startSmtpSink({ dir: join(dir, 'sink') });
});
afterAll(async () => {
  await sink.stop();
  await rm(dir, { recursive: true });
});

/** The message as a mail server received it. */
async function received(message: Partial<Message> = {}, config: Partial<Config> = {}) {
  const channel = new MailChannel({
    ...FROM,
    role: 'worker',
    publicUrl: 'https://panel.example',
    smtpUrl: `smtp://127.0.0.1:${sink.port}`,
    ...config,
  } as Config);
  const delivery = await channel.send({ ...MESSAGE, ...message }, () => Promise.resolve(true));
  await channel.close();
  expect(delivery).toEqual({ kind: 'sent' });
  const last = (await sink.messages()).at(-1);
  const raw = (await sink.raw(last?.id ?? '')) ?? Buffer.alloc(0);
  return { envelope: { from: last?.from, to: last?.to }, raw, mail: await simpleParser(raw) };
}
const linesOf = (raw: Buffer): string[] =>
  headerBlock(raw)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
const headerBlock = (raw: Buffer): string => raw.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';

test('a message is what its letter says, in text and HTML, and tells how to stop it', async () => {
  const { raw, mail, envelope } = await received();
  expect(envelope).toEqual({ from: 'panel@panel.example', to: ['someone@synthetic.example'] });
  expect(mail.subject).toBe(MESSAGE.letter.subject);
  const foot =
    'Посмотреть, исправить или стереть всё, что у нас о вас есть:\nhttps://panel.example/mine/link?lang=ru';
  expect(mail.text?.trimEnd()).toBe(`${MESSAGE.letter.text.trimEnd()}\n\n${foot}`);
  expect(mail.html).toContain('href="https://panel.example/mine/link?lang=ru"');
  expect(mail.html).toContain('<p>Здравствуйте</p>');
  const lines = linesOf(raw);
  expect(lines).toEqual(
    expect.arrayContaining([
      'From: Panel <panel@panel.example>',
      'To: someone@synthetic.example',
      'Message-ID: <0a1b@panel.example>',
      'Auto-Submitted: auto-generated',
      `List-Unsubscribe: <${MESSAGE.unsubscribeUrl}>`,
      'List-Unsubscribe-Post: List-Unsubscribe=One-Click',
      expect.stringMatching(/^Content-Type: multipart\/alternative;/),
    ]),
  );
  expect(lines.map((line) => line.split(':')[0]?.toLowerCase()).sort()).toEqual([
    'auto-submitted',
    'content-type',
    'date',
    'from',
    'list-unsubscribe',
    'list-unsubscribe-post',
    'message-id',
    'mime-version',
    'subject',
    'to',
  ]);
  expect(
    raw
      .toString('latin1')
      .split('\r\n')
      .every((line) => line.length < 999),
  ).toBe(true);
});

test('a link that the person asked for has nothing to stop', async () => {
  const { raw } = await received({ unsubscribeUrl: undefined });
  expect(headerBlock(raw)).not.toMatch(/unsubscribe/i);
});

test('bounces come back to an address that tells the message', async () => {
  const { envelope, raw } = await received({}, { mailBounces: 'bounces@mail.panel.example' });
  expect(envelope.from).toBe('bounces+0a1b@mail.panel.example');
  expect(headerBlock(raw)).not.toContain('bounces');
});

test.each([
  ['subject', { letter: { ...MESSAGE.letter, subject: 'x\r\nBcc: thief@evil.example\r\n\r\nbody' } }, {}],
  ['Message-ID', { messageId: '<x@panel.example>\r\nBcc: thief@evil.example' }, {}],
  ['unsubscribe address', { unsubscribeUrl: 'https://x.example/\r\nBcc: thief@evil.example' }, {}],
  ['recipient', { to: 'a@synthetic.example\r\nBcc: thief@evil.example' }, {}],
  ['recipient’s list', { to: 'a@synthetic.example, thief@evil.example' }, {}],
  ['sender', {}, { mailFrom: 'Panel\r\nBcc: thief@evil.example <panel@panel.example>' }],
])('no line can be put into the head by way of the %s', async (_name, message, from) => {
  const { raw, envelope } = await composer({ ...FROM, ...from })({ ...MESSAGE, ...message });
  expect(linesOf(raw).filter((line) => /^(bcc|body)/i.test(line))).toEqual([]);
  expect(envelope.to).toHaveLength(1);
  expect((await simpleParser(raw)).to).toMatchObject({ value: [{ address: expect.any(String) as string }] });
  expect(JSON.stringify(envelope)).not.toMatch(/[\r\n]|\\[rn]/);
});

describe('with a key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dkim = (keyFile: string) => ({ domain: 'panel.example', selector: 's1', keyFile });
  const keyIn = async (name: string, pem: string | Buffer): Promise<string> => {
    await writeFile(join(dir, name), pem);
    return join(dir, name);
  };

  test('the signature holds for what arrived, the headers that stop the mail among it', async () => {
    const keyFile = await keyIn('dkim.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { raw } = await received({}, { dkim: dkim(keyFile) });
    expect(verified(raw, publicKey.export({ type: 'spki', format: 'pem' }))).toEqual({
      body: true,
      head: true,
    });
    const signed = tagsOf(raw)['h']?.split(':') ?? [];
    expect(signed).toEqual(
      expect.arrayContaining([
        'from',
        'to',
        'subject',
        'date',
        'message-id',
        'auto-submitted',
        'list-unsubscribe',
        'list-unsubscribe-post',
      ]),
    );
    const changed = Buffer.from(raw.toString('latin1').replace('One-Click', 'Two-Click'), 'latin1');
    expect(verified(changed, publicKey.export({ type: 'spki', format: 'pem' })).head).toBe(false);
  });

  test('a key that cannot sign is told at the start, not by an unsigned message', async () => {
    const { privateKey: other } = generateKeyPairSync('ed25519');
    const wrong = [
      join(dir, 'nowhere.pem'),
      await keyIn('text.pem', 'not a key'),
      await keyIn('ed25519.pem', other.export({ type: 'pkcs8', format: 'pem' })),
    ];
    const channel = (keyFile: string, role: Config['role']) =>
      new MailChannel({ ...FROM, role, smtpUrl: 'smtp://127.0.0.1:1', dkim: dkim(keyFile) } as Config);
    for (const keyFile of wrong)
      expect(() => channel(keyFile, 'worker')).toThrow(
        expect.objectContaining({ code: 'contact.dkim_key_unreadable' }),
      );
    expect(() => channel(join(dir, 'nowhere.pem'), 'web')).not.toThrow();
  });
});

/** The tags of the DKIM-Signature. */
const tagsOf = (raw: Buffer): Record<string, string> => {
  const line = linesOf(raw).find((one) => one.startsWith('DKIM-Signature:')) ?? '';
  return Object.fromEntries(
    line
      .slice(line.indexOf(':') + 1)
      .split(';')
      .map((tag) => [tag.slice(0, tag.indexOf('=')).trim(), tag.slice(tag.indexOf('=') + 1).trim()]),
  );
};

/** Verifies a signature by RFC 6376, relaxed/relaxed, on its own. */
function verified(raw: Buffer, publicKey: string | Buffer): { body: boolean; head: boolean } {
  const text = raw.toString('latin1');
  const tags = tagsOf(raw);
  const body = `${text
    .slice(text.indexOf('\r\n\r\n') + 4)
    .replace(/[ \t]+/g, ' ')
    .replace(/ \r\n/g, '\r\n')
    .replace(/(\r\n)*$/, '')}\r\n`;
  const lines = linesOf(raw);
  const relaxed = (line: string) => {
    const at = line.indexOf(':');
    return `${line.slice(0, at).trim().toLowerCase()}:${line
      .slice(at + 1)
      .replace(/\s+/g, ' ')
      .trim()}`;
  };
  const named = (name: string) => lines.find((line) => line.toLowerCase().startsWith(`${name}:`)) ?? '';
  const signed = (tags['h'] ?? '').split(':').map((name) => relaxed(named(name.trim().toLowerCase())));
  const own = relaxed(named('dkim-signature')).replace(/([;:\s]b=)[^;]*$/, '$1');
  const verify = createVerify('RSA-SHA256').update(Buffer.from([...signed, own].join('\r\n'), 'latin1'));
  return {
    body: createHash('sha256').update(Buffer.from(body, 'latin1')).digest('base64') === tags['bh'],
    head: verify.verify(publicKey, (tags['b'] ?? '').replace(/\s/g, ''), 'base64'),
  };
}
