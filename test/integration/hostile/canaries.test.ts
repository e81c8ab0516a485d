import { Writable } from 'node:stream';
import { ROUTES } from '../../../src/access/route-matrix.js';
import { log, logTo } from '../../../src/kit/log.node.js';
import { registry } from '../../../src/kit/metrics.node.js';
import { CaseService } from '../../../src/wave/case.service.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { CANARY, CONTENT, drive, type Driving, form, json } from '../../make/canaries.js';
import { anna } from '../../make/actors.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { routesOf } from '../../make/routes.js';
import { type Reply, saveBody, submission, Visitor } from '../../make/visitor.js';
import { Keys, KEYS_ENV, secretOf, WEBHOOK_SECRET } from './canary-keys.js';

jest.setTimeout(240_000); // some three thousand requests, and the machine may be busy

const PAGE = 'text/html';

let field: Field;
let person: Visitor;
let lines = '';
/** What opens something for real: it must not be found either. */
let keys: Keys;

beforeAll(async () => {
  field = await inTheField(8, { env: KEYS_ENV });
  keys = new Keys(field);
  log.level = 'trace';
  logTo(new Writable({ write: (chunk: Buffer, _encoding, done) => done(void (lines += chunk.toString())) }));
  person = await field.visit(0);
  for (const secret of [secretOf(person), await field.tokenOf(0), await field.tokenOf(1)])
    keys.secret(secret);
});
afterAll(async () => {
  log.level = 'silent';
  logTo(process.stdout);
  await field.close();
});

const EARLIER = { closesAt: '2026-03-01T08:00:00Z' };
const LATER = { closesAt: '2026-06-01T08:00:00Z' };
const BACKWARDS = { fromOn: '2026-05-02', untilOn: '2026-05-01' };

const holdsSecret = (text: string) => [...keys.secrets].some((secret) => text.includes(secret));

/** Where a person's own words are shown to them again, on the very page that they sent. */
const OWN_PAGES = [
  '/respond/link',
  '/respond/moved',
  '/respond/later',
  '/mine/link',
  '/mine/address',
  '/receipt',
  '/stop/:locale/:token',
];
const isOwnPage = (route: string, { headers }: Reply) =>
  headers.get('content-type')?.startsWith(PAGE) &&
  OWN_PAGES.some((own) => route.split(' ')[1]?.startsWith(own));

/** What of a reply goes further than to who sent it, or should say nothing of what was sent: headers, and bodies of failures. */
function toldBy(route: string, reply: Reply): string[] {
  const emitted = [...reply.headers].filter(([name]) => name !== 'set-cookie').map((one) => one.join(': '));
  const body = reply.status >= 400 && !isOwnPage(route, reply) ? reply.text.split('\n') : [];
  return [...emitted, ...body]
    .filter((line) => CONTENT.test(line) || holdsSecret(line))
    .map((line) => `${route} ${reply.status}: ${line.slice(0, 300)}`);
}

const reached = ({ status }: Reply) => ![401, 403, 404, 405].includes(status);

interface Driven {
  told: string[];
  asked: number;
  statuses: Set<number>;
  reachedRoutes: Set<string>;
}

async function driveAll(routes: string[]): Promise<Driven> {
  const driven: Driven = { told: [], asked: 0, statuses: new Set(), reachedRoutes: new Set() };
  const nobody = new Visitor(field.config.publicUrl);
  for (const route of routes) {
    const drivings: Driving[] = [{ visitor: nobody }, { visitor: person, params: keys.real }];
    if (typeof ROUTES[route] === 'object') drivings.push({ visitor: await keys.staff(), params: keys.real });
    const key = await keys.of(route);
    if (key) drivings.push({ visitor: person, params: keys.real, ...key });
    for (const driving of drivings)
      for (const accept of ['application/json', PAGE])
        for (const reply of await drive(route, { ...driving, accept, ...asBrowsersDo(accept, driving) })) {
          driven.asked += 1;
          driven.statuses.add(reply.status);
          driven.told.push(...toldBy(route, reply));
          if (reached(reply)) driven.reachedRoutes.add(route);
        }
  }
  return driven;
}

/** A browser sends forms; bodies of every kind have been sent before. */
const asBrowsersDo = (accept: string, { body }: Driving) =>
  accept === PAGE && !body ? { body: form({}) } : {};

/** What ends a visit comes last. */
const ENDS = ['POST /api/respond/away', 'POST /mine/away'];

/** Where answers are kept. */
const KEPT_IN = ['public.response', 'public.revision'];

const linesWith = (pattern: RegExp) => lines.split('\n').filter((line) => pattern.test(line));
const linesWithSecrets = () => lines.split('\n').filter((line) => holdsSecret(line));

describe('what people send stays where it belongs', () => {
  test('every route, with canaries in path, query, headers, cookies and bodies', async () => {
    const routes = [...new Set(routesOf(field.app))].filter((route) => !ENDS.includes(route));
    const { told, asked, statuses, reachedRoutes } = await driveAll([...routes, ...ENDS]);
    expect(Object.keys(ROUTES).filter((route) => !reachedRoutes.has(route))).toEqual([]);
    expect(asked).toBeGreaterThan(1000);
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 303, 400, 401, 404, 415, 422]));
    expect([...statuses].filter((status) => status >= 500)).toEqual([]);
    expect(told).toEqual([]);
    expect(lines).toContain('/api/respond/revisions'); // it does log requests
    expect(linesWith(CANARY)).toEqual([]);
    expect(linesWithSecrets()).toEqual([]);
  });

  test('every route again while the database refuses: bugs tell their place, not what they met', async () => {
    const before = lines.length;
    await field.database.asOwner(`CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION '% is not taken', NEW USING DETAIL = NEW::text; END $$`);
    await field.database.asOwner(
      'CREATE TRIGGER tells BEFORE INSERT ON revision FOR EACH ROW EXECUTE FUNCTION tell()',
    );
    const talkative = await (
      await field.visit(1)
    ).save(0, { consent_take_part: 'yes', last_word: 'canary-answer' });
    expect([talkative.status, talkative.text]).toEqual([500, expect.not.stringMatching(CANARY)]);
    await field.database.asOwner('DROP FUNCTION tell CASCADE');
    const opened: [string, Partial<Driving> | undefined][] = [];
    for (const route of new Set(routesOf(field.app))) opened.push([route, await keys.of(route)]);
    await field.database.asOwner('ALTER TABLE study RENAME TO study_away');
    await field.database.asOwner('ALTER TABLE response RENAME TO response_away');
    try {
      const nobody = new Visitor(field.config.publicUrl);
      const told: string[] = [];
      let bugs = 0;
      for (const [route, key] of opened)
        for (const reply of await drive(route, { visitor: nobody, ...key })) {
          if (reply.status === 500) bugs += 1;
          told.push(...toldBy(route, reply));
        }
      expect(bugs).toBeGreaterThan(5);
      expect(told).toEqual([]);
      expect(lines.slice(before)).toContain('unexpected failure');
      expect(linesWith(CANARY)).toEqual([]);
      expect(linesWithSecrets()).toEqual([]);
    } finally {
      await field.database.asOwner('ALTER TABLE study_away RENAME TO study');
      await field.database.asOwner('ALTER TABLE response_away RENAME TO response');
    }
  });

  test('every failure that can be provoked', async () => {
    const before = lines.length;
    const told: string[] = [];
    const provoke = async (code: string, route: string, driving: Driving) => {
      const replies = await drive(route, driving);
      for (const reply of replies) told.push(...toldBy(route, reply));
      expect([route, replies.map(({ json }) => json['code'])]).toEqual([
        route,
        expect.arrayContaining([code]),
      ]);
    };
    const study = 'nrd';
    const boss = await keys.staff();
    const fromStaff = async (code: string, route: string, params: Record<string, string>, body?: unknown) =>
      provoke(code, route, { visitor: boss, params, ...(body === undefined ? {} : { body: json(body) }) });
    const analyst = keys.withCookie(await new Desk(field, { roles: ['analyst'] }).cookie());
    await provoke('access.not_allowed', 'GET /api/fieldwork/:study', { visitor: analyst, params: { study } });
    await provoke('access.step_up_needed', 'GET /staff/password', { visitor: analyst });
    await provoke('access.foreign_request', 'POST /staff/sign-in', {
      visitor: new Visitor(field.config.publicUrl),
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    await fromStaff('wave.unknown', 'GET /api/waves/:study/:wave', { study });
    await fromStaff('wave.not_open', 'PATCH /api/waves/:study/:wave', { study, wave: 'b' }, LATER);
    await fromStaff('wave.invalid_close', 'PATCH /api/waves/:study/:wave', { study, wave: 'a' }, EARLIER);
    await fromStaff('panel.unknown_member', 'GET /api/contact/:study/members/:member/messages', { study });
    await fromStaff(
      'panel.invalid_pause',
      'PUT /api/panel/:study/members/:member/pause',
      keys.real,
      BACKWARDS,
    );
    await fromStaff('study.letter_missing', 'GET /api/contact/:study/letters/:name/:locale', {
      study,
      locale: 'ru',
    });
    const decision = 'POST /api/contact/:study/messages/:member/:wave/:step/decision';
    await fromStaff('contact.nothing_to_decide', decision, keys.real, { as: 'sent' });
    await fromStaff(
      'contact.unknown_message',
      decision,
      { ...keys.real, step: 'canaryname' },
      { as: 'sent' },
    );
    await provoke('contact.telegram_update_too_large', 'POST /telegram/webhook', {
      visitor: boss,
      headers: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
      body: json({ text: 'canary'.repeat(20_000) }),
    });
    await provoke('http.413', 'POST /respond/link', { visitor: boss, body: json('canary'.repeat(50_000)) });

    const [save, submit] = ['POST /api/respond/revisions', 'POST /api/respond/submission'];
    const visitor = await field.visit(2);
    keys.secret(secretOf(visitor));
    const said = { consent_take_part: 'no' };
    const [first, done] = [saveBody(0, said), submission(1, said)];
    await visitor.post('revisions', first);
    const others = { last_word: 'canary-answer' };
    await provoke('response.save_id_reused', save, { visitor, body: json({ ...first, answers: others }) });
    await provoke('response.stale_revision', save, { visitor, body: json(saveBody(0, others)) });
    expect((await visitor.post('submission', done)).status).toBe(201);
    await provoke('response.submission_id_reused', submit, {
      visitor,
      body: json({ ...done, answers: others }),
    });
    await provoke('response.already_submitted', save, { visitor, body: json(saveBody(2, others)) });
    const [leaver, late] = [await field.visit(3), await field.visit(4)];
    for (const one of [leaver, late]) keys.secret(secretOf(one));
    const memberId = field.members[3] ?? '';
    await field
      .services(CaseService)
      .endMembership({ memberId, as: 'withdrawn', reason: 'asked', actor: anna });
    await provoke('response.case_withdrawn', save, { visitor: leaver, body: json(saveBody(0, others)) });
    await field.services(WaveService).close('nrd-a', anna);
    await provoke('response.kept_after_close', submit, {
      visitor: late,
      body: json(submission(0, { last_word: 'x' })),
    });
    await provoke('wave.closed', 'GET /api/respond/interview', { visitor: late });

    expect(told).toEqual([]);
    expect(lines.slice(before)).toContain('/api/respond/submission');
    expect(linesWith(CANARY)).toEqual([]);
    expect(linesWithSecrets()).toEqual([]);
  });

  test('nothing of it is in the metrics, nor in any table but those that keep what people say', async () => {
    await field.deliver();
    expect(await registry.metrics()).not.toMatch(CANARY);
    const tables = await field.rows<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
        WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const held = await field.database.asAdmin(`SELECT t::text AS row FROM ${name} t`);
      const rows = (held as { row: string }[]).map(({ row }) => row);
      if (rows.some((row) => CANARY.test(row))) found.push(name);
      if (rows.some((row) => holdsSecret(row))) found.push(`${name} (a secret)`);
    }
    expect(tables.length).toBeGreaterThan(30);
    expect(found).toEqual(expect.arrayContaining(KEPT_IN)); // it would be found
    expect(found.filter((name) => !KEPT_IN.includes(name))).toEqual([]);
    expect(linesWith(/synthetic\.example|[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/)).toEqual([]); // addresses and links of real messages
  });
});
