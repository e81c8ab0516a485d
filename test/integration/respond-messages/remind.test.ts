import { type RemindChoice } from '../../../src/contact/remind.js';
import { RemindService } from '../../../src/contact/remind.service.js';
import { PauseService } from '../../../src/panel/pause.service.js';
import { CASE_STATES, caseIsFinished } from '../../../src/wave/case-state.js';
import { holdCase } from '../../make/held-row.js';
import { Visitor } from '../../make/visitor.js';
import { aDesk, CLOSES, type Desk, type Sent } from '../../make/message-desk.js';
import { anna, themselves } from '../../make/actors.js';

let desk: Desk;
let reminders: RemindService;
beforeAll(async () => {
  desk = await aDesk();
  reminders = desk.services(RemindService);
});
afterAll(() => desk.close());

interface Asked {
  step: string;
  state: string;
  channel: string;
  falls_due_at: Date;
  due_at: Date;
}
const askedBy = ({ memberId }: Sent) =>
  desk.rows<Asked>(
    `SELECT step, state, channel, falls_due_at, due_at FROM contact_attempt WHERE member_id = $1 AND step LIKE 'asked%' ORDER BY step`,
    [memberId],
  );
const remindAt = async ({ memberId }: Sent) =>
  (
    await desk.rows<{ remind_at: Date | null }>('SELECT remind_at FROM issued_case WHERE member_id = $1', [
      memberId,
    ])
  )[0]?.remind_at;
const sessions = async () =>
  (await desk.rows<{ n: number }>('SELECT count(*)::int AS n FROM respondent_session'))[0]?.n;

const visitor = () => new Visitor(desk.url);
const later = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  visitor().ask('/respond/later', { method: 'POST', body: new URLSearchParams(fields), headers });

const IN_A_DAY = new Date('2026-03-03T08:00:00Z');
const IN_THREE_DAYS = new Date('2026-03-05T08:00:00Z');
const IN_A_WEEK = new Date('2026-03-09T08:00:00Z');

it('a reminder is planned for when it was asked for, and the plan’s own wait until then', async () => {
  const sent = await desk.invited();
  await reminders.ask(sent.token, 'tomorrow');
  expect(await askedBy(sent)).toEqual([
    { step: 'asked-1', state: 'planned', channel: 'email', falls_due_at: IN_A_DAY, due_at: IN_A_DAY },
  ]);
  expect(await remindAt(sent)).toEqual(IN_A_DAY);
});

it('asked for at an hour at which nobody is written to, it comes the evening before, in their own time', async () => {
  const sent = await desk.invited();
  await desk.rows(`UPDATE member SET time_zone = 'Pacific/Auckland' WHERE id = $1`, [sent.memberId]); // 21:00 there
  await reminders.ask(sent.token, 'tomorrow');
  expect((await askedBy(sent))[0]?.falls_due_at).toEqual(new Date('2026-03-03T06:00:00Z')); // 19:00 there
});

it('it comes the way that the link came; what came on paper is reminded of by e-mail', async () => {
  for (const [channel, expected] of [
    ['telegram', 'telegram'],
    ['letter', 'email'],
  ] as const) {
    const sent = await desk.invited({ channel });
    await reminders.ask(sent.token, 'week');
    expect((await askedBy(sent)).map((asked) => asked.channel)).toEqual([expected]);
  }
});

it('asked for again it is moved, and whoever prepares it has lost their claim', async () => {
  const sent = await desk.invited();
  await reminders.ask(sent.token, 'tomorrow');
  await desk.rows(
    `UPDATE contact_attempt SET claim = gen_random_uuid(), reason = 'x' WHERE member_id = $1 AND step = 'asked-1'`,
    [sent.memberId],
  );
  await reminders.ask(sent.token, 'three-days');
  expect(await askedBy(sent)).toMatchObject([
    { step: 'asked-1', due_at: IN_THREE_DAYS, falls_due_at: IN_THREE_DAYS },
  ]);
  expect(await remindAt(sent)).toEqual(IN_THREE_DAYS);
  expect(
    await desk.rows(`SELECT FROM contact_attempt WHERE member_id = $1 AND claim IS NOT NULL`, [
      sent.memberId,
    ]),
  ).toEqual([]);
});

it('after five that were sent nothing changes any more', async () => {
  const sent = await desk.invited();
  for (let n = 1; n <= 5; n += 1) {
    await reminders.ask(sent.token, 'tomorrow');
    await desk.rows(`UPDATE contact_attempt SET state = 'sent' WHERE member_id = $1 AND state = 'planned'`, [
      sent.memberId,
    ]);
  }
  await reminders.ask(sent.token, 'week');
  expect((await askedBy(sent)).map(({ step, state }) => `${step} ${state}`)).toEqual(
    [1, 2, 3, 4, 5].map((n) => `asked-${n} sent`),
  );
  expect(await remindAt(sent)).toEqual(IN_A_DAY);
});

it('it comes before the case closes, whatever was chosen; where nothing fits, nothing is planned', async () => {
  const soon = await desk.invited({ closesAt: new Date('2026-03-06T00:00:00Z') });
  await reminders.ask(soon.token, 'week');
  expect(await askedBy(soon)).toMatchObject([{ due_at: IN_THREE_DAYS }]);
  expect(await reminders.choices(soon.token)).toEqual(['tomorrow', 'three-days', 'pause']);
  const now = await desk.invited({ closesAt: new Date('2026-03-03T00:00:00Z') });
  await reminders.ask(now.token, 'tomorrow');
  expect(await askedBy(now)).toEqual([]);
  expect(await remindAt(now)).toBeNull();
});

it('a pause is one of all messages for a month, asked for by the person, and no reminder', async () => {
  const sent = await desk.invited();
  for (let times = 0; times < 2; times += 1) await reminders.ask(sent.token, 'pause');
  expect(await desk.services(PauseService).of(sent.memberId)).toEqual([
    { fromOn: '2026-03-01', untilOn: '2026-04-01', askedBy: 'respondent' },
  ]);
  expect(await askedBy(sent)).toEqual([]);
});

it('who asks for a reminder during the pause that they wished for takes it back, and nothing else', async () => {
  const sent = await desk.invited();
  const pauses = desk.services(PauseService);
  await pauses.pause(
    sent.memberId,
    { fromOn: '2026-07-01', untilOn: '2026-08-01' },
    themselves(sent.memberId),
  );
  await pauses.pause(sent.memberId, { fromOn: '2026-02-01', untilOn: '2026-03-20' }, anna);
  await reminders.ask(sent.token, 'pause');
  await reminders.ask(sent.token, 'tomorrow');
  expect(await pauses.of(sent.memberId)).toEqual([
    { fromOn: '2026-07-01', untilOn: '2026-08-01', askedBy: 'respondent' },
    { fromOn: '2026-02-01', untilOn: '2026-03-20', askedBy: 'staff' },
    { fromOn: '2026-03-01', untilOn: '2026-03-02', askedBy: 'respondent' },
  ]);
});

describe('a link that opens nothing', () => {
  const broken: [string, (sent: Sent) => Promise<unknown>][] = [
    [
      'revoked',
      (sent) => desk.rows('UPDATE personal_link SET revoked = true WHERE member_id = $1', [sent.memberId]),
    ],
    [
      'of one who left',
      (sent) => desk.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [sent.memberId]),
    ],
    [
      'to a case that has closed',
      (sent) =>
        desk.rows(`UPDATE issued_case SET closes_at = '2026-03-02T08:20:00Z' WHERE member_id = $1`, [
          sent.memberId,
        ]),
    ],
    [
      'to answers that were sent',
      (sent) =>
        desk.rows(
          `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on, submitted_on)
           VALUES ($1, $2, 'q', '{}', '{}', '{}', '1', 1, 'ru', '2026-03-02', '2026-03-02')`,
          [sent.memberId, sent.waveId],
        ),
    ],
    ...CASE_STATES.filter(caseIsFinished).map((state): [string, (sent: Sent) => Promise<unknown>] => [
      `to a case that is ${state}`,
      (sent) => desk.rows('UPDATE issued_case SET state = $2 WHERE member_id = $1', [sent.memberId, state]),
    ]),
  ];
  it.each(broken)(
    '%s: nothing is planned and nothing paused, and every choice is offered',
    async (_, breakIt) => {
      const sent = await desk.invited();
      await breakIt(sent);
      for (const choice of ['tomorrow', 'pause'] as RemindChoice[]) await reminders.ask(sent.token, choice);
      expect(await askedBy(sent)).toEqual([]);
      expect(await remindAt(sent)).toBeNull();
      expect(await desk.services(PauseService).of(sent.memberId)).toEqual([]);
      expect(await reminders.choices(sent.token)).toHaveLength(4);
    },
  );

  it('to a wave that was closed: the same', async () => {
    const sent = await desk.invited({ letter: 'k' });
    await desk.rows(`UPDATE wave SET closed_at = opened_at WHERE id = 'nrd-k'`);
    await reminders.ask(sent.token, 'tomorrow');
    await desk.rows(`UPDATE wave SET closed_at = NULL WHERE id = 'nrd-k'`);
    expect(await askedBy(sent)).toEqual([]);
  });

  it('unknown: it is answered word for word like a good one', async () => {
    const sent = await desk.invited({ closesAt: CLOSES });
    for (const choice of [undefined, 'tomorrow', 'three-days', 'week', 'pause']) {
      const fields = { locale: 'ru', study: 'nrd', ...(choice === undefined ? {} : { choice }) };
      const [good, bad] = [
        await later({ ...fields, token: sent.token }),
        await later({ ...fields, token: 'x'.repeat(43) }),
      ];
      expect([bad.status, good.status]).toEqual(Array(2).fill(choice === undefined ? 200 : 303));
      expect(bad.headers.get('location')).toBe(good.headers.get('location'));
      expect(bad.text.replaceAll('x'.repeat(43), '')).toBe(good.text.replaceAll(sent.token, ''));
    }
  });
});

it('from the start page: the click shows the choices and changes nothing, the choice is noted, no session is opened', async () => {
  const sent = await desk.invited();
  const before = await sessions();
  const asked = await later({ token: sent.token, locale: 'ru', study: 'nrd' });
  expect(asked.text).toContain(`name="token" value="${sent.token}"`);
  expect(asked.text).toContain('name="study" value="nrd"');
  expect(await askedBy(sent)).toEqual([]);
  const reply = await later({ token: sent.token, locale: 'ru', choice: 'week' });
  expect([reply.status, reply.headers.getSetCookie()]).toEqual([303, []]);
  const address = reply.headers.get('location') ?? '';
  expect(address).not.toContain(sent.token);
  const noted = await visitor().ask(address);
  expect(noted.text).toContain('Хорошо, мы это учли');
  expect(noted.headers.getSetCookie()).toEqual([]);
  expect(noted.headers.get('cache-control')).toBe('no-store');
  expect(await askedBy(sent)).toMatchObject([{ due_at: IN_A_WEEK }]);
  expect(await sessions()).toBe(before);
  expect(await desk.rows('SELECT state FROM issued_case WHERE member_id = $1', [sent.memberId])).toEqual([
    { state: 'invited' },
  ]);
});

it('the page after the choice can be reloaded: its address carries the day that was said, and changes nothing', async () => {
  const sent = await desk.invited();
  const reply = await later({ token: sent.token, locale: 'en', choice: 'pause' });
  const noted = async (address: string) => (await visitor().ask(address)).text;
  const address = reply.headers.get('location') ?? '';
  for (let times = 0; times < 2; times += 1)
    expect(await noted(address)).toContain('We will not write to you until 1 April 2026.');
  expect(await desk.services(PauseService).of(sent.memberId)).toHaveLength(1);
  const aWeekAgo = address.replace('2026-04-01', '2026-03-25');
  expect(await noted(aWeekAgo)).toContain('We will not write to you until 25 March 2026.');
  const odd = address.replace('2026-04-01', '2026-13-99');
  expect(await noted(odd)).toContain('We will not write to you until 1 April 2026.');
  expect((await visitor().ask('/respond/later/noted?choice=never')).status).toBe(404);
});

it('there is a way back to the start page that they came from, with the link, and to no other page', async () => {
  const sent = await desk.invited();
  const { text } = await later({ token: sent.token, from: '/go/nrd/a/ru' });
  expect(text).toContain(`href="/go/nrd/a/ru#${sent.token}"`);
  for (const from of ['', '//evil.example/go/nrd/a/ru', '/go/nrd/a/ru?x=1', '/respond/moved'])
    expect((await later({ token: sent.token, from })).text).not.toContain('href="/go');
});

it('without scripts the pasted link does as well; a paste that is no link leads to where another is asked for', async () => {
  const sent = await desk.invited();
  const pasted = await later({ token: '', link: ` ${desk.url}/go/nrd/a/ru#${sent.token} `, locale: 'en' });
  expect(pasted.text).toContain(`name="token" value="${sent.token}"`);
  expect(pasted.text).toContain('When shall we remind you?');
  const lost = await later({ token: '', link: 'lost', study: 'nrd' }, { accept: 'text/html' });
  expect(lost.status).toBe(404);
  expect(lost.text).toMatch(/action="\/respond\/link"[\s\S]*name="study" value="nrd"/);
});

it('a foreign page cannot ask for anybody', async () => {
  const sent = await desk.invited();
  const foreign = { 'sec-fetch-site': 'cross-site', accept: 'text/html' };
  const reply = await later({ token: sent.token, choice: 'week' }, foreign);
  expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('Мы ничего не изменили')]);
  expect(await askedBy(sent)).toEqual([]);
});

it('two clicks at once are one reminder, after a submission under way has ended', async () => {
  const sent = await desk.invited();
  const held = await holdCase(desk.databaseUrl, sent.memberId);
  const both = Promise.all([reminders.ask(sent.token, 'week'), reminders.ask(sent.token, 'week')]);
  await held.waiters(2);
  await held.release();
  await both;
  expect(await askedBy(sent)).toHaveLength(1);
  const done = await desk.invited();
  const submitting = await holdCase(desk.databaseUrl, done.memberId);
  const asking = reminders.ask(done.token, 'week');
  await submitting.waiters(1);
  await submitting.client.query(`UPDATE issued_case SET state = 'complete' WHERE member_id = $1`, [
    done.memberId,
  ]);
  await submitting.release();
  await asking;
  expect(await askedBy(done)).toEqual([]);
});
