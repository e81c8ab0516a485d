import { randomUUID } from 'node:crypto';
import { linkTokenOf } from '../../make/app.js';
import {
  emailOf,
  openStudy,
  prepareSite,
  type Running,
  type Site,
  startServer,
  until,
  visit,
} from '../../make/processes.js';

const PEOPLE = 24;
let site: Site;
let onMessage: (to: string) => void = () => undefined;
beforeAll(async () => {
  site = await prepareSite({ sink: { onMessage: ({ to }) => onMessage(to[0] ?? '') } });
  await openStudy(site.env, PEOPLE);
});
afterAll(() => site.close());

interface Attempt {
  state: string;
}
const attempts = () => site.query<Attempt>(`SELECT state FROM contact_attempt WHERE step = 'invitation'`);
const numberIn = (rows: Attempt[], ...states: string[]) => rows.filter(({ state }) => states.includes(state)).length;

/** Answers that change with every save. */
const answersAt = (base: number) => ({ consent_take_part: 'yes', ...(base % 2 ? { country: 'SRB' } : {}) });

test('kill -9 of web and worker in the middle of their work: nothing acknowledged is lost, nothing is sent twice', async () => {
  const start = async (): Promise<[Running, Running]> =>
    Promise.all([startServer(await site.role('web')), startServer(await site.role('worker'))]);
  const killed = await start();

  // Every twelfth message is kept by the mail server, but its sender dies before it hears so.
  let stored = 0;
  const struck = new Promise<void>((strike) => {
    onMessage = () => {
      stored += 1;
      if (stored !== PEOPLE / 2) return;
      for (const one of killed) one.signal('SIGKILL');
      strike();
    };
  });
  await until('the first message', () => stored > 0);
  const token = await linkTokenOf(site.sink, (await site.sink.messages())[0]?.to[0] ?? emailOf(1));
  const browser = await visit(killed[0].url, token);
  const acknowledged: string[] = [];
  let last = '';
  try {
    for (;;) {
      last = randomUUID();
      const reply = await browser.save(acknowledged.length, answersAt(acknowledged.length), last);
      expect(reply.status).toBe(201);
      acknowledged.push(last);
    }
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause; // fetch's word for a connection that broke
  }
  await struck;
  expect(await Promise.all(killed.map(({ ended }) => ended))).toEqual(['SIGKILL', 'SIGKILL']);
  expect(acknowledged.length).toBeGreaterThan(0);

  await start();
  await until(
    'all that was owed and not under way has been sent',
    async () => numberIn(await attempts(), 'planned') === 0,
    60,
  );

  const messages = await site.sink.messages();
  const reached = messages.map(({ to }) => to[0] ?? '');
  expect(new Set(reached).size).toBe(reached.length);
  const rows = await attempts();
  const doubtful = numberIn(rows, 'sending', 'unknown');
  expect(doubtful).toBeGreaterThanOrEqual(1); // the one whose receipt was never heard
  expect(doubtful).toBeLessThanOrEqual(5);
  expect(numberIn(rows, 'sent') + doubtful).toBe(PEOPLE);
  expect(messages.length).toBeGreaterThanOrEqual(numberIn(rows, 'sent') + 1);

  const kept = await site.query<{ save_id: string }>('SELECT save_id FROM revision ORDER BY revision');
  const ids = kept.map(({ save_id }) => save_id);
  expect(ids.slice(0, acknowledged.length)).toEqual(acknowledged);
  expect(ids.slice(acknowledged.length)).toEqual(ids.includes(last) ? [last] : []);

  // The browser repeats its last save: the same session still stands, and the save exists once.
  const again = await browser.save(acknowledged.length, answersAt(acknowledged.length), last);
  expect(again.status).toBe(201);
  expect(await site.query('SELECT FROM revision WHERE save_id = $1', [last])).toHaveLength(1);
});
