import pg from 'pg';
import { hashPassword } from '../../../src/access/password-hash.node.js';
import { StaffService } from '../../../src/access/staff.service.js';
import { anna } from '../../make/actors.js';
import { type Field, inTheField, type Instance, oneMoreInstance } from '../../make/field.js';
import { ownPage } from '../../make/own-page.js';
import { routesOf } from '../../make/routes.js';
import { shareSlower } from '../../make/timing.js';
import { type Reply, Visitor } from '../../make/visitor.js';

jest.setTimeout(240_000); // the machine may be busy

/** Forms that take an address, by where they are posted; what else they hold. */
const FORMS: Record<string, { field: string; more: Record<string, string> }> = {
  '/mine/address': { field: 'address', more: { locale: 'ru' } },
  '/mine/link': { field: 'address', more: { study: 'nrd', locale: 'ru' } },
  '/respond/link': { field: 'address', more: { study: 'nrd', locale: 'ru' } },
  '/staff/sign-in': { field: 'email', more: { password: 'not this one', locale: 'en' } },
};
const PAIRS = 30;

/** A web process of its own, without vault, queue workers or sweeps: what it sends to the database, it sends for a request. */
let field: Field;
let web: Instance;
/** The own page of the first of the people. */
let page: Visitor;
beforeAll(async () => {
  field = await inTheField(6);
  page = await ownPage(field, 0);
  web = await oneMoreInstance(field, { role: 'web' });
  for (const path of Object.keys(FORMS)) await post(path, 'first@synthetic.example')(new Visitor(web.url)); // what happens once has happened
  const passwordHash = await hashPassword('шесть жёлтых трамваев');
  for (let nr = 0; nr < 2 * PAIRS; nr++)
    await field.services(StaffService).invite(anna, staffAt(nr), { role: 'analyst', study: undefined });
  await field.rows('UPDATE staff_account SET password_hash = $1, accepted_at = now()', [passwordHash]);
});
afterAll(async () => {
  await web.close();
  await field.close();
});

const staffAt = (nr: number) => `staff-${nr}@staff.example`;
const nobodyAt = (nr: number) => `nobody-${nr}@${nr % 2 ? 'synthetic' : 'staff'}.example`;
/** Somebody's address who is known where the form asks. */
const somebodyAt = (path: string, nr: number) =>
  path === '/staff/sign-in' ? staffAt(nr) : field.emailOf(1 + (nr % 5));
const post = (path: string, address: string) => (visitor: Visitor) => {
  const { field: name = '', more = {} } = FORMS[path] ?? {};
  return visitor.ask(path, {
    ...form({ ...more, [name]: address }),
    headers: { accept: 'text/html', cookie: page.cookie ?? '' },
  });
};

const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

/** What a request made the process do, as far as it can be seen from outside: its reply, and the statements behind it. */
async function traceOf(ask: (visitor: Visitor) => Promise<Reply>) {
  const statements: string[] = [];
  const send = jest.spyOn(pg.Client.prototype, 'query');
  let reply: Reply;
  try {
    reply = await ask(new Visitor(web.url));
    for (const [query] of send.mock.calls as unknown[][]) {
      const text = typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? '');
      if (!/\bbullmq\b|\bjob\b|LISTEN/i.test(text)) statements.push(text);
    }
  } finally {
    send.mockRestore();
  }
  const headers = Object.fromEntries(
    [...reply.headers].filter(([name]) => !['date', 'keep-alive', 'connection'].includes(name)),
  );
  return { status: reply.status, headers, text: reply.text, statements };
}

/** All of these are the same to whoever asks. */
async function indistinguishable(asks: ((visitor: Visitor) => Promise<Reply>)[]) {
  const traces = [];
  for (const ask of asks) traces.push(await traceOf(ask));
  for (const trace of traces) expect(trace).toEqual(traces[0]);
  return traces[0]!;
}

test('every form that takes an address is one of these', async () => {
  const found = new Set<string>();
  for (const visitor of [new Visitor(web.url), await field.visit(2), page])
    for (const route of routesOf(field.app).filter((one) => one.startsWith('GET '))) {
      const path = route
        .slice(4)
        .replace(/:study/, 'nrd')
        .replace(/:wave/, 'a')
        .replace(/:locale/, 'ru');
      const { text } = await visitor.ask(path, { headers: { accept: 'text/html' } });
      for (const [whole, action] of text.matchAll(/<form[^>]*\saction="([^"]*)".*?<\/form>/gs))
        if (/type="email"|autocomplete="(email|username)"/.test(whole)) found.add(action ?? '');
    }
  expect([...found].sort()).toEqual(Object.keys(FORMS).sort());
});

describe.each(Object.keys(FORMS))('%s', (path) => {
  test('answers the same and does the same, whoever’s address it is', async () => {
    const addresses = Array.from({ length: 6 }, (_, nr) => [somebodyAt(path, nr), nobodyAt(nr)]).flat();
    const { status, statements } = await indistinguishable(addresses.map((address) => post(path, address)));
    expect([303, 401]).toContain(status);
    expect(
      statements.some((text) => /INSERT INTO (link_request|sign_in_delay|address_change)/.test(text)),
    ).toBe(true); // work was done, for each
  });

  test('takes as long', async () => {
    const visitor = new Visitor(web.url);
    const share = await shareSlower(
      PAIRS,
      (nr) => post(path, somebodyAt(path, PAIRS + nr))(visitor),
      (nr) => post(path, nobodyAt(PAIRS + nr))(visitor),
    );
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.85);
  });
});

test('signing in too often is told to everybody alike', async () => {
  for (const address of [staffAt(3), nobodyAt(3)])
    for (let nr = 0; nr < 12; nr++) await post('/staff/sign-in', address)(new Visitor(web.url));
  const { status } = await indistinguishable(
    [staffAt(3), nobodyAt(3)].map((one) => post('/staff/sign-in', one)),
  );
  expect(status).toBe(429);
});

test('links: unknown and damaged ones', async () => {
  const { status } = await indistinguishable(
    ['a', 'b', 'c'].map(
      (sign) => (visitor) => visitor.ask('/respond/session', form({ token: sign.repeat(43) })),
    ),
  );
  expect(status).toBe(404);
});

test('unsubscribing: the page asks the same of everyone, and looks nobody up', async () => {
  const [{ text: letter } = { text: '' }] = await field.lettersTo(0);
  const real = /\/stop\/ru\/([\w.~-]+)/.exec(letter)?.[1];
  expect(real).toBeDefined();
  const token = real ?? '';
  const pages = [];
  for (const asked of [token, `${token.slice(0, -4)}AAAA`, 'x'.repeat(token.length)]) {
    const { status, text, statements } = await traceOf((visitor) => visitor.ask(`/stop/ru/${asked}`));
    pages.push({ status, text: text.replaceAll(asked, 'TOKEN'), statements });
  }
  expect(pages[0]).toMatchObject({ status: 200, statements: [] });
  for (const page of pages) expect(page).toEqual(pages[0]);
});

test('sessions: none, unknown and ended ones', async () => {
  const left = await field.visit(1);
  await left.post('away', {});
  const traces = [];
  for (const cookie of [`onward-local=${'q'.repeat(43)}`, left.cookie ?? ''])
    traces.push(await traceOf((visitor) => visitor.ask('/api/respond/interview', { headers: { cookie } })));
  expect(traces[0]?.status).toBe(401);
  expect(traces[1]).toEqual(traces[0]);
});
