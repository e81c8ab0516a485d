import { randomUUID } from 'node:crypto';
import { linkTokenOf } from '../../make/app.js';
import {
  emailOf,
  nudgeSending,
  openStudy,
  prepareSite,
  type Running,
  type Site,
  startServer,
  until,
  visit,
} from '../../make/processes.js';

const PEOPLE = 24;
/** What the killed worker had claimed lapses after a minute, and a sweep later it leaves. */
const CLAIMS_LAPSED_SECONDS = 100;
let site: Site;
let begun = 0;
let stored = 0;
let onMessage = () => {};
let goOn = () => {};
const savedSome = new Promise<void>((resolve) => (goOn = resolve));
beforeAll(async () => {
  site = await prepareSite({
    env: { SMTP_CONNECTIONS: '4' }, // so that some are claimed and some are not
    sink: {
      beforeData: () => (++begun <= PEOPLE / 2 ? Promise.resolve() : savedSome),
      onMessage: () => {
        stored += 1;
        onMessage();
      },
    },
  });
  await openStudy(site.env, PEOPLE);
});
afterAll(() => site.close());

interface Attempt {
  state: string;
}
const attempts = () => site.query<Attempt>(`SELECT state FROM contact_attempt WHERE step = 'invitation'`);
const numberIn = (rows: Attempt[], ...states: string[]) =>
  rows.filter(({ state }) => states.includes(state)).length;

/** Answers that change with every save. */
const answersAt = (base: number) => ({ consent_take_part: 'yes', ...(base % 2 ? { country: 'SRB' } : {}) });

test('kill -9 of web and worker in the middle of their work: nothing acknowledged is lost, nothing is sent twice', async () => {
  const start = async (): Promise<[Running, Running]> =>
    Promise.all([startServer(await site.role('web')), startServer(await site.role('worker'))]);
  const killed = await start();

  await nudgeSending(site.env);
  await until('half of the messages', () => stored === PEOPLE / 2);
  const struck = new Promise<void>((strike) => {
    onMessage = () => {
      // The mail server has kept this message, but its sender dies before it hears so.
      for (const one of killed) one.signal('SIGKILL');
      onMessage = () => {};
      strike();
    };
  });
  const token = await linkTokenOf(site.sink, (await site.sink.messages())[0]?.to[0] ?? emailOf(1));
  const browser = await visit(killed[0].url, token);
  const acknowledged: string[] = [];
  let last = '';
  try {
    for (;;) {
      last = randomUUID();
      const reply = await browser.save(acknowledged.length, answersAt(acknowledged.length), last);
      expect(reply.status).toBe(201);
      if (acknowledged.push(last) === 5) goOn();
    }
  } catch (cause) {
    if ((cause as Error).name !== 'TypeError') throw cause; // fetch's word for a connection that broke
  }
  await struck;
  expect(await Promise.all(killed.map(({ ended }) => ended))).toEqual(['SIGKILL', 'SIGKILL']);

  await until('the database knows that they are gone', async () => {
    const left = await site.query(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'onward%'`,
    );
    return left.length === 0;
  });
  const doubtful = numberIn(await attempts(), 'sending');
  expect(doubtful).toBeGreaterThanOrEqual(1); // at least the one whose receipt was never heard
  expect(numberIn(await attempts(), 'planned')).toBeGreaterThan(0);

  await start();
  await until(
    'all that was owed and not under way has been sent',
    async () => numberIn(await attempts(), 'sent') === PEOPLE - doubtful,
    CLAIMS_LAPSED_SECONDS,
  );

  const messages = await site.sink.messages();
  const reached = messages.map(({ to }) => to[0] ?? '');
  expect(new Set(reached).size).toBe(reached.length);
  expect(messages.length).toBeGreaterThan(PEOPLE - doubtful);
  expect(numberIn(await attempts(), 'sending')).toBe(doubtful); // for a person to decide about, never sent by itself

  const kept = await site.query<{ save_id: string }>('SELECT save_id FROM revision ORDER BY revision');
  const ids = kept.map(({ save_id }) => save_id);
  expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
  expect(ids.slice(acknowledged.length)).toEqual(ids.includes(last) ? [last] : []);

  // The browser repeats its last save: the same session still stands, and the save exists once.
  const again = await browser.save(acknowledged.length, answersAt(acknowledged.length), last);
  expect(again.status).toBe(201);
  expect(await site.query('SELECT FROM revision WHERE save_id = $1', [last])).toHaveLength(1);
}, 200_000);
