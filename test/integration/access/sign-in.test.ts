import { hash } from '@node-rs/argon2';
import { DataSource } from 'typeorm';
import { StaffService } from '../../../src/access/staff.service.js';
import { addDays, HOUR_MS } from '../../../src/kit/clock.js';
import { loadStudy, testApp, type TestApp } from '../../make/app.js';
import { Authenticator } from '../../make/authenticator.js';
import { codeAt, PASSWORD, StaffBrowser } from '../../make/staff-browser.js';

const ANNA = { kind: 'shell', by: 'anna' } as const;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let town: TestApp;
beforeAll(async () => {
  town = await testApp();
  await loadStudy(town.services);
});
afterAll(() => town.close());

const rows = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
  town.services(DataSource).query(sql, values);
const pass = (ms: number) => town.clock.moveTo(new Date(town.clock.now().getTime() + ms));
const staff = () => town.services(StaffService);
const invite = (email: string) => staff().invite(ANNA, email, { role: 'field_manager', study: 'nrd' });
const browser = () => new StaffBrowser(town);
const tokenIn = (link: string) => new URL(link).hash.slice(1);

let people = 0;
/** Somebody who has accepted, half a minute ago: their next code is another one. */
async function somebody() {
  people += 1;
  const email = `person-${people}@staff.example`;
  const desk = browser();
  const { secret, recovery } = await desk.accept(await invite(email));
  pass(30 * SECOND);
  return { email, desk, secret, recovery, code: () => codeAt(secret, town.clock.now()) };
}

/** A browser in which somebody has signed in, too. */
async function signedIn({ email, code }: { email: string; code: () => string }) {
  const desk = browser();
  await desk.signIn(email);
  const done = await desk.post('/staff/second-factor', { code: code(), next: '/staff' });
  expect([done.status, done.headers.get('location')]).toEqual([303, '/staff']);
  return desk;
}

describe('an invitation', () => {
  it('discloses and consumes nothing when it is opened, nor by a password that will not do', async () => {
    const link = await invite('vera.petrova@staff.example');
    const { pathname } = new URL(link);
    expect([pathname, tokenIn(link)]).toEqual(['/staff/accept', expect.stringMatching(/^[\w-]{43}$/)]);
    const desk = browser();
    const page = await desk.get(pathname);
    expect([page.status, page.headers.getSetCookie()]).toEqual([200, []]);
    expect(page.text).not.toContain('vera');
    const foreign = await desk.post(
      pathname,
      { token: tokenIn(link), password: PASSWORD },
      { 'sec-fetch-site': 'cross-site' },
    );
    expect(foreign.status).toBe(403);
    for (const [password, words] of [
      ['коротко', 'too short'],
      ['qwerty123456', 'too easy'],
      ['vera.petrova1', 'too close'],
    ] as const) {
      const refused = await desk.post(pathname, { token: tokenIn(link), password });
      expect([refused.status, refused.text]).toEqual([422, expect.stringContaining(words)]);
    }
    await desk.accept(link);
    expect((await desk.get('/fieldwork/nrd')).status).toBe(200);
  });

  it('opens once', async () => {
    const link = await invite('once@staff.example');
    await browser().accept(link);
    const again = await browser().post('/staff/accept', { token: tokenIn(link), password: PASSWORD });
    expect([again.status, again.text]).toEqual([404, expect.stringContaining('was used')]);
    await expect(invite('once@staff.example')).rejects.toMatchObject({ code: 'access.account_exists' });
  });

  it('opens once of many at the same time', async () => {
    const link = await invite('race@staff.example');
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => browser().post('/staff/accept', { token: tokenIn(link), password: PASSWORD })),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([303, 404, 404, 404]);
  });

  it('lapses after 72 hours, and when another one is sent', async () => {
    const first = await invite('late@staff.example');
    const second = await invite('late@staff.example');
    const open = (link: string) =>
      browser().post('/staff/accept', { token: tokenIn(link), password: PASSWORD });
    expect((await open(first)).status).toBe(404);
    pass(72 * HOUR_MS);
    expect((await open(second)).status).toBe(404);
    await browser().accept(await invite('late@staff.example'));
  });

  it('gives no way in before a second factor stands beside the password', async () => {
    const desk = browser();
    const link = await invite('half@staff.example');
    expect((await desk.post('/staff/accept', { token: tokenIn(link), password: PASSWORD })).status).toBe(303);
    expect((await desk.get('/fieldwork')).status).toBe(401);
    expect((await desk.post('/staff/new-factor', { code: '000000' })).status).toBe(401);
    expect((await browser().signIn('half@staff.example')).status).toBe(401);
    pass(30 * MINUTE);
    expect((await desk.get('/staff/new-factor')).status).toBe(401);
  });

  it('leaves nothing in the database that lets anybody in', async () => {
    const link = await invite('stolen@staff.example');
    const desk = browser();
    const { secret, recovery } = await desk.accept(link);
    expect(recovery).toHaveLength(10);
    const tables = await rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname ~ '^(staff|sign_in|audit)'`,
    );
    expect(tables.length).toBeGreaterThan(7);
    const dumps = await Promise.all(
      tables.map(({ name }) => rows<{ t: string }>(`SELECT t::text AS t FROM ${name} t`)),
    );
    const dump = JSON.stringify(dumps);
    const session = desk.cookie?.split('=')[1] ?? '';
    for (const secretText of [PASSWORD, secret, tokenIn(link), session, 'stolen@', recovery[0] ?? ''])
      for (const text of [
        secretText,
        Buffer.from(secretText).toString('hex'),
        Buffer.from(secretText, 'base64url').toString('hex'),
      ])
        expect(dump).not.toContain(text);
  });
});

describe('signing in', () => {
  it('takes the password, then a code; the cookie is for our own pages alone', async () => {
    const { email, code } = await somebody();
    const desk = browser();
    const first = await desk.post('/staff/sign-in', {
      email: ` ${email.toUpperCase()} `,
      password: PASSWORD,
      next: '/fieldwork/nrd',
    });
    expect([first.status, first.headers.get('location')]).toEqual([
      303,
      '/staff/second-factor?lang=en&next=%2Ffieldwork%2Fnrd',
    ]);
    const halfway = desk.cookie;
    expect((await desk.get('/staff')).status).toBe(401);
    const second = await desk.post('/staff/second-factor', { code: code(), next: '/fieldwork/nrd' });
    expect([second.status, second.headers.get('location')]).toEqual([303, '/fieldwork/nrd']);
    expect(second.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^onward-staff-local=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
    ]);
    expect((await desk.get('/fieldwork/nrd')).status).toBe(200);
    desk.cookie = halfway; // rotated: what stood there before is worth nothing
    expect((await desk.get('/fieldwork/nrd')).status).toBe(401);
    expect((await desk.post('/staff/second-factor', { code: code() })).status).toBe(401);
  });

  it('leads to none but our own pages', async () => {
    const { email, code } = await somebody();
    const desk = browser();
    await desk.signIn(email);
    const done = await desk.post('/staff/second-factor', { code: code(), next: '//elsewhere.example/' });
    expect(done.headers.get('location')).toBe('/fieldwork');
  });

  it('takes a code a step early or late, and none twice or older than the last', async () => {
    const { email, secret } = await somebody();
    const now = town.clock.now();
    const at = (ms: number) => codeAt(secret, new Date(now.getTime() + ms));
    const shown = async (code: string) => {
      const desk = browser();
      await desk.signIn(email);
      return (await desk.post('/staff/second-factor', { code })).status;
    };
    expect(await shown(at(60 * SECOND))).toBe(401);
    expect(await shown(at(30 * SECOND))).toBe(303);
    expect(await shown(at(30 * SECOND))).toBe(401);
    expect(await shown(at(0))).toBe(401);
    pass(60 * SECOND);
    expect(await shown(at(60 * SECOND).replace(/^(...)/, '$1 '))).toBe(303);
  });

  it('takes one code once when it comes twice at the same time', async () => {
    const { email, code } = await somebody();
    const desks = await Promise.all(
      [1, 2].map(async () => {
        const desk = browser();
        await desk.signIn(email);
        return desk;
      }),
    );
    const same = code();
    const replies = await Promise.all(desks.map((desk) => desk.post('/staff/second-factor', { code: same })));
    expect(replies.map(({ status }) => status).sort()).toEqual([303, 401]);
  });

  it('takes a recovery code in place of a code, once', async () => {
    const { email, recovery } = await somebody();
    const shown = async () => {
      const desk = browser();
      await desk.signIn(email);
      return (await desk.post('/staff/second-factor', { code: recovery[3]?.toLowerCase() ?? '' })).status;
    };
    expect([await shown(), await shown()]).toEqual([303, 401]);
    expect((await staff().list()).find((one) => one.email === email)).toMatchObject({ recoveryCodes: 9 });
  });

  it('answers an address without an account as it answers a wrong password', async () => {
    const { email } = await somebody();
    const closed = await somebody();
    await staff().revoke(ANNA, closed.email);
    await invite('invited@staff.example');
    const replies = [];
    for (const address of [email, 'nobody@staff.example', closed.email, 'invited@staff.example', ''])
      replies.push(await browser().signIn(address, 'a password that is wrong'));
    const seen = replies.map(({ status, text, headers }) => {
      const named = [...headers].filter(([name]) => name !== 'date');
      return { status, text, headers: named };
    });
    expect(seen[0]?.status).toBe(401);
    for (const one of seen) expect(one).toEqual(seen[0]);
  });

  it.each(['known', 'unknown'])(
    'delays more with each failure, and keeps nobody out for good: %s account',
    async (kind) => {
      const { email, code } = await somebody();
      const address = kind === 'known' ? email : `stranger-${email}`;
      const wrong = () => browser().signIn(address, 'a password that is wrong');
      for (const retry of [undefined, undefined, undefined, '1', '2', '4', '8', '16', '32', '60', '60']) {
        if (retry !== undefined) {
          const early = await browser().signIn(address);
          expect([early.status, early.headers.get('retry-after')]).toEqual([429, retry]);
          expect(early.text).toContain('Too many tries failed');
          pass(Number(retry) * SECOND);
        }
        expect((await wrong()).status).toBe(401);
      }
      pass(MINUTE);
      expect((await browser().signIn(address)).status).toBe(kind === 'known' ? 303 : 401);
      if (kind === 'unknown') return;
      await signedIn({ email, code });
      const entries = await rows<{ detail: string }>(
        `SELECT detail FROM audit_entry WHERE act = 'staff.signed_in' ORDER BY id DESC LIMIT 1`,
      );
      expect(entries.map(({ detail }) => JSON.parse(detail) as object)).toEqual([
        { factor: 'totp', failedBefore: 11 },
      ]);
    },
  );

  it('looks at no more tries at once than are free', async () => {
    const { email } = await somebody();
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => browser().signIn(email, 'a password that is wrong')),
    );
    const statuses = replies.map(({ status }) => status).sort();
    expect(statuses).toEqual([401, 401, 401, 429, 429, 429, 429, 429]);
  });

  it('delays codes by the account, however often the password is shown', async () => {
    const { email } = await somebody();
    const statuses = [];
    for (const code of ['000000', '000001', '000002', '000003']) {
      const desk = browser();
      await desk.signIn(email);
      statuses.push((await desk.post('/staff/second-factor', { code })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 429]);
    await rows('DELETE FROM sign_in_delay');
  });

  it('hashes a password anew that was hashed with other parameters', async () => {
    const person = await somebody();
    const weak = await hash(PASSWORD.normalize('NFKC'), { memoryCost: 1024, timeCost: 2, parallelism: 1 });
    const { id = '' } = (await staff().list()).find((one) => one.email === person.email) ?? {};
    await rows('UPDATE staff_account SET password_hash = $2 WHERE id = $1', [id, weak]);
    await signedIn(person);
    const [kept] = await rows<{ password_hash: string }>(
      'SELECT password_hash FROM staff_account WHERE id = $1',
      [id],
    );
    expect(kept?.password_hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=1\$/);
    pass(30 * SECOND);
    await signedIn(person);
  });
});

describe('a session', () => {
  it('ends after 15 minutes without a request', async () => {
    const { desk } = await somebody();
    pass(14 * MINUTE);
    expect((await desk.get('/staff')).status).toBe(200);
    pass(15 * MINUTE - 1);
    expect((await desk.get('/staff')).status).toBe(200);
    pass(15 * MINUTE);
    expect((await desk.get('/staff')).status).toBe(401);
  });

  it('ends after 8 hours, however busy', async () => {
    const { desk } = await somebody();
    pass(9 * MINUTE + 30 * SECOND);
    for (let minutes = 10; minutes < 8 * 60; minutes += 10) {
      expect((await desk.get('/staff')).status).toBe(200);
      pass(10 * MINUTE);
    }
    expect((await desk.get('/staff')).status).toBe(401);
  });

  it('ends at sign-out', async () => {
    const { desk } = await somebody();
    const { cookie } = desk;
    const out = await desk.post('/staff/sign-out', {});
    expect([out.status, out.headers.getSetCookie()]).toEqual([303, [expect.stringContaining('Max-Age=0')]]);
    desk.cookie = cookie;
    expect((await desk.get('/staff')).status).toBe(401);
  });

  it('ends with its account, and does less as soon as a role is withdrawn', async () => {
    const { email, desk } = await somebody();
    expect((await desk.get('/fieldwork/nrd')).status).toBe(200);
    expect((await desk.get('/fieldwork')).text).toContain('/fieldwork/nrd');
    await staff().withdrawGrant(ANNA, email, { role: 'field_manager', study: 'nrd' });
    expect((await desk.get('/fieldwork/nrd')).status).toBe(403);
    expect((await desk.get('/fieldwork')).text).not.toContain('/fieldwork/nrd');
    await staff().revoke(ANNA, email);
    expect((await desk.get('/staff')).status).toBe(401);
    expect((await browser().signIn(email)).status).toBe(401);
    await expect(staff().grant(ANNA, email, { role: 'owner', study: undefined })).rejects.toMatchObject({
      code: 'access.unknown_account',
    });
  });

  it('of a closed account opens nothing, even where one was left', async () => {
    const { email, desk } = await somebody();
    const { id } = (await staff().list()).find((one) => one.email === email) ?? {};
    await rows('UPDATE staff_account SET revoked_at = now() WHERE id = $1', [id]);
    expect((await desk.get('/staff')).status).toBe(401);
  });

  it('does nothing for a foreign page', async () => {
    const { desk } = await somebody();
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ])
      expect((await desk.post('/staff/sign-out', {}, headers)).status).toBe(403);
    for (const origin of ['https://elsewhere.example', 'null']) {
      const reply = await fetch(`${town.config.publicUrl}/staff/sign-out`, {
        method: 'POST',
        headers: { cookie: desk.cookie ?? '', origin },
        redirect: 'manual',
      });
      expect(reply.status).toBe(403);
    }
    expect((await desk.get('/staff')).status).toBe(200);
  });

  it('needs the second factor once more where a route says so, and gets another token for it', async () => {
    const { desk, code, secret } = await somebody();
    expect((await desk.get('/staff/password')).status).toBe(200);
    pass(4 * MINUTE + 30 * SECOND);
    const late = await desk.get('/staff/password');
    expect([late.status, late.text]).toEqual([403, expect.stringContaining('/staff/step-up?')]);
    const before = desk.cookie;
    expect((await desk.post('/staff/step-up', { code: '123456' })).status).toBe(401);
    const proved = await desk.post('/staff/step-up', { code: code(), next: '/staff/password' });
    expect([proved.status, proved.headers.get('location')]).toEqual([303, '/staff/password']);
    expect((await desk.get('/staff/password')).status).toBe(200);
    expect((await desk.post('/staff/step-up', { code: codeAt(secret, town.clock.now()) })).status).toBe(401);
    desk.cookie = before;
    expect((await desk.get('/staff')).status).toBe(401);
  });

  it('ends, with all others of the account, when the password changes', async () => {
    const person = await somebody();
    const other = await signedIn(person);
    const wished = 'семь синих троллейбусов';
    const change = (present: string, password: string) =>
      person.desk.post('/staff/password', { present, password });
    expect((await change('not the present one', wished)).status).toBe(401);
    expect((await change(PASSWORD, 'short')).status).toBe(422);
    expect((await change(PASSWORD, wished)).status).toBe(303);
    for (const desk of [person.desk, other]) expect((await desk.get('/staff')).status).toBe(401);
    expect((await browser().signIn(person.email)).status).toBe(401);
    expect((await browser().signIn(person.email, wished)).status).toBe(303);
  });
});

describe('a passkey', () => {
  const passkey = () => new Authenticator(town.config.publicUrl);
  const asked = async (email: string) => {
    const desk = browser();
    await desk.signIn(email);
    return { desk, request: await desk.passkeyRequest('/staff/second-factor') };
  };

  it('is set up and signs in, with the challenge of that page alone, once', async () => {
    const email = 'passkey@staff.example';
    const key = passkey();
    const setUp = browser();
    expect((await setUp.acceptWith(await invite(email), key)).status).toBe(200);
    expect((await setUp.get('/staff')).status).toBe(200);

    const { desk, request } = await asked(email);
    const answer = key.sign(request);
    const other = await asked(email);
    expect((await other.desk.post('/staff/second-factor', { passkey: answer })).status).toBe(401);
    expect((await desk.post('/staff/second-factor', { passkey: answer })).status).toBe(303);
    expect((await desk.get('/staff')).status).toBe(200);

    const again = await desk.passkeyRequest('/staff/step-up');
    expect((await desk.post('/staff/step-up', { passkey: answer })).status).toBe(401);
    expect((await desk.post('/staff/step-up', { passkey: key.sign(again) })).status).toBe(401); // the page that said no asks anew
    const fresh = await desk.passkeyRequest('/staff/step-up');
    expect((await desk.post('/staff/step-up', { passkey: key.sign(fresh) })).status).toBe(303);
  });

  it('is refused from another page, from another authenticator, with a count that went back, and as nonsense', async () => {
    const email = 'copied@staff.example';
    const key = passkey();
    await browser().acceptWith(await invite(email), key);
    const shown = async (make: (request: string) => string) => {
      const { desk, request } = await asked(email);
      return (await desk.post('/staff/second-factor', { passkey: make(request) })).status;
    };
    expect(await shown((request) => key.sign(request, { origin: 'https://elsewhere.example' }))).toBe(401);
    expect(await shown((request) => passkey().sign(request))).toBe(401);
    expect(await shown(() => '{"id": 7}')).toBe(401);
    expect(await shown(() => 'no JSON')).toBe(401);
    expect(await shown((request) => key.sign(request, { counter: 9 }))).toBe(303);
    expect(await shown((request) => key.sign(request, { counter: 9 }))).toBe(401);
    expect(await shown((request) => key.sign(request, { counter: 10 }))).toBe(303);
  });

  it('is not made for another page', async () => {
    const desk = browser();
    const link = await invite('elsewhere@staff.example');
    await desk.post('/staff/accept', { token: tokenIn(link), password: PASSWORD });
    const request = await desk.passkeyRequest('/staff/new-factor');
    const made = passkey().make(request, { origin: 'https://elsewhere.example' });
    expect((await desk.post('/staff/new-factor', { passkey: made })).status).toBe(401);
  });
});

describe('a second factor that is lost', () => {
  it('is replaced by a link together with the password; the old one is worth nothing', async () => {
    const person = await somebody();
    const link = await staff().resetSecondFactor(ANNA, person.email, false);
    expect((await person.desk.get('/staff')).status).toBe(401);
    const desk = browser();
    await desk.signIn(person.email);
    for (const code of [person.code(), person.recovery[0] ?? ''])
      expect((await desk.post('/staff/second-factor', { code })).status).toBe(401);
    const { pathname } = new URL(link);
    expect(pathname).toBe('/staff/renew');
    expect(
      (await browser().post(pathname, { token: tokenIn(link), password: 'another password' })).status,
    ).toBe(401);
    expect(
      (await browser().post('/staff/accept', { token: tokenIn(link), password: 'a password of a thief' }))
        .status,
    ).toBe(404);
    const renewed = browser();
    const { secret } = await renewed.accept(link);
    expect(secret).not.toBe(person.secret);
    expect((await renewed.get('/fieldwork/nrd')).status).toBe(200);
  });

  it('may be replaced together with the password', async () => {
    const person = await somebody();
    const link = await staff().resetSecondFactor(ANNA, person.email, true);
    expect((await browser().signIn(person.email)).status).toBe(401);
    const renewed = browser();
    await renewed.accept(link, 'восемь белых паромов');
    expect((await renewed.get('/fieldwork/nrd')).status).toBe(200);
    expect((await browser().signIn(person.email, 'восемь белых паромов')).status).toBe(303);
  });
});

it('what is done stands in the audit log, without an address', async () => {
  const entries = await rows<{ act: string; actor_kind: string; subject_kind: string; entry: string }>(
    'SELECT act, actor_kind, subject_kind, e::text AS entry FROM audit_entry e WHERE act LIKE $1',
    ['staff.%'],
  );
  expect([...new Set(entries.map(({ act, actor_kind }) => `${act} by ${actor_kind}`))].sort()).toEqual([
    'staff.accepted by staff',
    'staff.grant_withdrawn by shell',
    'staff.invited by shell',
    'staff.revoked by shell',
    'staff.second_factor_reset by shell',
    'staff.signed_in by staff',
    'staff.stepped_up by staff',
  ]);
  expect(entries.every(({ subject_kind }) => subject_kind === 'staff')).toBe(true);
  expect(JSON.stringify(entries)).not.toContain('@');
});

it('what is over is cleared away', async () => {
  town.clock.moveTo(addDays(town.clock.now(), 2));
  await somebody();
  expect(await rows('SELECT FROM staff_session')).toHaveLength(1);
});
