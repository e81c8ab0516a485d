import { once } from 'node:events';
import { createServer } from 'node:net';
import { symbols } from 'pino';
import { type Message } from '../../../../src/contact/channel.js';
import { TelegramBot } from '../../../../src/contact/telegram/bot.node.js';
import { TelegramChannel } from '../../../../src/contact/telegram/telegram.channel.node.js';
import { type Config } from '../../../../src/kit/config.js';
import { log } from '../../../../src/kit/log.node.js';
import { type BotApiServer, botApiServer, RETRY_AFTER_SECONDS } from '../../../make/bot-api-server.js';

const CHAT = 500_100;
const message: Message = {
  to: String(CHAT),
  messageId: '<1@panel.example>',
  locale: 'ru',
  letter: {
    subject: 'Новая анкета',
    text: 'Открыть:\nhttps://panel.example/go/x/a/ru#t\n',
    html: '<p>x</p>',
  },
  unsubscribeUrl: 'https://panel.example/stop/ru/t',
};
const yes = async () => true;

let server: BotApiServer;
beforeEach(async () => {
  server = await botApiServer();
});
afterEach(() => server.close());

const channelTo = (telegram: Partial<NonNullable<Config['telegram']>> | undefined) =>
  new TelegramChannel(
    new TelegramBot({
      telegram: telegram && {
        token: server.token,
        apiRoot: server.root,
        webhookSecret: undefined,
        ...telegram,
      },
    } as Config),
  );

test('hands over subject and text, plain, without previews, to the right chat', async () => {
  expect(await channelTo({}).send(message, yes)).toEqual({ kind: 'sent' });
  expect(server.calls).toEqual([
    {
      method: 'sendMessage',
      parameters: {
        chat_id: String(CHAT),
        text: 'Новая анкета\n\nОткрыть:\nhttps://panel.example/go/x/a/ru#t',
        link_preview_options: { is_disabled: true },
        protect_content: true,
      },
    },
  ]);
});

test('nothing is asked of Telegram before the message may leave, nor where it may not', async () => {
  const askedBefore: number[] = [];
  const leave = (may: boolean) => async () => {
    askedBefore.push(server.calls.length);
    return may;
  };
  expect(await channelTo({}).send(message, leave(false))).toEqual({ kind: 'held' });
  expect(server.calls).toEqual([]);
  await channelTo({}).send(message, leave(true));
  expect(askedBefore).toEqual([0, 0]);
  await expect(
    channelTo({}).send(message, () => Promise.reject(new Error('the database is away'))),
  ).rejects.toThrow('the database is away');
  expect(server.calls).toHaveLength(1);
});

test.each([
  ['blocked', { kind: 'refused', code: 'telegram_403', trouble: 'blocked' }],
  ['deactivated', { kind: 'refused', code: 'telegram_403', trouble: 'blocked' }],
  ['chat not found', { kind: 'refused', code: 'telegram_400', trouble: 'blocked' }],
  ['too long', { kind: 'refused', code: 'telegram_400' }],
  ['too many', { kind: 'later', code: 'telegram_429', away: true, retryAfterSeconds: RETRY_AFTER_SECONDS }],
  ['server error', { kind: 'unknown', code: 'telegram_500' }],
  ['bad gateway', { kind: 'unknown', code: 'telegram_no_answer' }],
  ['hang up', { kind: 'unknown', code: 'telegram_ECONNRESET' }],
] as const)('a chat that is: %s', async (behaviour, delivery) => {
  server.behave(CHAT, behaviour);
  expect(await channelTo({}).send(message, yes)).toEqual(delivery);
});

test('a server that says nothing more leaves it unknown', async () => {
  server.behave(CHAT, 'hang');
  const sending = channelTo({}).send(message, yes);
  await server.until(() => server.calls.length === 1);
  await server.close();
  expect(await sending).toEqual({ kind: 'unknown', code: 'telegram_ECONNRESET' });
  server = await botApiServer();
});

test('a server that takes half a minute is no longer waited for', async () => {
  server.behave(CHAT, 'hang');
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const sending = channelTo({}).send(message, yes);
    await server.until(() => server.calls.length === 1);
    jest.advanceTimersByTime(30_000);
    expect(await sending).toEqual({ kind: 'unknown', code: 'telegram_no_answer' });
  } finally {
    jest.useRealTimers();
  }
});

test('a wrong token is the server’s affair, not the message’s', async () => {
  server.revokeToken();
  expect(await channelTo({}).send(message, yes)).toEqual({ kind: 'later', code: 'telegram_401', away: true });
  expect(await channelTo({ token: 'no token' }).send(message, yes)).toMatchObject({ code: 'telegram_404' });
});

test('where no connection is made the message is not asked to leave', async () => {
  const leave = jest.fn(yes);
  const { root } = server;
  await server.close();
  expect(await channelTo({ apiRoot: root }).send(message, leave)).toEqual({
    kind: 'later',
    code: 'telegram_ECONNREFUSED',
    away: true,
  });
  const unknownHost = await channelTo({ apiRoot: 'https://api.telegram.invalid' }).send(message, leave);
  expect(unknownHost).toMatchObject({ kind: 'later', away: true });
  server = await botApiServer();
  const noTls = await channelTo({ apiRoot: server.root.replace('http:', 'https:') }).send(message, leave);
  expect(noTls).toMatchObject({ kind: 'later', away: true });
  expect(leave).not.toHaveBeenCalled();
});

test('a connection that was closed while the message waited has taken nothing', async () => {
  const closing = createServer((socket) => void socket.on('error', () => undefined).end());
  closing.listen(0, '127.0.0.1');
  await once(closing, 'listening');
  const address = closing.address() as { port: number };
  const ended = once(closing, 'connection').then(([socket]) => once(socket as NodeJS.EventEmitter, 'close'));
  const delivery = await channelTo({ apiRoot: `http://127.0.0.1:${address.port}` }).send(
    message,
    async () => {
      await ended;
      return true;
    },
  );
  expect(delivery).toEqual({ kind: 'later', code: 'telegram_hung_up', away: true });
  closing.close();
});

test('without a bot it is off, and says so', async () => {
  const off = channelTo(undefined);
  expect([off.configured, channelTo({}).configured]).toEqual([false, true]);
  expect(await off.send(message, yes)).toEqual({ kind: 'later', code: 'telegram_off', away: true });
});

test('no failure tells the token, the chat or the text', async () => {
  const logged: string[] = [];
  Reflect.set(log, symbols.streamSym, { write: (line: string) => logged.push(line) });
  log.level = 'trace';
  const told: unknown[] = [];
  for (const behaviour of ['blocked', 'too long', 'bad gateway', 'hang up'] as const) {
    server.behave(CHAT, behaviour);
    told.push(await channelTo({}).send(message, yes));
  }
  log.level = 'silent';
  const text = JSON.stringify([told, logged]);
  for (const secret of [server.token, String(CHAT), 'panel.example']) expect(text).not.toContain(secret);
});
