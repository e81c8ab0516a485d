import { linkTokenOf } from '../../make/app.js';
import {
  emailOf,
  nudgeSending,
  openStudy,
  prepareSite,
  refusesConnections,
  type Site,
  startServer,
  until,
  visit,
} from '../../make/processes.js';

/** More than all lanes of a worker prepare at once. */
const PEOPLE = 80;
const CONNECTIONS = 16;
let site: Site;
let arrived = 0;
let letThrough: () => void;
const stalled = new Promise<void>((resolve) => (letThrough = resolve));
beforeAll(async () => {
  // The first message passes; the next ones stand before their DATA until the test lets them through.
  site = await prepareSite({
    env: { SMTP_CONNECTIONS: String(CONNECTIONS) },
    sink: { beforeData: () => (++arrived === 1 ? Promise.resolve() : stalled) },
  });
  await openStudy(site.env, PEOPLE);
});
afterAll(() => site.close());

const countsByState = async () =>
  Object.fromEntries(
    (
      await site.query<{ state: string; count: number }>(
        `SELECT state, count(*)::int AS count FROM contact_attempt WHERE step = 'invitation' GROUP BY state`,
      )
    ).map(({ state, count }) => [state, count]),
  );

test('SIGTERM: a worker ends the messages under way, begins no other, and exits with 0', async () => {
  const worker = await startServer(await site.role('worker'));
  await nudgeSending(site.env);
  await until('every connection has a message under way', () => arrived === 1 + CONNECTIONS);
  worker.signal('SIGTERM');
  await worker.says('draining');
  expect(await countsByState()).toEqual({ sent: 1, planned: PEOPLE - 1 });
  const begun = performance.now();
  letThrough();
  expect(await worker.ended).toBe(0);
  expect(performance.now() - begun).toBeLessThan(8000);
  const { sent = 0, planned = 0 } = await countsByState();
  expect([sent, sent + planned]).toEqual([arrived, PEOPLE]);
  expect(sent).toBeGreaterThan(CONNECTIONS);
  expect(planned).toBeGreaterThan(0);
  expect(await site.sink.messages()).toHaveLength(sent);
});

test('SIGTERM: a save under way is answered and kept; the process takes no other request and exits with 0', async () => {
  const web = await startServer(await site.role('web'));
  const [first] = await site.sink.messages();
  const browser = await visit(web.url, await linkTokenOf(site.sink, first?.to[0] ?? emailOf(1)));
  const lock = await site.connect();
  await lock.query('BEGIN');
  await lock.query(`SELECT FROM issued_case WHERE state = 'opened' FOR UPDATE`);
  const saving = browser.save(0, { consent_take_part: 'yes' });
  await until('the save waits for the row', async () => {
    const waiting = await site.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length === 1;
  });
  web.signal('SIGTERM');
  await until('nobody is let in any more', () => refusesConnections(web.url));
  const begun = performance.now();
  await lock.query('COMMIT');
  const reply = await saving;
  expect([reply.status, await reply.json()]).toEqual([201, expect.objectContaining({ revision: 1 })]);
  expect(await web.ended).toBe(0);
  expect(performance.now() - begun).toBeLessThan(8000);
  expect(await site.query('SELECT revision FROM revision')).toEqual([{ revision: 1 }]);
});
