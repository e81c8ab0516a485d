import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MovableClock } from '../../../src/kit/clock.js';
import { log } from '../../../src/kit/log.node.js';
import { routePolicy } from '../../../src/web/server/route-limits.js';
import { bareHttp, type BareOptions } from '../../make/bare-http.js';

const LIMIT = { name: 'test', address: { burst: 3, perMinute: 6 } };
const clock = new MovableClock(new Date('2026-03-02T08:00:00Z'));
const open: NestFastifyApplication[] = [];

async function service(options: BareOptions = {}) {
  log.level = 'silent';
  const { app, url } = await bareHttp({
    clock,
    policy: { limitOf: () => LIMIT },
    ...options,
    env: { PUBLIC_URL: 'https://survey.example', ...options.env },
  });
  open.push(app);
  return (forwarded?: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/echo`, { headers: { ...(forwarded ? { 'x-forwarded-for': forwarded } : {}), ...headers } });
}
afterEach(async () => void (await Promise.all(open.splice(0).map((app) => app.close()))));

test('who asks too often is told when to come back, and is let in then', async () => {
  const ask = await service();
  for (let one = 0; one < 3; one++) expect((await ask()).status).toBe(200);
  const refused = await ask();
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '10']);
  expect(await refused.json()).toMatchObject({ code: 'kit.too_many_requests', retryAfterSeconds: 10 });
  const page = await ask(undefined, { accept: 'text/html' });
  expect([page.status, page.headers.get('content-type')]).toEqual([429, 'text/html; charset=utf-8']);
  clock.moveTo(new Date(clock.now().getTime() + 10_000));
  expect((await ask()).status).toBe(200);
  expect((await ask()).status).toBe(429);
});

test('nobody’s word about addresses is believed unless a proxy is declared', async () => {
  const ask = await service();
  for (let one = 0; one < 3; one++) await ask(`203.0.113.${one}`);
  expect((await ask('203.0.113.9')).status).toBe(429);
});

test('behind one declared proxy the address that it saw counts, not what the client said before', async () => {
  const ask = await service({ env: { TRUSTED_PROXIES: '1' } });
  for (let one = 0; one < 3; one++) await ask(`198.51.100.${one}, 203.0.113.1`);
  expect((await ask('198.51.100.9, 203.0.113.1')).status).toBe(429);
  expect((await ask('198.51.100.9, 203.0.113.2')).status).toBe(200);
});

test('on this machine alone nothing is counted: its addresses tell nobody apart', async () => {
  const ask = await service({ env: { PUBLIC_URL: 'http://127.0.0.1:1' } });
  for (let one = 0; one < 10; one++) expect((await ask()).status).toBe(200);
});

describe('what each route may cost', () => {
  const policy = routePolicy('__Host-onward');
  const nameOf = (method: string, route: string | undefined) => policy.limitOf(method, route)?.name;

  it.each([
    ['POST', '/respond/session', 'link'],
    ['POST', '/respond/later', 'link'],
    ['POST', '/stop/:locale/:token', 'link'],
    ['POST', '/respond/link', 'ask for a link'],
    ['GET', '/respond/link', 'page'],
    ['POST', '/api/respond/revisions', 'interview'],
    ['POST', '/api/inbound/mail', 'inbound'],
    ['POST', '/telegram/webhook', 'inbound'],
    ['POST', '/staff/sign-in', 'sign-in'],
    ['PUT', '/api/panel/:study/members/:member/pause', 'staff'],
    ['GET', '/fieldwork', 'staff'],
    ['GET', '/api/releases/:study/:kind/:version/files/:file', 'releases'],
    ['GET', '/go/:study/:wave/:locale', 'page'],
    ['GET', undefined, 'page'],
    ['GET', '/assets/*', undefined],
    ['GET', '/health/live', undefined],
  ])('%s %s: %s', (method, route, name) => expect(nameOf(method, route)).toBe(name));

  it('a crowd behind one address may save; one phone may not flood', () => {
    const limit = policy.limitOf('POST', '/api/respond/revisions');
    // Three thousand phones, each a save every twenty seconds.
    expect(limit?.address.perMinute).toBeGreaterThanOrEqual(3000 * 3);
    expect(limit?.session?.perMinute).toBeLessThanOrEqual(180);
    expect(policy.sessionIn('a=b; __Host-onward=secret')).toBe('secret');
  });
});
