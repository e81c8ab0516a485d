import { LinkRequestService } from '../../../src/contact/link-request.service.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { AddressSettleService } from '../../../src/rights/address-settle.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { type Field, inTheField } from '../../make/field.js';
import { type Reply, Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const MINUTE_MS = 60_000;
const NAMES = [
  'one',
  'other',
  'answers',
  'pauses',
  'stops',
  'leaves',
  'erases',
  'consents',
  'moves',
  'changes',
] as const;
type Name = (typeof NAMES)[number];
const nr = (name: Name) => NAMES.indexOf(name);

let field: Field;
beforeAll(async () => {
  field = await inTheField(NAMES.length);
  await field.services(LinkRequestService).publishKeys();
});
afterAll(() => field.close());
// Each test on a day of its own: what one was sent does not count for the next.
afterEach(() => field.clock.moveTo(addDays(field.clock.now(), 1)));

const id = (name: Name) => field.members[nr(name)] ?? '';
const anybody = () => new Visitor(field.config.publicUrl);
const pass = (minutes: number) =>
  field.clock.moveTo(new Date(field.clock.now().getTime() + minutes * MINUTE_MS));
const post = (visitor: Visitor, path: string, fields: Record<string, string> = {}) =>
  visitor.ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'text/html' } });
const look = (visitor: Visitor, path: string) => visitor.ask(path, { headers: { accept: 'text/html' } });
const mailed = () => field.services(LinkRequestService).work(new AbortController().signal);
const lettersTo = async (email: string, subject: RegExp) =>
  (await field.sink.messages()).filter((one) => one.to.includes(email) && subject.test(one.subject));

/** What the receipt that a reply brought says now. */
async function receiptSays({ headers }: Reply): Promise<string> {
  const holder = anybody();
  holder.cookie = headers.getSetCookie()[0]?.split(';', 1)[0];
  const { text } = await look(holder, '/mine/done?lang=en');
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(text)?.[0] ?? '';
  return (await post(anybody(), '/receipt', { code, locale: 'en' })).text;
}

/** The newest link to the page of whoever has an address. */
async function proofFor(email: string, locale: string): Promise<string> {
  const asked = await post(anybody(), '/mine/link', { address: email, locale });
  expect([asked.status, asked.headers.get('location')]).toEqual([303, `/mine/link/asked?lang=${locale}`]);
  await mailed();
  const letter = (await lettersTo(email, /вашу страницу|your page/)).at(-1);
  const token = new RegExp(`/mine/open/${locale}#([\\w-]{43})`).exec(letter?.text ?? '')?.[1];
  if (!token) throw new Error('No link came');
  return token;
}
const proofOf = (name: Name, locale = 'ru') => proofFor(field.emailOf(nr(name)), locale);

async function openedAt(email: string, locale = 'en'): Promise<Visitor> {
  const visitor = anybody();
  const reply = await post(visitor, '/mine/open', { token: await proofFor(email, locale), locale });
  expect([reply.status, reply.headers.get('location')]).toEqual([303, `/mine?lang=${locale}`]);
  const [cookie = ''] = reply.headers.getSetCookie();
  expect(cookie).toMatch(/^onward-local-mine=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=1800$/);
  visitor.cookie = cookie.split(';', 1)[0];
  return visitor;
}
const opened = (name: Name, locale = 'ru') => openedAt(field.emailOf(nr(name)), locale);

/** Sends a form of the page. @returns the page after it, with the code of the receipt */
async function done(visitor: Visitor, act: string, fields: Record<string, string> = {}) {
  const reply = await post(visitor, `/mine/${act}`, fields);
  const receipt = reply.headers.getSetCookie().find((cookie) => cookie.includes('receipt')) ?? '';
  const location = reply.headers.get('location') ?? '';
  expect([reply.status, location]).toEqual([303, expect.stringMatching(/^\/mine\/done\?lang=(ru|en)$/)]);
  const after = anybody();
  after.cookie = [visitor.cookie, receipt.split(';', 1)[0]].join('; ');
  const page = await look(after, location);
  const code = /[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}/.exec(page.text)?.[0] ?? '';
  expect(code).not.toBe('');
  expect((await look(after, location)).text).toBe(page.text);
  return { page: page.text, code };
}

describe('the proof of the mailbox', () => {
  it('is asked for in the same words by everybody, and comes to whom the address is', async () => {
    const pages: string[] = [];
    for (const address of [field.emailOf(nr('one')), 'nobody@synthetic.example']) {
      const reply = await post(anybody(), '/mine/link', { address, locale: 'en' });
      expect([reply.status, reply.text, reply.headers.get('location')]).toEqual([
        303,
        '',
        '/mine/link/asked?lang=en',
      ]);
      pages.push((await look(anybody(), '/mine/link/asked?lang=en')).text);
    }
    expect(pages[0]).toBe(pages[1]);
    expect(pages[0]).toContain('If this address is in our list');
    await mailed();
    expect(await lettersTo('nobody@synthetic.example', /./)).toEqual([]);
    const [letter, ...more] = await lettersTo(field.emailOf(nr('one')), /The link to your page/);
    expect(more).toEqual([]);
    expect(letter?.text).toContain(`${field.config.publicUrl}/mine/open/en#`);
    expect(letter?.text).not.toMatch(/survey|study|diaspor/i);
  });

  it('what is no address is said so, and nothing is taken down', async () => {
    const reply = await post(anybody(), '/mine/link', { address: 'one@', locale: 'en' });
    expect([reply.status, reply.text]).toEqual([
      422,
      expect.stringContaining('does not look like an e-mail'),
    ]);
    expect(await field.rows(`SELECT FROM link_request WHERE state = 'asked'`)).toEqual([]);
  });

  it('opens once', async () => {
    const token = await proofOf('one');
    const first = await post(anybody(), '/mine/open', { token, locale: 'ru' });
    const second = await post(anybody(), '/mine/open', { token, locale: 'ru' });
    expect([first.status, second.status]).toEqual([303, 404]);
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(second.text).toContain('Эта ссылка больше не открывается');
    expect(second.text).toContain('action="/mine/link"');
  });

  it('of two clicks at once, one opens', async () => {
    const token = await proofOf('one');
    const replies = await Promise.all(
      Array.from({ length: 6 }, () => post(anybody(), '/mine/open', { token, locale: 'ru' })),
    );
    expect(replies.filter(({ status }) => status === 303)).toHaveLength(1);
  });

  it('opens for half an hour, by the whole link too', async () => {
    const token = await proofOf('one');
    pass(29);
    const link = `${field.config.publicUrl}/mine/open/ru#${token}`;
    expect((await post(anybody(), '/mine/open', { link, locale: 'ru' })).status).toBe(303);
    const late = await proofOf('one');
    pass(31);
    expect((await post(anybody(), '/mine/open', { token: late, locale: 'ru' })).status).toBe(404);
  });

  it('is not used up by whoever only looks, and not taken from another site', async () => {
    const token = await proofOf('one');
    for (const path of ['/mine/open/ru', `/mine/open/en?token=${token}`, '/mine/open', '/mine'])
      await anybody().ask(path);
    await anybody().ask('/mine/open/ru', { method: 'HEAD' });
    const foreign = await anybody().ask('/mine/open', {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(foreign.status).toBe(403);
    expect((await post(anybody(), '/mine/open', { token, locale: 'ru' })).status).toBe(303);
  });

  it('is no personal link, and a personal link is none', async () => {
    const token = await proofOf('one');
    expect((await anybody().open({ token, locale: 'ru' })).status).toBe(404);
    const link = await field.tokenOf(nr('other'));
    expect((await post(anybody(), '/mine/open', { token: link, locale: 'ru' })).status).toBe(404);
  });

  it('comes without typing to who is in the questionnaire, to the address that we have', async () => {
    const visitor = await field.visit(nr('other'));
    expect((await look(visitor, '/mine/link?lang=en')).text).toContain('action="/mine/link/own"');
    expect((await look(anybody(), '/mine/link?lang=en')).text).not.toContain('/mine/link/own');
    expect((await post(anybody(), '/mine/link/own', { locale: 'ru' })).status).toBe(401);
    const before = (await lettersTo(field.emailOf(nr('other')), /вашу страницу/)).length;
    expect((await post(visitor, '/mine/link/own', { locale: 'ru' })).status).toBe(303);
    expect((await post(visitor, '/mine/link/own', { locale: 'ru' })).status).toBe(303);
    await mailed();
    expect(await lettersTo(field.emailOf(nr('other')), /вашу страницу/)).toHaveLength(before + 1);
  });

  it('nobody can flood a mailbox with it', async () => {
    for (let count = 0; count < 5; count += 1)
      await post(anybody(), '/mine/link', { address: field.emailOf(nr('changes')), locale: 'ru' });
    await mailed();
    expect(await lettersTo(field.emailOf(nr('changes')), /вашу страницу/)).toHaveLength(3);
  });
});

describe('the session', () => {
  it('ends after a quarter of an hour unused, and after half an hour', async () => {
    const idle = await opened('one');
    pass(14);
    expect((await look(idle, '/mine')).status).toBe(200);
    pass(16);
    const gone = await look(idle, '/mine');
    expect([gone.status, gone.text]).toEqual([401, expect.stringContaining('Страница закрыта')]);
    const busy = await opened('other');
    for (let count = 0; count < 3; count += 1) {
      pass(9);
      expect((await look(busy, '/mine')).status).toBe(200);
    }
    pass(4);
    expect((await look(busy, '/mine')).status).toBe(401);
  });

  it('is one of its own: that of the questionnaire sees nothing of it', async () => {
    const visitor = await field.visit(nr('moves'));
    const pages = [
      '',
      '/held',
      '/copy/json',
      '/copy/csv',
      '/consents',
      '/messages',
      '/contact',
      '/moved',
      '/leave',
      '/erase',
    ];
    for (const page of pages)
      expect([page, (await look(visitor, `/mine${page}`)).status]).toEqual([page, 401]);
    for (const act of [
      'pause',
      'resume',
      'stop',
      'restart',
      'consents',
      'language',
      'address',
      'moved',
      'leave',
      'erase',
    ]) {
      const reply = await post(visitor, `/mine/${act}`, {
        sure: 'yes',
        choice: 'open',
        address: 'x@synthetic.example',
      });
      expect([act, reply.status]).toEqual([act, 401]);
    }
    const [member] = await field.rows('SELECT status FROM member WHERE id = $1', [id('moves')]);
    expect(member).toEqual({ status: 'active' });
  });

  it('ends with the quick exit, which leaves an empty page', async () => {
    const visitor = await opened('one');
    const left = await post(visitor, '/mine/away');
    expect([left.status, left.text]).toEqual([200, expect.stringContaining('<body></body>')]);
    expect(left.headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect((await look(visitor, '/mine')).status).toBe(401);
  });
});

describe('seeing and copying', () => {
  const NOVEL = 'Слово-примета в открытом ответе; =1+1';

  it('gives what is held in question and answer words, of nobody else, and no address', async () => {
    const visit = await field.visit(nr('answers'));
    const answers: Record<string, unknown> = { ...completeAnswers(5), last_word: NOVEL };
    expect((await visit.submit(0, answers)).status).toBe(201);
    const mine = await opened('answers', 'ru');
    const held = (await look(mine, '/mine/held?lang=ru')).text;
    expect(held).toContain('Слово-примета');
    expect(held).toContain('Первый опрос');
    expect(held).not.toMatch(/synthetic\.example/);
    expect((await look(mine, '/mine/held?lang=en')).text).toContain('What we hold about you');
    const other = await look(await opened('other'), '/mine/held?lang=ru');
    expect(other.text).not.toContain('Слово-примета');
  });

  it('is taken along as JSON with everything, and as a table in words', async () => {
    const mine = await opened('answers');
    const json = await look(mine, '/mine/copy/json?lang=ru');
    expect(json.headers.get('content-disposition')).toBe('attachment; filename="copy.json"');
    expect(json.headers.get('cache-control')).toContain('no-store');
    const held = json.json as {
      surveys: { letter: string; answers: { item: string; answer: string[] }[] }[];
    };
    const said = held.surveys[0]?.answers.find(({ item }) => item === 'last_word');
    expect(said?.answer).toEqual([NOVEL]);
    const csv = await look(mine, '/mine/copy/csv?lang=ru');
    expect(csv.text).toMatch(/^\uFEFF?"Опрос","Дата","Раздел","Вопрос","Ответ"\r\n/);
    expect(csv.text).toContain(`Слово-примета`);
    expect(csv.text).not.toContain('; =1+1');
    expect((await look(mine, '/mine/copy/exe')).status).toBe(404);
    const acts = await field.rows<{ act: string; detail: string | null }>(
      `SELECT act, detail FROM audit_entry WHERE subject_id = $1 AND act IN ('member.opened_page', 'member.copied') ORDER BY nr`,
      [id('answers')],
    );
    expect(acts.map(({ act }) => act)).toEqual([
      'member.opened_page',
      'member.opened_page',
      'member.copied',
      'member.copied',
    ]);
    expect(JSON.stringify(acts)).not.toContain('примета');
  });
});

describe('the acts', () => {
  it('pausing and stopping hold back what would come, and can be taken back', async () => {
    const pausing = await opened('pauses');
    expect((await done(pausing, 'pause', { choice: 'three-months', locale: 'en' })).page).toContain(
      'The pause has begun',
    );
    expect((await look(pausing, '/mine?lang=en')).text).toContain('A pause until');
    const stopping = await opened('stops', 'en');
    expect((await done(stopping, 'stop', { place: 'all', locale: 'en' })).page).toContain(
      'Messages are stopped',
    );
    const before = (await field.sink.messages()).length;
    const usual = await lettersTo(field.emailOf(nr('moves')), /./);
    for (let day = 0; day < 10; day += 1) {
      field.clock.moveTo(addDays(field.clock.now(), 1));
      await field.deliver();
    }
    expect((await lettersTo(field.emailOf(nr('moves')), /./)).length).toBeGreaterThan(usual.length);
    const sent = (await field.sink.messages()).slice(before);
    for (const name of ['pauses', 'stops'] as const)
      expect(sent.filter(({ to }) => to.includes(field.emailOf(nr(name))))).toEqual([]);
    await done(await opened('pauses'), 'resume');
    const again = await opened('stops', 'en');
    expect((await look(again, '/mine/messages?lang=en')).text).toContain('Stopped now:');
    await done(again, 'restart');
    expect((await look(again, '/mine/messages?lang=en')).text).not.toContain('Stopped now:');
    await field.deliver();
    const counts = await Promise.all(
      (['pauses', 'stops'] as const).map(
        async (name) => (await lettersTo(field.emailOf(nr(name)), /./)).length,
      ),
    );
    expect(Math.min(...counts)).toBeGreaterThan(2);
  });

  it('consents: what is marked holds, what is left open stays, and the same again changes nothing', async () => {
    const mine = await opened('consents');
    const page = (await look(mine, '/mine/consents?lang=ru')).text;
    for (const purpose of ['recontact', 'email', 'telegram', 'archive', 'public_use'])
      expect(page).toContain(`name="${purpose}"`);
    expect(page).not.toContain('name="take_part"');
    await done(mine, 'consents', { archive: 'yes', public_use: 'no', locale: 'ru' });
    const standing = await field.rows(
      'SELECT purpose, given, way, locale FROM consent_change WHERE member_id = $1 ORDER BY nr',
      [id('consents')],
    );
    expect(standing).toEqual([
      { purpose: 'archive', given: true, way: 'own_page', locale: 'ru' },
      { purpose: 'public_use', given: false, way: 'own_page', locale: 'ru' },
    ]);
    const same = await post(mine, '/mine/consents', { archive: 'yes', locale: 'en' });
    expect([same.status, same.text]).toEqual([200, expect.stringContaining('Nothing has changed')]);
    expect((await look(mine, '/mine/consents')).text).toMatch(/name="archive" value="yes" checked/);
    const wrong = await post(mine, '/mine/consents', { take_part: 'no' });
    expect(wrong.status).toBe(422);
  });

  it('a move and a language, each with its receipt', async () => {
    const mine = await opened('moves');
    expect((await look(mine, '/mine/moved?lang=en')).text).toContain('action="/mine/moved"');
    expect((await post(mine, '/mine/moved', { country: 'XXX' })).status).toBe(422);
    await done(mine, 'moved', { country: 'DEU', locale: 'ru' });
    await done(mine, 'language', { language: 'en', locale: 'ru' });
    expect(
      await field.rows('SELECT residence_country, locale FROM member WHERE id = $1', [id('moves')]),
    ).toEqual([{ residence_country: 'DEU', locale: 'en' }]);
  });

  it('leaving ends the case and shuts every way in, and what is kept can still be seen and erased', async () => {
    const questionnaire = await field.visit(nr('leaves'));
    const mine = await opened('leaves');
    const { code } = await done(mine, 'leave', { locale: 'en' });
    expect((await look(mine, '/mine')).status).toBe(401);
    expect((await questionnaire.interview()).status).toBe(410);
    const [state] = await field.rows('SELECT state FROM issued_case WHERE member_id = $1', [id('leaves')]);
    expect(state).toEqual({ state: 'withdrawn' });
    const receipt = await post(anybody(), '/receipt', { code, locale: 'en' });
    expect([receipt.status, receipt.text]).toEqual([200, expect.stringContaining('Left the study')]);
    const back = await opened('leaves', 'en');
    const home = (await look(back, '/mine')).text;
    expect(home).toContain('/mine/held');
    expect(home).toContain('/mine/erase');
    expect(home).not.toContain('/mine/consents');
    expect((await post(back, '/mine/pause', { choice: 'open' })).status).toBe(410);
    expect((await look(back, '/mine/held')).status).toBe(200);
  });

  it('erasing takes two clicks; then nothing is known but to the holder of the receipt', async () => {
    const mine = await opened('erases');
    const asked = await post(mine, '/mine/erase', { locale: 'en' });
    expect([asked.status, asked.text]).toEqual([200, expect.stringContaining('name="sure" value="yes"')]);
    expect(await field.rows('SELECT FROM member WHERE id = $1', [id('erases')])).toHaveLength(1);
    const { code } = await done(mine, 'erase', { sure: 'yes', locale: 'en' });
    expect(await field.rows('SELECT FROM member WHERE id = $1', [id('erases')])).toEqual([]);
    expect((await look(mine, '/mine')).status).toBe(401);
    const receipt = await post(anybody(), '/receipt', {
      code: code.toLowerCase().replaceAll('-', ' '),
      locale: 'en',
    });
    expect(receipt.text).toContain('Left, and everything was erased');
    const end = field.services(ErasureEndService);
    while ((await end.owed()).length > 0) await end.run();
    expect((await post(anybody(), '/receipt', { code, locale: 'en' })).text).toContain('Done in full');
    const before = (await lettersTo(field.emailOf(nr('erases')), /./)).length;
    await post(anybody(), '/mine/link', { address: field.emailOf(nr('erases')), locale: 'ru' });
    await mailed();
    expect(await lettersTo(field.emailOf(nr('erases')), /./)).toHaveLength(before);
  });

  it('another address counts once it is proved, and the old one is told', async () => {
    const settle = () => field.services(AddressSettleService).run();
    const next = 'new-box@synthetic.example';
    const reach = () => field.services(VaultService).reach(field.study.id, id('changes'), 'email');
    const mine = await opened('changes', 'en');
    expect((await post(mine, '/mine/address', { address: 'nothing', locale: 'en' })).status).toBe(422);
    for (const address of ['given-up@synthetic.example', next]) {
      const asked = await post(mine, '/mine/address', { address, locale: 'en' });
      expect([asked.status, asked.headers.get('location')]).toEqual([303, '/mine/address/asked?lang=en']);
    }
    await mailed();
    await settle();
    expect(await reach()).toBe(field.emailOf(nr('changes')));
    expect(await lettersTo('given-up@synthetic.example', /./)).toEqual([]);
    const [letter] = await lettersTo(next, /Please confirm/);
    const token = /\/mine\/address\/en#([\w-]{43})/.exec(letter?.text ?? '')?.[1] ?? '';
    expect((await post(anybody(), '/mine/open', { token, locale: 'en' })).status).toBe(404);
    await look(anybody(), '/mine/address/en');
    const proved = await post(anybody(), '/mine/address/proof', { token, locale: 'en' });
    expect(proved.status).toBe(303);
    expect(proved.headers.getSetCookie()).toEqual([expect.stringContaining('receipt=address.')]);
    expect((await post(anybody(), '/mine/address/proof', { token, locale: 'en' })).status).toBe(404);
    expect(await receiptSays(proved)).toContain('about to be stored');
    await settle();
    expect(await receiptSays(proved)).toContain('Done in full');
    expect(await reach()).toBe(next);
    pass(2);
    await mailed();
    expect(await lettersTo(field.emailOf(nr('changes')), /The address has changed/)).toHaveLength(1);
    const sealed = await field.rows('SELECT FROM address_change');
    expect(sealed).toEqual([]);
    const acts = await field.rows<{ act: string }>(
      `SELECT act FROM audit_entry WHERE subject_id = $1 AND act = 'address.changed'`,
      [id('changes')],
    );
    expect(acts).toHaveLength(1);
  });

  it('an address that is another member’s stays theirs; the receipt alone says so', async () => {
    const taken = field.emailOf(nr('other'));
    const mine = await openedAt('new-box@synthetic.example');
    const asked = await post(mine, '/mine/address', { address: taken, locale: 'en' });
    expect(asked.headers.get('location')).toBe('/mine/address/asked?lang=en');
    await mailed();
    const letter = (await lettersTo(taken, /Please confirm/)).at(-1);
    const token = /\/mine\/address\/en#([\w-]{43})/.exec(letter?.text ?? '')?.[1] ?? '';
    const proved = await post(anybody(), '/mine/address/proof', { token, locale: 'en' });
    expect(proved.status).toBe(303);
    await field.services(AddressSettleService).run();
    expect(await receiptSays(proved)).toContain('Not done');
    pass(2);
    await mailed();
    const vault = field.services(VaultService);
    expect(await vault.reach(field.study.id, id('changes'), 'email')).toBe('new-box@synthetic.example');
    expect(await vault.reach(field.study.id, id('other'), 'email')).toBe(taken);
    expect(await lettersTo('new-box@synthetic.example', /The address has changed/)).toEqual([]);
  });

  it('a receipt that was never given is said so', async () => {
    const reply = await post(anybody(), '/receipt', { code: '0000-0000-0000', locale: 'en' });
    expect([reply.status, reply.text]).toEqual([404, expect.stringContaining('There is no such receipt')]);
    expect((await look(anybody(), '/receipt?lang=ru')).text).toContain('Проверить квитанцию');
  });
});
