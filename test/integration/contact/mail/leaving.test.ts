import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type Delivery, type Message } from '../../../../src/contact/channel.js';
import { MailChannel } from '../../../../src/contact/mail/mail.channel.node.js';
import { type Config } from '../../../../src/kit/config.js';
import { type Answer, scriptedMailServer, type Step } from '../../../make/scripted-mail-server.js';

const MESSAGE: Message = {
  to: 'someone@synthetic.example',
  messageId: '<0a1b@panel.example>',
  locale: 'ru',
  letter: { subject: 'Опрос', text: 'Текст\n.\nещё\n', html: '<p>Текст</p>' },
  unsubscribeUrl: 'https://panel.example/stop/ru/x',
};
const channelTo = (smtpUrl: string) =>
  new MailChannel({
    smtpUrl,
    role: 'worker',
    mailFrom: 'Panel <panel@panel.example>',
    mailBounces: undefined,
    dkim: undefined,
  } as Config);

let server: Awaited<ReturnType<typeof scriptedMailServer>>;
let channel: MailChannel;
async function start(answers: Partial<Record<Step, Answer>> = {}, options: { pipelining?: boolean } = {}) {
  server = await scriptedMailServer(answers, options);
  channel = channelTo(server.url);
}
afterEach(async () => {
  await channel.close();
  await server.close();
});

/** How often `leave` was asked, and what became of the message. */
async function sent(leave: () => Promise<boolean> | boolean = () => true) {
  let asked = 0;
  const delivery = await channel.send(MESSAGE, async () => {
    asked += 1;
    return leave();
  });
  return { asked, delivery };
}

describe.each([{ pipelining: true }, { pipelining: false }])('a server with %j', (options) => {
  test('gets the message only after it asked for it and `leave` said yes', async () => {
    await start({}, options);
    let bytesWhenAsked = -1;
    const { asked, delivery } = await sent(() => {
      bytesWhenAsked = server.contentBytes;
      expect(server.commands.at(-1)).toBe('DATA');
      return true;
    });
    expect([asked, delivery, bytesWhenAsked]).toEqual([1, { kind: 'sent' }, 0]);
    expect(server.messages).toHaveLength(1);
  });

  test('gets not a byte of it where `leave` says no, and the connection ends', async () => {
    await start({}, options);
    expect(await sent(() => false)).toEqual({ asked: 1, delivery: { kind: 'held' } });
    await server.reached('end');
    expect([server.contentBytes, server.messages]).toEqual([0, []]);
    expect(await sent()).toMatchObject({ delivery: { kind: 'sent' } });
    expect(server.connections).toBe(2);
  });

  const before: [Step, Answer, Delivery][] = [
    ['greeting', '554 no', { kind: 'later', code: 'smtp_554', away: true }],
    ['greeting', '421 busy', { kind: 'later', code: 'smtp_421', away: true }],
    ['greeting', 'hang up', { kind: 'later', code: 'smtp_ECONNECTION', away: true }],
    ['EHLO', 'hang up', { kind: 'later', code: 'smtp_ECONNECTION', away: true }],
    ['MAIL FROM', '450 4.7.1 greylisted', { kind: 'later', code: 'smtp_450', away: false }],
    ['MAIL FROM', '553 5.1.8 not this sender', { kind: 'later', code: 'smtp_553', away: true }],
    ['MAIL FROM', '530 5.7.0 sign in first', { kind: 'later', code: 'smtp_530', away: true }],
    ['MAIL FROM', '421 4.3.2 closing', { kind: 'later', code: 'smtp_421', away: true }],
    ['RCPT TO', '450 4.2.0 greylisted', { kind: 'later', code: 'smtp_450', away: false }],
    ['RCPT TO', '421 4.7.0 too many', { kind: 'later', code: 'smtp_421', away: true }],
    ['RCPT TO', 'hang up', { kind: 'later', code: 'smtp_ECONNECTION', away: true }],
    ['RCPT TO', '550 5.1.1 nobody', { kind: 'refused', code: 'smtp_550', trouble: 'bounced' }],
    ['RCPT TO', '550 nobody', { kind: 'refused', code: 'smtp_550', trouble: 'bounced' }],
    ['RCPT TO', '550 5.2.1 closed', { kind: 'refused', code: 'smtp_550', trouble: 'bounced' }],
    ['RCPT TO', '550 5.7.1 No such user!', { kind: 'refused', code: 'smtp_550', trouble: 'bounced' }],
    ['RCPT TO', '554 5.7.1 policy', { kind: 'refused', code: 'smtp_554' }],
    ['RCPT TO', '504 5.5.2 not a whole name', { kind: 'refused', code: 'smtp_504' }],
    ['RCPT TO', '552 5.2.2 full', { kind: 'later', code: 'smtp_552', away: false }],
    ['RCPT TO', '552 full', { kind: 'later', code: 'smtp_552', away: false }],
    ['DATA', '451 4.3.0 not now', { kind: 'later', code: 'smtp_451', away: false }],
    ['DATA', '554 5.6.0 not this', { kind: 'refused', code: 'smtp_554' }],
  ];
  test.each(before)(
    'that says at %s "%s" is understood, and `leave` is not asked',
    async (step, answer, is) => {
      await start({ [step]: answer }, options);
      expect(await sent()).toEqual({ asked: 0, delivery: is });
      expect(server.contentBytes).toBe(0);
    },
  );

  const after: [Answer, Delivery][] = [
    ['250 2.0.0 taken', { kind: 'sent' }],
    ['451 4.3.0 not now', { kind: 'later', code: 'smtp_451', away: false }],
    ['421 4.3.2 closing', { kind: 'later', code: 'smtp_421', away: true }],
    ['554 5.7.1 spam', { kind: 'refused', code: 'smtp_554' }],
    ['550 5.1.1 nobody', { kind: 'refused', code: 'smtp_550' }],
    ['hang up', { kind: 'unknown', code: 'smtp_ECONNECTION' }],
  ];
  test.each(after)('that says to the content "%s" is understood', async (answer, is) => {
    await start({ content: answer }, options);
    expect(await sent()).toEqual({ asked: 1, delivery: is });
    expect(server.messages).toHaveLength(1);
  });
});

/** What a server did is noticed once another whole conversation has run over the same loop. */
async function noticed(): Promise<void> {
  const other = await scriptedMailServer();
  const another = channelTo(other.url);
  await another.send(MESSAGE, () => Promise.resolve(true));
  await another.close();
  await other.close();
}

test('a server that goes while `leave` is asked has got nothing, whatever the answer', async () => {
  await start();
  const hangUp = (answer: boolean) =>
    sent(async () => {
      server.hangUp();
      await noticed();
      return answer;
    });
  const gone: Delivery = { kind: 'later', code: 'smtp_ECONNECTION', away: true };
  expect(await hangUp(true)).toEqual({ asked: 1, delivery: gone });
  expect(await hangUp(false)).toEqual({ asked: 1, delivery: { kind: 'held' } });
  expect(server.contentBytes).toBe(0);
});

test.each(['250 2.0.0 taken already', '554 5.7.0 enough', '421 4.4.2 timeout'])(
  'a server that says "%s" before it saw the message does not get it',
  async (line) => {
    await start();
    const answered = sent(async () => {
      server.say(line);
      await noticed();
      return true;
    });
    expect(await answered).toMatchObject({ asked: 1, delivery: { kind: 'later', away: true } });
    await server.reached('end');
    expect(server.contentBytes).toBe(0);
  },
);

test('what `leave` throws is thrown, and nothing has left', async () => {
  await start();
  await expect(sent(() => Promise.reject(new Error('database away')))).rejects.toThrow('database away');
  await server.reached('end');
  expect(server.contentBytes).toBe(0);
});

test('a server that is not there is away', async () => {
  await start();
  const url = server.url;
  await server.close();
  const nobody = channelTo(url);
  let asked = false;
  expect(await nobody.send(MESSAGE, async () => (asked = true))).toEqual({
    kind: 'later',
    code: 'smtp_ESOCKET',
    away: true,
  });
  expect(asked).toBe(false);
  await nobody.close();
  await start();
});

test('a wrong password is the server’s state, not the message’s', async () => {
  await start({ AUTH: '535 5.7.8 no' });
  await channel.close();
  channel = channelTo(server.url.replace('smtp://', 'smtp://name:word@'));
  expect(await sent()).toEqual({ asked: 0, delivery: { kind: 'later', code: 'smtp_535', away: true } });
  server.answers = {};
  expect(await sent()).toEqual({ asked: 1, delivery: { kind: 'sent' } });
});

test('a server whose certificate nobody vouches for gets nothing, not even in the clear', async () => {
  await start();
  const commands: string[] = [];
  const dubious = new SMTPServer({
    disabledCommands: ['AUTH'],
    logger: false, // its own certificate is known to everybody, which is the point here
    onMailFrom: ({ address }, _session, done) => {
      commands.push(address);
      done();
    },
  });
  dubious.on('error', () => undefined); // the client breaks the handshake off
  dubious.listen(0, '127.0.0.1');
  await once(dubious.server, 'listening');
  const careful = channelTo(`smtp://127.0.0.1:${(dubious.server.address() as AddressInfo).port}`);
  let asked = false;
  expect(await careful.send(MESSAGE, async () => (asked = true))).toMatchObject({
    kind: 'later',
    away: true,
  });
  expect([asked, commands]).toEqual([false, []]);
  await careful.close();
  await new Promise<void>((closed) => dubious.close(closed));
});

test('an address that is none is refused before any server hears of it', async () => {
  await start();
  for (const to of [
    'nobody',
    '',
    'a@x.example\r\nRCPT TO:<b@y.example>',
    'a@x.example>, <b@y.example',
    'a@x.example,b@y.example',
  ]) {
    const delivery = await channel.send({ ...MESSAGE, to }, () => Promise.resolve(true));
    expect(delivery).toEqual({ kind: 'refused', code: 'smtp_EENVELOPE' });
  }
  expect(server.connections).toBe(0);
});
