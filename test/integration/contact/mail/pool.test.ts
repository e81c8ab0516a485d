import { SmtpPool } from '../../../../src/contact/mail/smtp-pool.node.js';
import { smtpServer } from '../../../../src/contact/mail/smtp-session.node.js';
import { scriptedMailServer } from '../../../make/scripted-mail-server.js';

const ENVELOPE = { from: 'panel@panel.example', to: ['someone@synthetic.example'] };
const RAW = Buffer.from('Subject: x\r\n\r\nx\r\n');
const yes = () => Promise.resolve(true);

let server: Awaited<ReturnType<typeof scriptedMailServer>>;
let pool: SmtpPool;
const start = async (limits = { connections: 8, idleMs: 30_000 }, options = {}) => {
  server = await scriptedMailServer({}, options);
  pool = new SmtpPool(smtpServer(server.url), limits.connections, limits.idleMs);
};
afterEach(async () => {
  await pool.close();
  await server.close();
});
const send = (leave = yes) => pool.deliver(ENVELOPE, RAW, leave);

test('messages one after another share a connection, also after a refusal', async () => {
  await start();
  expect(await send()).toEqual({ kind: 'sent' });
  server.answers = { 'RCPT TO': '550 5.1.1 nobody' };
  expect(await send()).toMatchObject({ kind: 'refused', trouble: 'bounced' });
  server.answers = { content: '554 5.7.1 spam' };
  expect(await send()).toEqual({ kind: 'refused', code: 'smtp_554' });
  server.answers = {};
  expect(await send()).toEqual({ kind: 'sent' });
  expect([server.connections, server.messages.length]).toEqual([1, 3]);
});

test.each([{ pipelining: true }, { pipelining: false }])(
  'a refused message leaves nothing behind for the next one (%j)',
  async (options) => {
    await start(undefined, options);
    server.answers = { 'RCPT TO': '550 5.1.1 nobody' };
    await send();
    server.answers = {};
    await send();
    const last = server.commands.slice(server.commands.indexOf('RSET'));
    expect(last).toEqual([
      'RSET',
      'MAIL FROM:<panel@panel.example>',
      'RCPT TO:<someone@synthetic.example>',
      'DATA',
    ]);
  },
);

test('never more connections than the limit, and all messages go', async () => {
  await start({ connections: 3, idleMs: 30_000 });
  const deliveries = await Promise.all(Array.from({ length: 20 }, () => send()));
  expect(deliveries.every(({ kind }) => kind === 'sent')).toBe(true);
  expect([server.most, server.connections, server.messages.length]).toEqual([3, 3, 20]);
});

test('a used connection that died unnoticed is replaced by a fresh one, and `leave` is asked once', async () => {
  await start();
  await send();
  server.answers = { 'MAIL FROM': 'hang up' };
  let asked = 0;
  const delivery = send(() => {
    asked += 1;
    return yes();
  });
  await server.reached('MAIL FROM', 2);
  server.answers = {};
  expect([await delivery, asked, server.connections]).toEqual([{ kind: 'sent' }, 1, 2]);
});

test('a fresh connection that fails is not tried again', async () => {
  await start();
  server.answers = { 'MAIL FROM': 'hang up' };
  expect(await send()).toEqual({ kind: 'later', code: 'smtp_ECONNECTION', away: true });
  expect(server.connections).toBe(1);
});

test('a connection that the server ended while it was idle is not used', async () => {
  await start();
  await send();
  server.say('421 4.4.2 idle too long');
  server.hangUp();
  await server.reached('end');
  expect(await send()).toEqual({ kind: 'sent' });
  expect(server.connections).toBe(2);
});

test('an idle connection says goodbye after its time', async () => {
  await start({ connections: 1, idleMs: 20 });
  await send();
  await server.reached('QUIT');
  await server.reached('end');
});

test('a connection carries a hundred messages, and then another one is opened', async () => {
  await start({ connections: 1, idleMs: 30_000 });
  for (let i = 0; i < 101; i += 1) await send();
  await server.reached('QUIT');
  expect([server.connections, server.messages.length]).toEqual([2, 101]);
});

test('closing waits for the message under way and for those that wait, and begins none', async () => {
  await start({ connections: 1, idleMs: 30_000 });
  let go = () => {};
  const gate = new Promise<boolean>((resolve) => (go = () => resolve(true)));
  const first = send(() => gate);
  const second = send();
  await server.reached('DATA');
  let closed = false;
  const closing = pool.close().then(() => (closed = true));
  expect(await send()).toEqual({ kind: 'later', code: 'smtp_closing', away: false });
  expect(closed).toBe(false);
  go();
  expect([await first, await second]).toEqual([{ kind: 'sent' }, { kind: 'sent' }]);
  await closing;
  expect([server.messages.length, server.commands.at(-1)]).toEqual([2, 'QUIT']);
});
