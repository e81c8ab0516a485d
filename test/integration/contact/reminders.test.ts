import { Temporal } from 'temporal-polyfill';
import { SenderService } from '../../../src/contact/sender.service.js';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { type NewMember } from '../../../src/panel/new-member.js';
import { BEGINS, openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { Visitor } from '../../make/visitor.js';
import { answersUpTo, completeAnswers } from '../../make/wave-a-answers.js';

const PAGE = { accept: 'text/html' };
const WHOLE = completeAnswers(5);

/** Who is in the field, by what becomes of them. */
const PEOPLE = {
  silent: {},
  stalls: {},
  finishes: {},
  finishesLate: {},
  refuses: {},
  screenedOut: {},
  withdraws: {},
  unsubscribes: {},
  oneClick: {},
  onlyLooks: {},
  english: { locale: 'en' },
  almaty: { hostCountry: 'KAZ', timeZone: 'Asia/Almaty' },
  somewhereInKazakhstan: { hostCountry: 'KAZ', timeZone: undefined },
  farWest: { timeZone: 'Pacific/Honolulu' },
  farEast: { timeZone: 'Pacific/Kiritimati' },
} satisfies Record<string, Partial<NewMember>>;
type Person = keyof typeof PEOPLE;
const NAMES = Object.keys(PEOPLE) as Person[];
const nr = (person: Person) => NAMES.indexOf(person);

/** Zones in which a person may be, as far as anybody knows. */
const ZONES: Partial<Record<Person, string[]>> = {
  almaty: ['Asia/Almaty'],
  somewhereInKazakhstan: [
    'Asia/Almaty',
    'Asia/Qyzylorda',
    'Asia/Qostanay',
    'Asia/Aqtobe',
    'Asia/Aqtau',
    'Asia/Atyrau',
    'Asia/Oral',
  ],
  farWest: ['Pacific/Honolulu'],
  farEast: ['Pacific/Kiritimati'],
};

let field: Field;
const raw = async (person: Person, letter = 0) => {
  const id = (await field.lettersTo(nr(person)))[letter]?.id ?? '';
  // Headers that were folded over lines, in one each.
  return ((await field.sink.raw(id)) ?? Buffer.alloc(0)).toString('utf8').replace(/\r\n[ \t]+/g, ' ');
};
const header = (message: string, name: string) =>
  new RegExp(`^${name}: (.*)\\r$`, 'im').exec(message.split('\r\n\r\n')[0] + '\r\n')?.[1];
const stopLink = async (person: Person, letter = 0) =>
  new URL(/<(.*)>/.exec(header(await raw(person, letter), 'List-Unsubscribe') ?? '')?.[1] ?? '').pathname;
const browser = () => new Visitor(field.config.publicUrl);

beforeAll(async () => {
  field = await inTheField(Object.values(PEOPLE));
  // The window of the wave and a little more, four hours at a time; people act in between.
  for (let at = BEGINS; at < addDays(BEGINS, 33); at = new Date(at.getTime() + 4 * 3_600_000)) {
    field.clock.moveTo(at);
    await field.deliver();
    await ACTS[(at.getTime() - BEGINS.getTime()) / 3_600_000]?.();
  }
});
afterAll(() => field.close());

/** What people do, by hours from the opening on. */
const ACTS: Record<number, () => Promise<void>> = {
  24: async () => {
    await (await field.visit(nr('stalls'))).save(0, answersUpTo('p_gender', WHOLE), { reached: 'p_gender' });
    await (await field.visit(nr('finishesLate'))).save(0, answersUpTo('p_country', WHOLE));
    await (await field.visit(nr('finishes'))).submit(0, WHOLE);
    await (await field.visit(nr('refuses'))).submit(0, { consent_take_part: 'no' });
    await (await field.visit(nr('screenedOut'))).submit(0, { consent_take_part: 'under18' });
    await field.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [
      field.members[nr('withdraws')],
    ]);
    await browser().ask(await stopLink('unsubscribes'), { method: 'POST', headers: PAGE });
    // RFC 8058 allows both encodings; this one is refused by servers that never thought of it.
    const multipart =
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n';
    const stopped = await browser().ask(await stopLink('oneClick'), {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: multipart,
    });
    expect(stopped.status).toBe(200);
    for (const method of ['GET', 'HEAD']) await browser().ask(await stopLink('onlyLooks'), { method });
  },
  // After the first reminder.
  168: async () => {
    const visit = await field.visit(nr('finishesLate'));
    await visit.interview();
    const left = Object.fromEntries(
      Object.entries(WHOLE).filter(([item]) => !['consent_take_part', 'country', 'eligible'].includes(item)),
    );
    expect((await visit.submit(1, left)).status).toBe(201);
  },
};

describe('over the whole window of the wave', () => {
  it.each<[Person, number]>([
    ['silent', 3],
    ['stalls', 3],
    ['finishes', 1],
    ['finishesLate', 2],
    ['refuses', 1],
    ['screenedOut', 1],
    ['withdraws', 1],
    ['unsubscribes', 1],
    ['oneClick', 1],
    ['onlyLooks', 3],
    ['english', 3],
    ['almaty', 3],
    ['somewhereInKazakhstan', 3],
    ['farWest', 3],
    ['farEast', 3],
  ])('the person who is “%s” got %i messages', async (person, letters) => {
    expect(await field.lettersTo(nr(person))).toHaveLength(letters);
  });

  it('each message came on its day or as soon after as hours allowed, and none outside 09:00–20:00 where the person is', async () => {
    for (const person of NAMES) {
      const letters = await field.lettersTo(nr(person));
      for (const [step, { receivedAt }] of letters.entries()) {
        const late = receivedAt.getTime() - addDays(BEGINS, [0, 5, 12][step] ?? 0).getTime();
        expect(late).toBeGreaterThanOrEqual(0);
        expect(late).toBeLessThan(86_400_000 + 4 * 3_600_000);
        for (const zone of ZONES[person] ?? ['Europe/Belgrade']) {
          const { hour } = Temporal.Instant.fromEpochMilliseconds(receivedAt.getTime()).toZonedDateTimeISO(
            zone,
          );
          expect({ person, zone, hour, fits: hour >= 9 && hour < 20 }).toMatchObject({ fits: true });
        }
      }
    }
  });

  it('quiet hours were at work: some had to wait', async () => {
    for (const person of ['farWest', 'farEast'] as const)
      expect((await field.lettersTo(nr(person)))[0]?.receivedAt).not.toEqual(BEGINS);
    expect((await field.lettersTo(nr('silent')))[0]?.receivedAt).toEqual(BEGINS);
  });

  it('sent, suppressed, failed and unknown are all that was planned, with a reason for what was not sent', async () => {
    const counts = await field.rows<{ state: string; reason: string | null; n: number }>(
      'SELECT state, reason, count(*)::int AS n FROM contact_attempt GROUP BY 1, 2 ORDER BY 1, 2',
    );
    expect(counts).toEqual([
      { state: 'sent', reason: null, n: (await field.sink.messages()).length },
      { state: 'suppressed', reason: 'completed', n: 3 },
      { state: 'suppressed', reason: 'ineligible', n: 2 },
      { state: 'suppressed', reason: 'refused', n: 2 },
      { state: 'suppressed', reason: 'unsubscribed', n: 4 },
      { state: 'suppressed', reason: 'withdrawn', n: 2 },
    ]);
  });

  it('the wave closed by itself and every case has its end', async () => {
    const ends = await field.rows<{ state: string; disposition: string }>(
      `SELECT state, disposition FROM issued_case c JOIN unnest($1::uuid[]) WITH ORDINALITY AS m(id, nr) ON m.id = c.member_id ORDER BY nr`,
      [field.members],
    );
    expect(
      Object.fromEntries(NAMES.map((person, index) => [person, Object.values(ends[index] ?? {}).join(' ')])),
    ).toMatchObject({
      silent: 'expired 3.19',
      stalls: 'partial 1.2',
      finishes: 'complete 1.1',
      finishesLate: 'complete 1.1',
      refuses: 'refused 2.111',
      screenedOut: 'ineligible 4.10',
      onlyLooks: 'expired 3.19',
    });
  });
});

describe('a message', () => {
  it('is in the language of the person', async () => {
    const [russian, english] = [await field.lettersTo(nr('silent')), await field.lettersTo(nr('english'))];
    expect(russian[0]?.subject).toMatch(/[а-я]/);
    expect(russian[0]?.text).toContain('12–15 мин');
    expect(russian[0]?.text).toContain('до 31 марта включительно');
    expect(english[0]?.subject).toMatch(/^[\x20-\x7e’]+$/);
    expect(english[0]?.text).toContain('until the end of 31 March');
    expect(new Set(russian.map(({ subject }) => subject)).size).toBe(3);
  });

  it('has a link of its own that worked until the answers were in', async () => {
    const tokens = (await field.lettersTo(nr('silent'))).map(
      ({ text }) => /\/go\/nrd\/a\/ru#([\w-]{43})/.exec(text)?.[1],
    );
    expect(new Set(tokens).size).toBe(3);
    expect(tokens).not.toContain(undefined);
    const [{ revoked } = { revoked: undefined }] = await field.rows<{ revoked: boolean }>(
      'SELECT bool_and(revoked) AS revoked FROM personal_link WHERE member_id = $1',
      [field.members[nr('finishesLate')]],
    );
    expect(revoked).toBe(true);
  });

  it('says how to stop, that a machine wrote it, and nothing about who is written to', async () => {
    const message = await raw('silent', 1);
    expect(header(message, 'List-Unsubscribe')).toMatch(
      new RegExp(`^<${field.config.publicUrl}/stop/ru/[\\w-]{43}>$`),
    );
    expect(header(message, 'List-Unsubscribe-Post')).toBe('List-Unsubscribe=One-Click');
    expect(header(message, 'Auto-Submitted')).toBe('auto-generated');
    expect(header(message, 'From')).toContain('panel@synthetic.example');
    expect(header(message, 'To')).toBe(field.emailOf(nr('silent')));
    expect(header(message, 'Content-Type')).toMatch(/^multipart\/alternative/);
    expect(message).not.toContain(field.members[nr('silent')]);
    const [one, other] = [await raw('silent', 0), message].map((each) => header(each, 'Message-ID'));
    expect(one).not.toBe(other);
  });

  it('has every address on a line of its own, so that nothing is taken for a part of it', async () => {
    for (const { text } of await field.lettersTo(nr('silent')))
      for (const line of text.split('\n')) if (line.includes('://')) expect(line).toMatch(/^http\S+$/);
  });

  it('shows and tracks nothing: no picture, no address but our own', async () => {
    for (const person of ['silent', 'english'] as const) {
      const id = (await field.lettersTo(nr(person)))[0]?.id;
      const message = (await field.sink.messages()).find((one) => one.id === id);
      expect(message?.html).not.toMatch(/<img|<link|<script|<iframe|url\(|background=/i);
      for (const text of [message?.html ?? '', message?.text ?? ''])
        for (const [address] of text.matchAll(/https?:\/\/[^\s"<)]+/g))
          expect(address.startsWith(field.config.publicUrl)).toBe(true);
    }
  });
});

describe('the unsubscribe link', () => {
  it('asks in the language of the message, and answers the same for a token that nobody was sent', async () => {
    const known = await stopLink('onlyLooks');
    const unknown = known.replace(/[\w-]{43}$/, 'A'.repeat(43));
    const asked = await Promise.all([known, unknown].map((path) => browser().ask(path, { headers: PAGE })));
    expect(asked.map(({ status }) => status)).toEqual([200, 200]);
    expect(asked[0]?.text.replaceAll(known, unknown)).toBe(asked[1]?.text);
    expect(asked[0]?.text).toContain('method="post"');
    const stops = await stopLink('unsubscribes');
    const done = await Promise.all(
      [stops, unknown].map((path) => browser().ask(path, { method: 'POST', headers: PAGE })),
    );
    expect(done.map(({ status }) => status)).toEqual([200, 200]);
    expect(done[0]?.text.replaceAll(stops, unknown)).toBe(done[1]?.text);
  });

  it('stops messages and erases nothing', async () => {
    const [stopped] = await field.rows('SELECT channel, stopped_on FROM message_stop WHERE member_id = $1', [
      field.members[nr('unsubscribes')],
    ]);
    expect(stopped).toEqual({ channel: 'email', stopped_on: '2026-03-03' });
    const [left] = await field.rows(`SELECT status FROM member WHERE id = $1`, [
      field.members[nr('unsubscribes')],
    ]);
    expect(left).toEqual({ status: 'active' });
  });
});

describe('opening a wave', () => {
  let late: Field;
  beforeAll(async () => {
    late = await inTheField(3, { invited: false });
  });
  afterAll(() => late.close());

  it('issues a case to every active member and plans every step', async () => {
    const planned = await late.rows(
      `SELECT step, channel, state, due_at, count(*)::int AS people FROM contact_attempt GROUP BY 1, 2, 3, 4 ORDER BY due_at`,
    );
    expect(planned).toEqual(
      [
        ['invitation', 0],
        ['reminder1', 5],
        ['reminder2', 12],
      ].map(([step, days]) => ({
        step,
        channel: 'email',
        state: 'planned',
        due_at: addDays(BEGINS, Number(days)),
        people: 3,
      })),
    );
    expect(await late.rows('SELECT DISTINCT state, locale, issued_on FROM issued_case')).toEqual([
      { state: 'issued', locale: 'ru', issued_on: '2026-03-02' },
    ]);
  });

  it('again adds those who came since, from that day on, and nobody twice', async () => {
    late.clock.moveTo(addDays(BEGINS, 2));
    await late.rows(`UPDATE member SET status = 'dead' WHERE id = $1`, [late.members[2]]);
    const [newcomer] = await late.rows<{ id: string }>(
      `INSERT INTO member SELECT gen_random_uuid(), study_id, cohort, recruitment_source, host_country, 'en', time_zone, channels, 'active', synthetic, joined_on
       FROM member LIMIT 1 RETURNING id`,
    );
    expect(await openWave(late.services, late.study)).toMatchObject({ issued: 1, planned: 3 });
    expect(await openWave(late.services, late.study)).toMatchObject({ issued: 0, planned: 0 });
    const [first] = await late.rows(`SELECT min(due_at) AS due FROM contact_attempt WHERE member_id = $1`, [
      newcomer?.id,
    ]);
    expect(first).toEqual({ due: addDays(BEGINS, 2) });
  });

  it('is refused once it has closed, or its time has passed', async () => {
    late.clock.moveTo(addDays(BEGINS, 30));
    await expect(openWave(late.services, late.study)).rejects.toMatchObject({ code: 'wave.already_closed' });
    await late.services(Sweep).run();
    await expect(openWave(late.services, late.study)).rejects.toMatchObject({ code: 'wave.already_closed' });
    await late.services(SenderService).sendDue('email', new AbortController().signal);
    expect(await late.sink.messages()).toEqual([]);
  });
});
