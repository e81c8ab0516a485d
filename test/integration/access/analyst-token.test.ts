import { Controller, Get, Module } from '@nestjs/common';
import pg from 'pg';
import { tokenCommands } from '../../../src/access/analyst-token.cli.js';
import { AnalystTokenService } from '../../../src/access/analyst-token.service.js';
import { type ReleaseKind } from '../../../src/access/analyst-token.js';
import { type Actor } from '../../../src/access/actor.js';
import { type RouteAccess, ROUTES } from '../../../src/access/route-matrix.js';
import { StaffActor } from '../../../src/access/staff-actor.guard.js';
import { PROVEN_MS } from '../../../src/access/staff-session.js';
import { ReadableKinds } from '../../../src/access/token-actor.guard.js';
import { hashOf } from '../../../src/access/token.node.js';
import { AppModule } from '../../../src/app.module.js';
import { addDays } from '../../../src/kit/clock.js';
import { findFreePort } from '../../../src/kit/embedded-process.node.js';
import { httpApplication } from '../../../src/kit/http.node.js';
import { routePolicy } from '../../../src/web/server/route-limits.js';
import { anna } from '../../make/actors.js';
import { loadStudy, testApp, type TestApp } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { oneMoreInstance } from '../../make/field.js';
import { type Reply, Visitor } from '../../make/visitor.js';

const NAME = 'Dr Example, University of Example';
const STUDY = 'new-russian-diasporas';
const SELF = '/api/tokens/self';

let town: TestApp;
let tokens: AnalystTokenService;
beforeAll(async () => {
  town = await testApp();
  await loadStudy(town.services);
  await town.database.asAdmin(
    `INSERT INTO study SELECT 'another', 'oth', definition || '{"id": "another", "code": "oth"}', loaded_at FROM study`,
  );
  tokens = town.services(AnalystTokenService);
});
afterAll(() => town.close());

const run = (...words: string[]) => runCommand(town.services, tokenCommands, 'token', ...words);
const make = (study = STUDY, kind: ReleaseKind = 'SUF', days = 30) =>
  tokens.create(anna, study, { kind, name: NAME, days });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ask = (
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
  url = town.config.publicUrl,
) => new Visitor(url).ask(path, { method, headers });
const rows = (sql: string, values?: unknown[]) =>
  town.database.asAdmin(sql, values) as Promise<Record<string, unknown>[]>;
const acts = () =>
  rows(
    `SELECT act, concat_ws(' ', actor_kind, actor_id) AS by, study_id AS study, subject_kind AS kind, subject_id AS id, detail::jsonb AS detail
     FROM audit_entry WHERE act LIKE 'token.%' ORDER BY nr`,
  );
const REFUSED = expect.objectContaining({ status: 401, code: 'access.token_refused' }) as unknown;

/** A reply, and what was asked of the database for it. */
async function statementsOf(work: () => Promise<Reply>): Promise<{ reply: Reply; statements: string[] }> {
  const send = jest.spyOn(pg.Client.prototype, 'query');
  try {
    const reply = await work();
    const statements = (send.mock.calls as unknown[][]).map(([query]) =>
      typeof query === 'string' ? query : ((query as { text?: string } | undefined)?.text ?? ''),
    );
    return { reply, statements };
  } finally {
    send.mockRestore();
  }
}

describe('at the command line', () => {
  const create = (...words: string[]) => run('create', '--study', 'nrd', '--by', 'anna', ...words);

  it('a token is made and printed, alone, once; its hash is what is kept', async () => {
    const { lines, json } = await create('--kind', 'SUF', '--name', ` ${NAME} `, '--days', '365');
    expect([lines, json]).toEqual([[expect.stringMatching(/^onw_[\w-]{43}$/)], []]);
    const [token = ''] = lines;
    const [kept] = await rows('SELECT * FROM analyst_token');
    expect(kept).toEqual({
      id: expect.any(String),
      study_id: STUDY,
      kind: 'SUF',
      name: NAME,
      token_hash: hashOf(token),
      created_at: town.clock.now(),
      expires_at: addDays(town.clock.now(), 365),
      revoked_at: null,
      used_on: null,
    });
    const id = String(kept?.['id']);
    const entry = { by: 'shell anna', study: STUDY, kind: 'token', id };
    expect(await acts()).toEqual([
      { ...entry, act: 'token.created', detail: { kind: 'SUF', expiresOn: '2027-03-02' } },
    ]);
    expect((await ask(SELF, bearer(token))).status).toBe(200);
    expect((await run('list')).lines).toEqual([
      `${id}  SUF of nrd  until 2027-03-02  last used on 2026-03-02  ${NAME}`,
    ]);
    expect((await run('revoke', id, '--by', 'anna')).lines).toEqual([
      'Revoked. It opens nothing from the next request on.',
    ]);
    expect((await ask(SELF, bearer(token))).json).toEqual(REFUSED);
    expect((await run('revoke', id)).lines).toEqual(['It was revoked already.']);
    expect((await run('list')).lines).toEqual([
      `${id}  SUF of nrd  revoked on 2026-03-02  last used on 2026-03-02  ${NAME}`,
    ]);
    expect((await acts()).slice(1)).toEqual([{ ...entry, act: 'token.revoked', detail: { kind: 'SUF' } }]);
  });

  it('as JSON, of one study, and all of a study are revoked at once', async () => {
    const made = await create('--kind', 'PUF', '--name', NAME, '--days', '1', '--json');
    const [one] = made.json as [{ token: string; id: string; expiresAt: string }];
    expect(one).toEqual({
      token: expect.stringMatching(/^onw_/),
      id: expect.any(String),
      expiresAt: addDays(town.clock.now(), 1).toISOString(),
    });
    expect(made.lines).toEqual([]);
    const [mine, others] = [await make(), await make('another')];
    const listed = (await run('list', '--study', 'oth', '--json')).json;
    expect(listed).toEqual([
      expect.objectContaining({ id: others.id, study: 'oth', name: NAME, state: 'open', usedOn: null }),
    ]);
    expect(JSON.stringify(await run('list', '--json'))).not.toContain('onw_');
    const before = (await acts()).length;
    expect((await run('revoke-all', '--study', 'nrd')).lines).toEqual(['Revoked: 2.']);
    expect((await run('revoke-all', '--study', 'nrd')).lines).toEqual(['Revoked: 0.']);
    expect((await acts()).slice(before).map(({ act, id }) => [act, id])).toEqual(
      expect.arrayContaining([one.id, mine.id].map((id) => ['token.revoked', id])),
    );
    expect((await acts()).length).toBe(before + 2);
    for (const { token } of [one, mine]) expect((await ask(SELF, bearer(token))).json).toEqual(REFUSED);
    expect((await ask(SELF, bearer(others.token))).status).toBe(200);
  });

  it('what was said wrongly is said, and nothing is made', async () => {
    const before = (await tokens.list()).length;
    const code = (of: string) => ({ code: of });
    const good = ['--kind', 'SUF', '--name', NAME];
    for (const days of ['0', '401', 'year', ''])
      await expect(create(...good, '--days', days)).rejects.toMatchObject(code('access.invalid_token_wish'));
    await expect(create(...good)).rejects.toThrow(/--days/);
    await expect(create('--kind', 'XUF', '--name', NAME, '--days', '1')).rejects.toThrow(/SUF, PUF/);
    const nowhere = run('create', '--study', 'nowhere', ...good, '--days', '1');
    await expect(nowhere).rejects.toMatchObject(code('access.unknown_study'));
    for (const id of ['no-id', '00000000-0000-4000-8000-000000000000'])
      await expect(run('revoke', id)).rejects.toMatchObject(code('access.unknown_token'));
    expect((await tokens.list()).length).toBe(before);
  });

  it('the database takes none that lasts longer, or twice', async () => {
    const insert = (id: string, hash: string, hours: number) =>
      rows(
        `INSERT INTO analyst_token (id, study_id, kind, name, token_hash, created_at, expires_at)
         SELECT $1, $2, 'SUF', 'x', sha256($3), now(), now() + $4 * interval '1 hour'`,
        [`00000000-0000-4000-8000-00000000000${id}`, STUDY, hash, hours],
      );
    await expect(insert('1', 'a', 9601)).rejects.toMatchObject({ constraint: 'analyst_token_expiry_check' });
    await insert('2', 'b', 9600);
    await expect(insert('3', 'b', 1)).rejects.toMatchObject({ constraint: 'analyst_token_hash_unique' });
    await rows(`DELETE FROM analyst_token WHERE name = 'x'`);
  });
});

describe('a request with a token', () => {
  it('learns what the token may do, and the day is noted, once a day', async () => {
    const { token, id, expiresAt } = await make();
    const usedOn = async () =>
      (await rows('SELECT used_on, xmin::text FROM analyst_token WHERE id = $1', [id]))[0];
    expect(await usedOn()).toMatchObject({ used_on: null });
    const reply = await ask(SELF, bearer(token));
    expect([reply.status, reply.json]).toEqual([
      200,
      { study: 'nrd', kind: 'SUF', expiresAt: expiresAt.toISOString() },
    ]);
    expect(reply.headers.get('cache-control')).toContain('no-store');
    expect(reply.headers.get('www-authenticate')).toBeNull();
    const first = await usedOn();
    expect(first).toMatchObject({ used_on: '2026-03-02' });
    const head = { method: 'HEAD', headers: { authorization: `bearer ${token}` } };
    expect((await fetch(town.config.publicUrl + SELF, head)).status).toBe(200);
    expect(await usedOn()).toEqual(first); // no second write
    town.clock.moveTo(addDays(town.clock.now(), 1));
    await ask(SELF, bearer(token));
    expect(await usedOn()).toMatchObject({ used_on: '2026-03-03' });
  });

  it('is let in until the token ends, to the millisecond', async () => {
    const { token, expiresAt } = await make(STUDY, 'PUF', 1);
    town.clock.moveTo(new Date(expiresAt.getTime() - 1));
    expect((await ask(SELF, bearer(token))).status).toBe(200);
    town.clock.moveTo(expiresAt);
    const refused = await ask(SELF, bearer(token));
    expect([refused.json, refused.headers.get('www-authenticate')]).toEqual([REFUSED, 'Bearer']);
  });

  it('shows it in the header alone', async () => {
    const { token } = await make();
    for (const query of ['access_token', 'token', 'authorization', 'bearer'])
      expect((await ask(`${SELF}?${query}=${token}`)).json).toEqual(REFUSED);
    for (const headers of [
      {},
      { authorization: token },
      { authorization: `Basic ${token}` },
      { 'x-authorization': `Bearer ${token}` },
      { cookie: `onward-staff-local=${token}` },
      { cookie: `authorization=Bearer ${token}` },
    ])
      expect((await ask(SELF, headers as Record<string, string>)).json).toEqual(REFUSED);
    const body = { method: 'POST', headers: bearer(token), body: '{}' };
    expect((await new Visitor(town.config.publicUrl).ask(SELF, body)).status).toBe(404);
  });

  it('is refused beside a session of the staff, whatever each is worth', async () => {
    const { token } = await make();
    const good = (await new Desk(town).cookie(PROVEN_MS)) ?? '';
    for (const cookie of [good, 'onward-staff-local=x'])
      for (const each of [token, 'unknown'])
        expect((await ask(SELF, { ...bearer(each), cookie })).json).toMatchObject({
          status: 400,
          code: 'access.two_actors',
        });
    expect((await ask(SELF, { ...bearer(token), cookie: 'other=x' })).status).toBe(200);
  });

  it('opens nothing of the staff’s', async () => {
    const { token } = await make();
    for (const path of ['/api/fieldwork/nrd', '/api/access/nrd/tokens', '/staff', '/api/sending/nrd'])
      expect((await ask(path, bearer(token))).json).toMatchObject({ status: 401, code: 'access.staff_only' });
  });

  it('meets the same limits as others: guessing ends soon, and a good token is no guess', async () => {
    const { token } = await make();
    const web = await oneMoreInstance(town, { publicUrl: 'https://panel.example', trustedProxies: 1 });
    const from = (address: string, shown: string) =>
      ask(SELF, { ...bearer(shown), 'x-forwarded-for': address }, 'GET', web.url);
    try {
      for (let nr = 0; nr < 70; nr++) expect((await from('203.0.113.1', token)).status).toBe(200);
      const statuses = new Set<number>();
      for (let nr = 0; nr < 300 && !statuses.has(429); nr++)
        statuses.add((await from('203.0.113.1', `onw_${nr}`)).status);
      expect([...statuses]).toEqual([401, 429]);
      expect((await from('203.0.113.1', token)).status).toBe(429);
      expect((await from('203.0.113.2', token)).status).toBe(200);
    } finally {
      await web.close();
    }
  });
});

describe('routes for tokens and staff', () => {
  /** Routes as those of releases are: of a study, for some of the staff, and for tokens of some kinds. */
  const SAMPLES: Record<string, RouteAccess> = {
    'GET /sample/:study': { staff: ['analyst'], study: 'study', token: ['SUF', 'PUF'] },
    'GET /sample/:study/public': { staff: [], study: 'study', token: ['PUF'] },
  };
  @Controller('sample/:study')
  class Sample {
    @Get()
    all(@StaffActor() actor: Actor, @ReadableKinds() kinds: readonly ReleaseKind[]) {
      return { actor, kinds };
    }

    @Get('public')
    open() {
      return {};
    }
  }

  let url: string;
  let close: () => Promise<void>;
  beforeAll(async () => {
    Object.assign(ROUTES, SAMPLES);
    @Module({ imports: [AppModule.for(town.config, town.clock, 'web')], controllers: [Sample] })
    class WithSample {}
    const app = await httpApplication(WithSample, town.config, {
      failurePage: ({ title }) => title,
      policy: routePolicy('none'),
    });
    const port = await findFreePort();
    await app.listen(port, '127.0.0.1');
    url = `http://127.0.0.1:${port}`;
    close = () => app.close();
  });
  afterAll(async () => {
    for (const route of Object.keys(SAMPLES)) Reflect.deleteProperty(ROUTES, route);
    await close();
  });

  const sample = (path: string, headers: Record<string, string>) =>
    ask(`/sample/${path}`, headers, 'GET', url);

  it('tell who acts, and what they may read', async () => {
    const { token, id } = await make(STUDY, 'PUF');
    expect((await sample('nrd', bearer(token))).json).toEqual({
      actor: { kind: 'token', tokenId: id },
      kinds: ['PUF'],
    });
    const desk = new Desk(town, { roles: ['analyst'], study: 'nrd' });
    const cookie = (await desk.cookie()) ?? '';
    const staff = { actor: { kind: 'staff', accountId: await desk.accountId() }, kinds: ['SUF', 'PUF'] };
    expect((await sample('nrd', { cookie })).json).toEqual(staff);
    const behindBasic = { cookie, authorization: 'Basic eDp4' }; // as a proxy in front of the staff's pages may ask for
    expect((await sample('nrd', behindBasic)).json).toEqual(staff);
    expect((await sample('oth', { cookie })).json).toMatchObject({ code: 'access.not_allowed' });
    expect((await sample('nrd', {})).json).toMatchObject({ code: 'access.staff_only' });
    expect((await sample('nrd/public', { cookie })).json).toEqual(REFUSED);
    expect((await sample('nrd/public', bearer(token))).status).toBe(200);
  });

  /** What a request made the process do: its reply, and the statements behind it. */
  async function traceOf(headers: Record<string, string>, path = 'nrd/public') {
    const { reply, statements } = await statementsOf(() => sample(path, headers));
    const told = [...reply.headers].filter(([name]) => !['date', 'keep-alive', 'connection'].includes(name));
    return {
      status: reply.status,
      told,
      text: reply.text,
      statements: statements.filter((text) => /analyst_token|staff_/.test(text)),
    };
  }

  it('refuse tokens of nobody, ended ones, and those of another study or kind in the same words by the same work', async () => {
    const expired = await make(STUDY, 'PUF', 1);
    town.clock.moveTo(expired.expiresAt);
    const revoked = await make(STUDY, 'PUF');
    await tokens.revoke(anna, revoked.id);
    const shown = [
      `onw_${'x'.repeat(43)}`,
      'short',
      expired.token,
      revoked.token,
      (await make('another', 'PUF')).token,
      (await make(STUDY, 'SUF')).token,
    ];
    const traces = [];
    for (const token of shown) traces.push(await traceOf(bearer(token)));
    for (const trace of traces) expect(trace).toEqual(traces[0]);
    expect(traces[0]).toMatchObject({
      status: 401,
      text: expect.stringContaining('access.token_refused') as unknown,
      statements: [expect.stringMatching(/^SELECT .*analyst_token/s)],
    });
    const nowhere = await make(STUDY, 'PUF');
    expect(await traceOf(bearer(nowhere.token), 'nowhere/public')).toEqual(traces[0]);
    expect(
      await rows('SELECT id FROM analyst_token WHERE id = $1 AND used_on IS NOT NULL', [nowhere.id]),
    ).toEqual([]);
  });
});

describe('an owner’s desk', () => {
  const path = '/api/access/nrd/tokens';
  const owner = () => new Desk(town, { roles: ['owner'], study: 'nrd' });
  const wish = { kind: 'SUF', name: NAME, days: 90 };

  it('makes a token after the second factor alone, lists it without itself, and revokes it', async () => {
    const desk = owner();
    expect((await desk.ask('POST', path, wish)).json).toMatchObject({ code: 'access.step_up_needed' });
    const proven = { cookie: (await desk.cookie(PROVEN_MS)) ?? '' };
    const made = await desk.ask('POST', path, wish, proven);
    const { token, id } = made.json as { token: string; id: string };
    expect([made.status, token]).toEqual([201, expect.stringMatching(/^onw_[\w-]{43}$/)]);
    const by = { kind: 'token', id, by: `staff ${await desk.accountId()}`, study: STUDY };
    expect((await acts()).at(-1)).toMatchObject({ ...by, act: 'token.created' });
    expect((await ask(SELF, bearer(token))).status).toBe(200);

    const list = await desk.ask('GET', path);
    const listed = (JSON.parse(list.text) as { id: string }[]).find((one) => one.id === id);
    expect(listed).toMatchObject({ study: 'nrd', kind: 'SUF', name: NAME, state: 'open', revokedAt: null });
    expect(list.text).not.toMatch(/onw_|hash/i);

    const stranger = new Desk(town, { roles: ['owner'], study: 'oth' });
    const elsewhere = await stranger.ask('POST', `/api/access/oth/tokens/${id}/revocation`, {});
    expect(elsewhere.json).toMatchObject({ status: 404, code: 'access.unknown_token' });
    expect((await ask(SELF, bearer(token))).status).toBe(200);
    for (const time of [1, 2]) {
      const gone = await desk.ask('POST', `${path}/${id}/revocation`, {});
      expect([time, gone.status, gone.json]).toEqual([time, 200, { id, state: 'revoked' }]);
    }
    expect((await acts()).filter((one) => one['id'] === id).map(({ act }) => act)).toEqual([
      'token.created',
      'token.revoked',
    ]);
    expect((await ask(SELF, bearer(token))).json).toEqual(REFUSED);
  });

  it('says what is wrong with a wish', async () => {
    const desk = owner();
    const post = async (body: unknown) =>
      (await desk.ask('POST', path, body, { cookie: (await desk.cookie(PROVEN_MS)) ?? '' })).json;
    expect(await post({ ...wish, days: 401 })).toMatchObject({
      status: 422,
      code: 'access.invalid_token_wish',
    });
    for (const bad of [{}, { ...wish, kind: 'XUF' }, { ...wish, days: '90' }, { ...wish, more: 1 }])
      expect(await post(bad)).toMatchObject({ status: 422, code: 'contact.invalid_request' });
  });
});
