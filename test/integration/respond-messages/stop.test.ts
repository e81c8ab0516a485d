import { Visitor } from '../../make/visitor.js';
import { aDesk, type Desk, holdMember, type Sent } from '../../make/message-desk.js';

let desk: Desk;
beforeAll(async () => void (desk = await aDesk()));
afterAll(() => desk.close());

const visitor = () => new Visitor(desk.url);
const post = (path: string, fields: Record<string, string> = {}) =>
  visitor().ask(path, { method: 'POST', body: new URLSearchParams(fields) });
const pageOf = ({ stopToken }: Sent) => `/stop/ru/${stopToken}`;
const stopsOf = async ({ memberId }: Pick<Sent, 'memberId'>) =>
  (
    await desk.rows<{ stop: string }>(
      `SELECT channel || ' ' || purpose || ' ' || stopped_on AS stop FROM message_stop WHERE member_id = $1 ORDER BY 1`,
      [memberId],
    )
  ).map(({ stop }) => stop);
/** Where a reply leads. */
const ledTo = ({ headers }: { headers: Headers }) => headers.get('location') ?? '';
/** A page without what differs from visit to visit. */
const without = (text: string, { stopToken }: { stopToken: string }) => text.replaceAll(stopToken, '');

const UNKNOWN = { stopToken: 'x'.repeat(43) };

it('opening the page, as scanners do too, stops nothing', async () => {
  const sent = await desk.invited();
  for (const method of ['GET', 'HEAD']) {
    const reply = await visitor().ask(pageOf(sent), { method });
    expect(reply.status).toBe(200);
  }
  expect(await stopsOf(sent)).toEqual([]);
});

it.each([
  ['all', 'all'],
  ['wave', 'wave:nrd-a'],
  ['survey', 'survey'],
  ['check-in', 'check-in'],
])(
  'the choice %s stops %s in the channel of the message, and repeated it stays one',
  async (choice, purpose) => {
    const byMail = await desk.invited();
    const byTelegram = await desk.invited({ channel: 'telegram' });
    for (let times = 0; times < 2; times += 1)
      for (const sent of [byMail, byTelegram])
        expect((await post(pageOf(sent), { choice })).status).toBe(303);
    expect(await stopsOf(byMail)).toEqual([`email ${purpose} 2026-03-02`]);
    expect(await stopsOf(byTelegram)).toEqual([`telegram ${purpose} 2026-03-02`]);
  },
);

it('a message about a check-in stops its own wave', async () => {
  const sent = await desk.invited({ letter: 'k' });
  await post(pageOf(sent), { choice: 'wave' });
  expect(await stopsOf(sent)).toEqual(['email wave:nrd-k 2026-03-02']);
});

it('a mail program’s one click stops everything in that channel, as a form of either kind and with no page loaded', async () => {
  const [plain, multipart] = [await desk.invited(), await desk.invited({ channel: 'telegram' })];
  expect((await post(pageOf(plain), { 'List-Unsubscribe': 'One-Click' })).status).toBe(200);
  const form = new FormData();
  form.set('List-Unsubscribe', 'One-Click');
  const reply = await fetch(desk.url + pageOf(multipart), { method: 'POST', body: form, redirect: 'manual' });
  expect(reply.status).toBe(200); // RFC 8058 §3.1: no redirect, which mail programs do not follow
  expect(await stopsOf(plain)).toEqual(['email all 2026-03-02']);
  expect(await stopsOf(multipart)).toEqual(['telegram all 2026-03-02']);
});

it('what no choice names stops everything', async () => {
  const sent = await desk.invited();
  await post(pageOf(sent), { choice: 'wave:nrd-k' });
  expect(await stopsOf(sent)).toEqual(['email all 2026-03-02']);
});

it('a link that was asked for, in no plan, came by e-mail', async () => {
  const sent = await desk.invited({ channel: 'telegram' });
  await desk.rows(`UPDATE personal_link SET step = 'asked-link' WHERE member_id = $1`, [sent.memberId]);
  await post(pageOf(sent));
  expect(await stopsOf(sent)).toEqual(['email all 2026-03-02']);
});

it('one stop is taken back, others stand, and taking back twice is harmless', async () => {
  const sent = await desk.invited();
  await post(pageOf(sent), { choice: 'survey' });
  await post(pageOf(sent), { choice: 'all' });
  for (let times = 0; times < 2; times += 1) {
    const reply = await post(`${pageOf(sent)}/undo`, { choice: 'all' });
    expect(reply.status).toBe(303);
    expect((await visitor().ask(ledTo(reply))).text).toContain('Сообщения снова будут приходить');
  }
  expect(await stopsOf(sent)).toEqual(['email survey 2026-03-02']);
});

it('after a person’s choice the page that tells of it can be reloaded, and stops nothing by itself', async () => {
  const sent = await desk.invited();
  const reply = await post(pageOf(sent), { choice: 'check-in' });
  expect([reply.status, reply.text]).toEqual([303, '']);
  await post(`${pageOf(sent)}/undo`, { choice: 'check-in' });
  for (let times = 0; times < 2; times += 1) {
    const done = await visitor().ask(ledTo(reply));
    expect(done.status).toBe(200);
    expect(done.text).toContain('Короткие проверки связи больше не придут');
    expect(done.text).toContain('name="choice" value="check-in"');
  }
  expect(await stopsOf(sent)).toEqual([]);
});

it('where nothing could be noted the page says so, in the language of the page, and what to do', async () => {
  const sent = await desk.invited();
  await desk.asOwner('ALTER TABLE message_stop RENAME TO message_stop_away');
  const failed = await Promise.all(
    ['ru', 'en'].map((locale) =>
      visitor().ask(`/stop/${locale}/${sent.stopToken}`, {
        method: 'POST',
        body: new URLSearchParams({ choice: 'all' }),
        headers: { accept: 'text/html' },
      }),
    ),
  );
  await desk.asOwner('ALTER TABLE message_stop_away RENAME TO message_stop');
  expect(failed.map(({ status }) => status)).toEqual([500, 500]);
  expect(failed[0]?.text).toContain('последнее действие могло не записаться');
  expect(failed[1]?.text).toContain('your last action may not have been recorded');
});

it('an unknown link is answered word for word like a known one, and nothing is kept', async () => {
  const sent = await desk.invited();
  const before = await desk.rows('SELECT * FROM message_stop ORDER BY member_id, channel, purpose');
  const steps: [string, Record<string, string>][] = [
    ['', { choice: 'survey' }],
    ['/undo', { choice: 'survey' }],
  ];
  for (const [path, fields] of steps) {
    const [known, unknown] = [
      await post(pageOf(sent) + path, fields),
      await post(`/stop/ru/${UNKNOWN.stopToken}${path}`, fields),
    ];
    expect(unknown.status).toBe(known.status);
    expect(without(ledTo(unknown), UNKNOWN)).toBe(without(ledTo(known), sent));
    const [told, tellsNobody] = [await visitor().ask(ledTo(known)), await visitor().ask(ledTo(unknown))];
    expect(without(tellsNobody.text, UNKNOWN)).toBe(without(told.text, sent));
  }
  const [asked, nobody] = [
    await visitor().ask(pageOf(sent)),
    await visitor().ask(`/stop/ru/${UNKNOWN.stopToken}`),
  ];
  expect(without(nobody.text, UNKNOWN)).toBe(without(asked.text, sent));
  expect(await desk.rows('SELECT * FROM message_stop ORDER BY member_id, channel, purpose')).toEqual(before);
});

it('a stop waits for the message that leaves just now: after it is acknowledged none does', async () => {
  const sent = await desk.invited();
  const held = await holdMember(desk, sent.memberId);
  const stopping = post(pageOf(sent));
  await held.waiters(1);
  expect(await stopsOf(sent)).toEqual([]);
  await held.release();
  expect((await stopping).status).toBe(200);
  expect(await stopsOf(sent)).toHaveLength(1);
});
