import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import { MovableClock } from '../../../src/kit/clock.js';
import { startSmtpSink, type SmtpSink, type SmtpSinkOptions } from '../../../src/kit/smtp-sink.node.js';

let dir: string;
let sink: SmtpSink | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'onward-sink-'));
});

afterEach(async () => {
  await sink?.stop();
  await rm(dir, { recursive: true, force: true });
});

const start = async (options: Partial<SmtpSinkOptions> = {}) =>
  (sink = await startSmtpSink({ dir, ...options }));

const send = (to: string, text = 'Ссылка: http://127.0.0.1:1/#токен', subject = 'Приглашение') =>
  createTransport({ host: '127.0.0.1', port: sink?.port, secure: false }).sendMail({
    from: 'Panel <panel@example.org>',
    to,
    subject,
    text,
    html: `<p>${text}</p>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });

test('a message is kept with its texts, its time and its raw form', async () => {
  const told: string[] = [];
  await start({
    clock: new MovableClock(new Date('2027-03-01T09:00:00Z')),
    onMessage: ({ id }) => told.push(id),
  });
  await send('anna@example.org');
  const messages = await sink?.messages();
  expect(messages).toEqual([
    {
      id: '000001',
      from: 'panel@example.org',
      to: ['anna@example.org'],
      subject: 'Приглашение',
      receivedAt: new Date('2027-03-01T09:00:00Z'),
      text: expect.stringContaining('Ссылка: http://127.0.0.1:1/#токен') as unknown,
      html: '<p>Ссылка: http://127.0.0.1:1/#токен</p>',
    },
  ]);
  expect(told).toEqual(['000001']);
  expect((await sink?.raw('000001'))?.toString()).toContain('Auto-Submitted: auto-generated');
  expect(await sink?.raw('../index')).toBeUndefined();
});

test('messages survive a restart, and a line that a crash cut short counts for nothing', async () => {
  await start();
  await send('one@example.org');
  await sink?.stop();
  await appendFile(join(dir, 'index.jsonl'), '{"id":"000002","from":"né');
  await start();
  await send('two@example.org');
  await sink?.stop();
  await start();
  expect((await sink?.messages())?.map(({ id, to }) => [id, ...to])).toEqual([
    ['000001', 'one@example.org'],
    ['000002', 'two@example.org'],
  ]);
});

test('messages that come at once are all kept, each under its own number', async () => {
  await start();
  await Promise.all(Array.from({ length: 20 }, (_, n) => send(`p${n}@example.org`)));
  const messages = (await sink?.messages()) ?? [];
  expect(new Set(messages.map(({ id }) => id)).size).toBe(20);
  expect(new Set(messages.map(({ to }) => to[0])).size).toBe(20);
  for (const { id, to } of messages)
    expect(await readFile(join(dir, `${id}.eml`), 'utf8')).toContain(`To: ${to[0]}`);
});

test('a refused recipient gets no message', async () => {
  await start({ refuseRecipients: (address) => (address.startsWith('gone') ? 'No such person' : undefined) });
  await expect(send('gone@example.org')).rejects.toMatchObject({ responseCode: 550 });
  await send('here@example.org');
  expect((await sink?.messages())?.map(({ to }) => to)).toEqual([['here@example.org']]);
});

test('a message waits before DATA as long as the sink wants, and may be refused for now', async () => {
  let release = () => {};
  let arrived = () => {};
  const arrival = new Promise<void>((resolve) => (arrived = resolve));
  let calls = 0;
  await start({
    beforeData: () => {
      calls++;
      if (calls === 2) return Promise.reject(new Error('try later'));
      arrived();
      return new Promise<void>((resolve) => (release = resolve));
    },
  });
  const sending = send('one@example.org, two@example.org');
  await arrival;
  expect(await sink?.messages()).toEqual([]);
  release();
  await sending;
  expect((await sink?.messages())?.[0]?.to).toEqual(['one@example.org', 'two@example.org']);
  expect(calls).toBe(1);
  await expect(send('three@example.org')).rejects.toMatchObject({ responseCode: 451 });
});

test('a client that breaks off leaves nothing, and does not hold up the stop', async () => {
  await start();
  const socket = connect(sink?.port ?? 0, '127.0.0.1');
  const heard = (code: string) =>
    new Promise<void>((resolve) => {
      const listen = (chunk: Buffer) => {
        if (!chunk.toString().startsWith(code)) return;
        socket.off('data', listen);
        resolve();
      };
      socket.on('data', listen);
    });
  await heard('220');
  for (const [line, code] of [
    ['HELO me', '250'],
    ['MAIL FROM:<a@example.org>', '250'],
    ['RCPT TO:<b@example.org>', '250'],
    ['DATA', '354'],
  ] as const) {
    const heardIt = heard(code);
    socket.write(`${line}\r\n`);
    await heardIt;
  }
  socket.write('Subject: half\r\n\r\nhalf a mess');
  socket.destroy();
  await send('whole@example.org');
  expect((await sink?.messages())?.map(({ to }) => to[0])).toEqual(['whole@example.org']);
});

test('a taken port is a problem', async () => {
  const first = await start();
  await expect(startSmtpSink({ dir: join(dir, 'other'), port: first.port })).rejects.toMatchObject({
    code: 'kit.smtp_port_taken',
  });
});
