import { SenderService } from '../../../src/contact/sender.service.js';
import { ContactService } from '../../../src/contact/contact.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { type BotApiServer, botApiServer, RETRY_AFTER_SECONDS } from '../../make/bot-api-server.js';
import { type Field, inTheField } from '../../make/field.js';

const INBOUND_KEY = 'the key of the mail server';
const [CONSENTED, NOT_ASKED, BLOCKED, LATE, COMPLAINS, TOO_MANY, ELSEWHERE] = [0, 1, 2, 3, 4, 5, 6];
const PEOPLE = 7;
const chatOf = (person: number) => 7000 + person;

let bots: BotApiServer;
let field: Field;
const gone = new Set<string>();
beforeAll(async () => {
  bots = await botApiServer();
  field = await inTheField(PEOPLE, {
    invited: false,
    env: {
      TELEGRAM_TOKEN: bots.token,
      TELEGRAM_BOT: bots.bot,
      TELEGRAM_API_ROOT: bots.root,
      TELEGRAM_WEBHOOK_SECRET: 'a-webhook-secret-of-the-test',
      INBOUND_KEY,
    },
    sink: { refuseRecipients: (address) => (gone.has(address) ? 'no such box' : undefined) },
  });
  for (let person = 0; person < PEOPLE; person += 1) {
    const id = field.members[person]!;
    await field.services(VaultService).put(field.study.id, id, 'telegram', String(chatOf(person)));
    await field.rows(`UPDATE member SET channels = '{email,telegram}' WHERE id = $1`, [id]);
    if (person !== NOT_ASKED)
      await field.rows(
        `INSERT INTO consent VALUES ($1, 'nrd-a', 'telegram', true, '2026-11', 'ru', '2026-03-02')`,
        [id],
      );
  }
  for (const person of [CONSENTED, NOT_ASKED, BLOCKED]) gone.add(field.emailOf(person));
  bots.behave(chatOf(BLOCKED), 'blocked');
  await field.deliver();
});
afterAll(async () => {
  await field.close();
  await bots.close();
});

const invitation = async (person: number) =>
  (
    await field.rows<{ state: string; channel: string; reason: string | null; message_id: string | null }>(
      `SELECT state, channel, reason, message_id FROM contact_attempt WHERE member_id = $1 AND step = 'invitation'`,
      [field.members[person]],
    )
  )[0];
const happened = async (person: number) =>
  (await field.services(ContactService).messagesOf(field.members[person]!))
    .find(({ step }) => step === 'invitation')
    ?.events.map(({ event, channel }) => `${event} ${channel}`);
const received = async (person: number) => [
  (await field.lettersTo(person)).length,
  bots.textsTo(chatOf(person)).length,
];
const stateOf = async (person: number) =>
  (
    await field.rows<{ state: string }>('SELECT state FROM issued_case WHERE member_id = $1', [
      field.members[person],
    ])
  )[0]?.state;

/** What a mail server sends back about a message. */
const report = (messageId: string, kind: 'bounce' | 'complaint') =>
  [
    'From: MAILER-DAEMON@mx.example',
    'To: panel@synthetic.example',
    'Subject: Returned mail',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=${kind === 'bounce' ? 'delivery-status' : 'feedback-report'}; boundary=b`,
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'About your message.',
    '--b',
    ...(kind === 'bounce'
      ? [
          'Content-Type: message/delivery-status',
          '',
          'Reporting-MTA: dns; mx.example',
          '',
          'Final-Recipient: rfc822; nobody@synthetic.example',
          'Action: failed',
          'Status: 5.1.1',
          'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
        ]
      : [
          'Content-Type: message/feedback-report',
          '',
          'Feedback-Type: abuse',
          'User-Agent: example/1',
          'Version: 1',
        ]),
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    `Message-ID: ${messageId}`,
    '',
    '--b--',
    '',
  ].join('\r\n');
const post = async (person: number, kind: 'bounce' | 'complaint') => {
  const { message_id } = (await invitation(person))!;
  const reply = await fetch(`${field.config.publicUrl}/api/inbound/mail`, {
    method: 'POST',
    headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${INBOUND_KEY}` },
    body: report(message_id!, kind),
  });
  return reply.status;
};

it('a hard bounce goes on to the next channel that the person consented to: one message, and both are told of', async () => {
  expect(await invitation(CONSENTED)).toMatchObject({ state: 'sent', channel: 'telegram', reason: null });
  expect(await received(CONSENTED)).toEqual([0, 1]);
  expect(await happened(CONSENTED)).toEqual(['bounced email', 'next_channel telegram', 'sent telegram']);
  expect(await stateOf(CONSENTED)).toBe('invited');
  expect(bots.textsTo(chatOf(CONSENTED))[0]).toContain(`${field.config.publicUrl}/go/nrd/a/ru#`);
});

it('without that consent there is no next channel: the message has failed and the case is undeliverable', async () => {
  expect(await invitation(NOT_ASKED)).toMatchObject({ state: 'failed', reason: 'smtp_550' });
  expect(await received(NOT_ASKED)).toEqual([0, 0]);
  expect(await stateOf(NOT_ASKED)).toBe('undeliverable');
});

it('a block on the next channel, too: nothing is left', async () => {
  expect(await invitation(BLOCKED)).toMatchObject({ state: 'failed' });
  expect(
    await field.rows('SELECT channel, kind FROM channel_trouble WHERE member_id = $1 ORDER BY 1', [
      field.members[BLOCKED],
    ]),
  ).toEqual([
    { channel: 'email', kind: 'bounced' },
    { channel: 'telegram', kind: 'blocked' },
  ]);
});

it('a bounce that comes back later does the same, however often it is posted; the address is never written to again', async () => {
  expect([await invitation(LATE), await received(LATE)]).toMatchObject([{ state: 'sent' }, [1, 0]]);
  expect([await post(LATE, 'bounce'), await post(LATE, 'bounce')]).toEqual([204, 204]);
  expect(await invitation(LATE)).toMatchObject({ state: 'planned' });
  await field.deliver();
  expect(await post(LATE, 'bounce')).toBe(204);
  await field.deliver();
  expect([await invitation(LATE), await received(LATE)]).toMatchObject([
    { state: 'sent', channel: 'telegram' },
    [1, 1],
  ]);
  expect(
    await field
      .services(VaultService)
      .suppressed(field.study.id, [{ channel: 'email', value: field.emailOf(LATE) }]),
  ).toEqual([true]);
});

it('a complaint stops the channel, and nobody is written to by another one for it', async () => {
  expect(await post(COMPLAINS, 'complaint')).toBe(204);
  await field.deliver();
  expect(await received(COMPLAINS)).toEqual([1, 0]);
  await field.rows(
    `UPDATE contact_attempt SET falls_due_at = $2, due_at = $2 WHERE member_id = $1 AND step = 'reminder1'`,
    [field.members[COMPLAINS], field.clock.now()],
  );
  await field.services(SenderService).sendDue('email', new AbortController().signal);
  expect((await field.lettersTo(COMPLAINS)).length).toBe(1);
});

const reachableBy = (person: number, channel: string) =>
  field.rows('UPDATE member SET channels = ARRAY[$2] WHERE id = $1', [field.members[person], channel]);
const remindedByTelegram = (person: number) =>
  field.rows(
    `UPDATE contact_attempt SET falls_due_at = $2, due_at = $2, channel = 'telegram' WHERE member_id = $1 AND step = 'reminder1'`,
    [field.members[person], field.clock.now()],
  );

it('a server that asks to be left alone for a while is left alone for so long, and then gets the message', async () => {
  await reachableBy(TOO_MANY, 'telegram');
  await remindedByTelegram(TOO_MANY);
  bots.behave(chatOf(TOO_MANY), 'too many');
  const send = () => field.services(SenderService).sendDue('telegram', new AbortController().signal);
  await send();
  bots.behave(chatOf(TOO_MANY), 'ok');
  const asked = field.clock.now().getTime();
  field.clock.moveTo(new Date(asked + (RETRY_AFTER_SECONDS - 1) * 1000));
  await reachableBy(ELSEWHERE, 'email');
  await remindedByTelegram(ELSEWHERE);
  await field.deliver();
  expect(bots.textsTo(chatOf(TOO_MANY))).toHaveLength(1);
  expect(await received(ELSEWHERE)).toEqual([2, 0]); // who cannot be reached by it at all does not wait for it
  field.clock.moveTo(new Date(asked + RETRY_AFTER_SECONDS * 1000));
  await send();
  expect(bots.textsTo(chatOf(TOO_MANY))).toHaveLength(2);
});
