import { gateTo, through, type Gate } from '../../make/gate.js';
import {
  emailOf,
  launch,
  openStudy,
  prepareSite,
  type Running,
  type Site,
  startServer,
  until,
  visit,
} from '../../make/processes.js';
import { linkTokenOf } from '../../make/app.js';

let site: Site;
let gates: { main: Gate; vault: Gate };
beforeAll(async () => {
  site = await prepareSite();
  const { DATABASE_URL = '', VAULT_DATABASE_URL = '' } = site.env;
  gates = { main: await gateTo(DATABASE_URL), vault: await gateTo(VAULT_DATABASE_URL) };
});
afterAll(async () => {
  await site.close();
  await Promise.all([gates.main.close(), gates.vault.close()]);
});

const without = (env: Record<string, string>, ...names: string[]) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !names.includes(name)));

async function refused(env: Record<string, string>): Promise<string> {
  const server = launch(env);
  expect(await server.ended).toBe(1);
  return server.output();
}

test('a start without its configuration ends with 1 and names every variable that is missing or wrong', async () => {
  expect(await refused({})).toMatch(
    /DATABASE_URL is missing.*SMTP_URL is missing.*MAIL_FROM is missing.*PUBLIC_URL is missing.*VAULT_DATABASE_URL is missing.*VAULT_MASTER_KEY is missing.*STAFF_SECRET is missing/s,
  );
  const one = await refused({
    ...without(site.env, 'VAULT_MASTER_KEY', 'STAFF_SECRET'),
    HOST: '0.0.0.0',
    PORT: 'eighty',
  });
  expect(one.split('\n').filter((line) => line.startsWith('  - '))).toEqual([
    expect.stringContaining('PORT must be'),
    expect.stringContaining('VAULT_MASTER_KEY is missing'),
    expect.stringContaining('STAFF_SECRET is missing'),
  ]);
});

test('a database that cannot be reached ends the start with 1; its password is not told', async () => {
  const secret = 'canary-database-password';
  const said = await refused({ ...site.env, DATABASE_URL: `postgres://onward:${secret}@127.0.0.1:1/onward` });
  expect(said).toContain('Onward cannot start');
  expect(said).not.toContain(secret);
});

async function health(server: Running): Promise<[number, Record<string, string>]> {
  const reply = await fetch(`${server.url}/health/ready`);
  const body = (await reply.json()) as { checks: Record<string, string> };
  return [reply.status, body.checks];
}

describe('web and worker as processes of their own', () => {
  let web: Running;
  let worker: Running;
  beforeAll(async () => {
    await openStudy(site.env, 3);
    const env = await site.role('web');
    [web, worker] = await Promise.all([
      // the web process is given no way to the vault at all
      startServer({
        ...without(env, 'VAULT_DATABASE_URL', 'VAULT_MASTER_KEY'),
        DATABASE_URL: through(site.env['DATABASE_URL'] ?? '', gates.main),
      }),
      startServer({
        ...(await site.role('worker')),
        VAULT_DATABASE_URL: through(site.env['VAULT_DATABASE_URL'] ?? '', gates.vault),
      }),
    ]);
  });

  test('the worker sends what the opened wave owes; the answers come in through the web; no log tells of either', async () => {
    await until('three messages', async () => (await site.sink.messages()).length === 3);
    const token = await linkTokenOf(site.sink, emailOf(1));
    const browser = await visit(web.url, token);
    expect((await browser.save(0, { consent_take_part: 'yes', country: 'canary-answer' })).status).toBe(422);
    expect((await browser.save(0, { consent_take_part: 'yes', last_word: 'canary-answer' })).status).toBe(
      201,
    );
    const lines = web.output() + worker.output();
    expect(lines).toContain('/api/respond/revisions'); // it does log requests
    for (const secret of [token, token.slice(0, 20), emailOf(1), 'synthetic.example', 'canary-answer', 'SRB'])
      expect(lines).not.toContain(secret);
  });

  test('only the worker knows the vault, and only the web serves pages', async () => {
    expect(await health(web)).toEqual([200, { database: 'ok', queue: 'ok' }]);
    expect(await health(worker)).toEqual([200, { database: 'ok', queue: 'ok', vault: 'ok' }]);
    expect((await fetch(`${web.url}/go/nrd/a/ru`)).status).toBe(200);
    expect((await fetch(`${worker.url}/go/nrd/a/ru`)).status).toBe(404);
    expect((await fetch(`${worker.url}/api/docs-json`)).status).toBe(404);
  });

  test('operators find health, metrics and the description of the API', async () => {
    expect(await (await fetch(`${web.url}/health/live`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${web.url}/metrics`)).text()).toMatch(
      /onward_http_request_seconds_count\{method="POST",route="\/api\/respond\/revisions",status="201"\} 1/,
    );
    expect(await (await fetch(`${worker.url}/metrics`)).text()).toContain('process_resident_memory_bytes');
    expect((await fetch(`${web.url}/api/docs`)).status).toBe(404); // JSON only: no page with scripts of others
    const description = (await (await fetch(`${web.url}/api/docs-json`)).json()) as { paths: object };
    expect(Object.keys(description.paths)).toEqual(
      expect.arrayContaining(['/api/respond/revisions', '/api/respond/submission', '/health/ready']),
    );
  });

  test('a process whose database is away lives, says that it is not ready, and recovers by itself', async () => {
    gates.main.shut();
    gates.vault.shut();
    expect(await health(web)).toEqual([503, { database: 'no answer', queue: 'no answer' }]);
    expect(await health(worker)).toEqual([503, { database: 'ok', queue: 'ok', vault: 'no answer' }]);
    expect((await fetch(`${web.url}/health/live`)).status).toBe(200);
    const failed = await fetch(`${web.url}/go/nrd/a/ru`);
    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '5']);
    gates.main.open();
    gates.vault.open();
    await until('both are ready again', async () =>
      [await health(web), await health(worker)].every(([status]) => status === 200),
    );
  });
});
