import { DataSource } from 'typeorm';
import { ContactService } from '../../../src/contact/contact.service.js';
import { type PlannedContact } from '../../../src/contact/planned-contact.js';
import { SenderService } from '../../../src/contact/sender.service.js';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { addDays } from '../../../src/kit/clock.js';
import { type Config } from '../../../src/kit/config.js';
import { claimSlot, slotOf } from '../../../src/kit/cron.queries.js';
import { QueueService } from '../../../src/kit/queue.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { BEGINS } from '../../make/app.js';
import { type Field, inTheField, type Instance, oneMoreInstance } from '../../make/field.js';
import { gateTo, through } from '../../make/gate.js';
import { holdCase } from '../../make/held-row.js';
import { rudeMailServer } from '../../make/rude-mail-server.js';

const WAVE = 'nrd-a';
const MANY = 40;
const LATER = addDays(BEGINS, 20);

/** What the mail server does with the next messages. */
const server = {
  says550: new Set<string>(),
  says451: 0,
  before: undefined as (() => Promise<void>) | undefined,
};

let field: Field;
let nobody = MANY; // the next person of whom no test has made use
beforeAll(async () => {
  field = await inTheField(MANY + 40, {
    invited: false,
    sink: {
      refuseRecipients: (address) => (server.says550.has(address) ? 'no such box' : undefined),
      beforeData: async () => {
        await server.before?.();
        if (server.says451-- > 0) throw new Error('come again');
      },
    },
  });
  await field.rows('UPDATE contact_attempt SET falls_due_at = $1, due_at = $1', [LATER]);
});
const instances: Instance[] = [];
/** One more process, which ends with the test. It works nothing off by itself: messages leave when a test says so. */
async function oneMore(differs: Partial<Config> = {}): Promise<Instance> {
  const instance = await oneMoreInstance(field, { role: 'web', ...differs });
  instances.push(instance);
  return instance;
}
afterEach(async () => {
  server.says451 = 0;
  server.before = undefined;
  for (const instance of instances.splice(0)) await instance.close();
});
afterAll(() => field.close());

interface Attempt {
  state: string;
  reason: string | null;
  tries: number;
  due_at: Date;
  claim: string | null;
}
const attempt = async (person: number, step = 'invitation') =>
  (
    await field.rows<Attempt>(
      'SELECT state, reason, tries, due_at, claim FROM contact_attempt WHERE member_id = $1 AND step = $2',
      [field.members[person], step],
    )
  )[0];
const caseOf = async (person: number) => {
  const [found] = await field.rows<{ state: string; events: string[] }>(
    `SELECT c.state, array_agg(e.event ORDER BY e.seq) AS events FROM issued_case c JOIN case_event e USING (member_id, wave_id)
     WHERE c.member_id = $1 GROUP BY 1`,
    [field.members[person]],
  );
  return found!;
};
/** Makes the invitations of some people due now. */
const due = (...people: number[]) =>
  field.rows(
    `UPDATE contact_attempt SET falls_due_at = $1, due_at = $1 WHERE step = 'invitation' AND member_id = ANY($2::uuid[])`,
    [field.clock.now(), people.map((person) => field.members[person])],
  );
const send = (from: Field | Instance = field) =>
  from.services(SenderService).sendDue('email', new AbortController().signal);
const lettersOf = async (person: number) => (await field.lettersTo(person)).length;
const wait = (minutes: number) =>
  field.clock.moveTo(new Date(field.clock.now().getTime() + minutes * 60_000));
const someone = () => nobody++;
/** Looks again and again until a condition holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 20_000; !(await holds());)
    if (Date.now() > end) throw new Error('not in time');
}

it('two instances with several workers each send every message once', async () => {
  const people = Array.from({ length: MANY }, (_, person) => person);
  await due(...people);
  const other = await oneMore();
  await Promise.all([field, field, field, other, other, other].map(send));
  expect(await Promise.all(people.map(lettersOf))).toEqual(people.map(() => 1));
  const [made] = await field.rows(
    `SELECT (SELECT count(*)::int FROM contact_attempt WHERE state = 'sent') AS sent,
            (SELECT count(*)::int FROM personal_link) AS links,
            (SELECT count(*)::int FROM issued_case WHERE state = 'invited') AS invited`,
  );
  expect(made).toEqual({ sent: MANY, links: MANY, invited: MANY });
});

describe('a submission in flight', () => {
  it('delays the decision, and once it has committed nothing is sent', async () => {
    const person = someone();
    await due(person);
    const row = await holdCase(field.database.url, field.members[person]!);
    await send();
    expect([await attempt(person), await lettersOf(person)]).toMatchObject([
      { state: 'planned', tries: 0 },
      0,
    ]);
    await row.client.query(`UPDATE issued_case SET state = 'complete' WHERE member_id = $1`, [
      field.members[person],
    ]);
    await row.release();
    await send();
    expect([await attempt(person), await lettersOf(person)]).toMatchObject([
      { state: 'suppressed', reason: 'completed' },
      0,
    ]);
  });

  it('counts up to the last moment: a message that has come as far as its recipient does not leave', async () => {
    const [first, second] = [someone(), someone()];
    await due(first, second);
    server.before = async () => {
      await field.rows(
        `UPDATE issued_case SET state = 'complete' WHERE member_id = ANY($1::uuid[]) AND state = 'issued'`,
        [[first, second].map((person) => field.members[person])],
      );
    };
    await send();
    server.before = undefined;
    expect((await lettersOf(first)) + (await lettersOf(second))).toBe(0);
    for (const person of [first, second])
      expect(await attempt(person)).toMatchObject({ state: 'suppressed', reason: 'completed', tries: 0 });
  });
});

describe('what the mail server says', () => {
  it('no, for good: the attempt has failed and is not tried again', async () => {
    const person = someone();
    server.says550.add(field.emailOf(person));
    await due(person);
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'failed', reason: 'smtp_550', tries: 1 });
    expect(await caseOf(person)).toEqual({ state: 'undeliverable', events: ['issue', 'bounce'] });
    server.says550.clear();
    wait(60 * 3);
    await send();
    expect(await lettersOf(person)).toBe(0);
  });

  it('no to a reminder: whoever is in the questionnaire already, or has finished, is not undeliverable', async () => {
    const people = [someone(), someone()];
    for (const [index, state] of ['started', 'complete'].entries())
      await field.rows('UPDATE issued_case SET state = $2 WHERE member_id = $1', [
        field.members[people[index]!],
        state,
      ]);
    server.says550.add(field.emailOf(people[0]!)).add(field.emailOf(people[1]!));
    await field.rows(
      `UPDATE contact_attempt SET falls_due_at = $1, due_at = $1 WHERE step = 'reminder1' AND member_id = ANY($2::uuid[])`,
      [field.clock.now(), people.map((person) => field.members[person])],
    );
    await send();
    server.says550.clear();
    expect(await attempt(people[0]!, 'reminder1')).toMatchObject({ state: 'failed' });
    expect(await attempt(people[1]!, 'reminder1')).toMatchObject({ state: 'suppressed' });
    expect((await Promise.all(people.map(caseOf))).map(({ state }) => state)).toEqual([
      'started',
      'complete',
    ]);
  });

  it('not now: it is tried again, each time later, and then sent once', async () => {
    const person = someone();
    await due(person);
    const from = field.clock.now();
    server.says451 = 2;
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'planned', reason: 'smtp_451', tries: 1 });
    expect((await attempt(person))?.due_at).toEqual(new Date(from.getTime() + 2 * 60_000));
    await send(); // not due
    expect((await attempt(person))?.tries).toBe(1);
    wait(2);
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'planned', tries: 2 });
    expect((await attempt(person))?.due_at).toEqual(new Date(from.getTime() + 6 * 60_000));
    wait(4);
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'sent', reason: null, tries: 3 });
    wait(60);
    await send();
    expect(await lettersOf(person)).toBe(1);
  });

  it('nothing, since it is not there: the attempt waits', async () => {
    const person = someone();
    await due(person);
    await send(await oneMore({ smtpUrl: 'smtp://127.0.0.1:1' }));
    expect(await attempt(person)).toMatchObject({ state: 'planned', reason: 'smtp_ESOCKET', tries: 0 });
    await send(); // the server is left alone for a while
    expect(await lettersOf(person)).toBe(0);
    wait(2);
    await send();
    expect(await lettersOf(person)).toBe(1);
  });

  it('nothing after it took the message: unknown, and never sent again', async () => {
    const person = someone();
    const rude = await rudeMailServer();
    const elsewhere = await oneMore({ smtpUrl: rude.url });
    try {
      await due(person);
      const sending = send(elsewhere);
      await rude.received(1);
      expect(await attempt(person)).toMatchObject({ state: 'sending' });
      rude.hangUp();
      await sending;
      expect(await attempt(person)).toMatchObject({ state: 'unknown', reason: 'smtp_ECONNECTION' });
    } finally {
      await rude.close();
    }
    wait(120);
    await field.services(Sweep).run();
    await send();
    expect([(await attempt(person))?.state, await lettersOf(person)]).toEqual(['unknown', 0]);
  });
});

it('a process that ends between claim and outcome leaves an unknown attempt, which is never sent again', async () => {
  const person = someone();
  const rude = await rudeMailServer();
  try {
    await due(person);
    const sending = send(await oneMore({ smtpUrl: rude.url }));
    await rude.received(1); // and nothing more is heard of it
    const sweep = field.services(Sweep);
    wait(9);
    await sweep.run();
    expect(await attempt(person)).toMatchObject({ state: 'sending' });
    wait(2);
    await sweep.run();
    expect(await attempt(person)).toMatchObject({ state: 'unknown', reason: 'interrupted' });
    wait(120);
    await send();
    expect(await lettersOf(person)).toBe(0);
    rude.hangUp();
    await sending;
  } finally {
    await rude.close();
  }
});

describe('what keeps a message from being made', () => {
  it('the vault is away: nothing is lost, nothing counts as a try, and no others are begun', async () => {
    const people = [someone(), someone(), someone()];
    const gate = await gateTo(field.config.vaultDatabaseUrl!);
    const elsewhere = await oneMore({ vaultDatabaseUrl: through(field.config.vaultDatabaseUrl!, gate) });
    try {
      gate.shut();
      await due(...people);
      await send(elsewhere);
      const left = await Promise.all(people.map((person) => attempt(person)));
      expect(left.map((one) => one?.state)).toEqual(['planned', 'planned', 'planned']);
      expect(left.map((one) => one?.tries)).toEqual([0, 0, 0]);
      expect(left.filter((one) => one?.reason !== null)).toHaveLength(3);
      gate.open();
      wait(10);
      await send(elsewhere);
    } finally {
      await gate.close();
    }
    expect(await Promise.all(people.map(lettersOf))).toEqual([1, 1, 1]);
  });

  it('a letter is missing: the others go out, and it follows once the letter is there', async () => {
    const [english, russian] = [someone(), someone()];
    await field.rows(`UPDATE member SET locale = 'en' WHERE id = $1`, [field.members[english]]);
    await field.rows(`UPDATE letter SET name = 'hidden' WHERE name = 'invitation' AND locale = 'en'`);
    await due(english, russian);
    await send();
    await field.rows(`UPDATE letter SET name = 'invitation' WHERE name = 'hidden'`);
    expect(await attempt(english)).toMatchObject({ state: 'planned', reason: 'study.letter_missing' });
    expect(await lettersOf(russian)).toBe(1);
    wait(10);
    await send();
    expect(await lettersOf(english)).toBe(1);
  });

  it('another master key opens nothing, or one is missing: no campaign fails for a wrong variable', async () => {
    const person = someone();
    for (const [version, reason] of [
      [1, 'vault.key_wrong'],
      [2, 'vault.key_missing'],
    ] as const) {
      await due(person);
      await send(await oneMore({ masterKeys: [{ version, key: Buffer.alloc(32, 8) }] }));
      expect(await attempt(person)).toMatchObject({ state: 'planned', reason });
      wait(5);
    }
    await send();
    expect(await lettersOf(person)).toBe(1);
  });

  it('for good: after two days of tries it has failed', async () => {
    const person = someone();
    await field.rows(`UPDATE contact_attempt SET tries = 18 WHERE member_id = $1 AND step = 'invitation'`, [
      field.members[person],
    ]);
    await due(person);
    await field.services(VaultService).remove(field.study.id, field.members[person]!, 'email');
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'planned', tries: 19 });
    expect((await attempt(person))?.due_at).toEqual(new Date(field.clock.now().getTime() + 240 * 60_000));
    await due(person);
    await send();
    expect(await attempt(person)).toMatchObject({ state: 'failed', reason: 'vault.no_address', tries: 20 });
  });
});

it('a pause holds back what has not left, also in the middle of a run', async () => {
  const people = [someone(), someone(), someone()];
  await due(...people);
  server.before = () =>
    field.rows('UPDATE study SET sending_paused_at = $1', [field.clock.now()]).then(() => undefined);
  await send();
  const letters = async () => (await Promise.all(people.map(lettersOf))).reduce((a, b) => a + b);
  expect(await letters()).toBe(0);
  wait(60);
  await send();
  expect(await letters()).toBe(0);
  server.before = undefined;
  await field.rows('UPDATE study SET sending_paused_at = NULL');
  wait(60);
  await send();
  expect(await letters()).toBe(3);
});

it('dropping the queue in mid-campaign loses nothing', async () => {
  const people = Array.from({ length: 6 }, someone);
  await due(...people);
  const queue = field.services(QueueService);
  const sender = field.services(SenderService);
  const working: Promise<void>[] = []; // also what the queue no longer knows of
  const sendDue = sender.sendDue.bind(sender);
  const watch = jest.spyOn(sender, 'sendDue').mockImplementation((...of) => {
    const work = sendDue(...of);
    working.push(work);
    return work;
  });
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  server.before = () => held;
  await field.services(Sweep).run();
  await until(async () => (await Promise.all(people.map((p) => attempt(p)))).some((a) => a?.claim !== null));
  await queue.drop();
  expect(await queue.pending()).toBe(0);
  goOn();
  await field.deliver();
  await until(async () =>
    (await Promise.all(people.map((p) => attempt(p)))).every((a) => a?.state === 'sent'),
  );
  await Promise.all(working);
  watch.mockRestore();
  expect(await Promise.all(people.map(lettersOf))).toEqual(people.map(() => 1));
});

it('the dry run says exactly what is then done, and changes nothing', async () => {
  const [plain, finished, withdrawn, stopped, far, channel] = Array.from({ length: 6 }, someone) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const id = (person: number) => field.members[person];
  await field.rows(`UPDATE issued_case SET state = 'partial' WHERE member_id = $1`, [id(finished)]);
  await field.rows(`UPDATE member SET status = 'withdrawn' WHERE id = $1`, [id(withdrawn)]);
  await field.rows(`INSERT INTO message_stop VALUES ($1, 'email', '2026-03-02', 'all')`, [id(stopped)]);
  await field.rows(`UPDATE member SET time_zone = 'Pacific/Auckland' WHERE id = $1`, [id(far)]);
  await field.rows(`UPDATE member SET channels = '{}' WHERE id = $1`, [id(channel)]);
  const people = [plain, finished, withdrawn, stopped, far, channel];
  await due(...people);
  const contacts = field.services(ContactService);
  const foretold = async () => {
    const all: PlannedContact[] = [];
    for await (const one of contacts.dryRun(WAVE, field.clock.now()))
      if (one.step === 'invitation') all.push(one);
    return people.map((person) => all.find(({ memberId }) => memberId === id(person))?.decision);
  };
  const before = await field.rows('SELECT * FROM contact_attempt ORDER BY member_id, step');
  const decisions = await foretold();
  expect(await field.rows('SELECT * FROM contact_attempt ORDER BY member_id, step')).toEqual(before);
  expect(decisions.map((decision) => decision?.kind)).toEqual([
    'send',
    'suppress',
    'suppress',
    'suppress',
    'wait',
    'suppress',
  ]);
  await send();
  for (const [index, person] of people.entries()) {
    const decision = decisions[index];
    const done = await attempt(person);
    if (decision?.kind === 'send') expect(done?.state).toBe('sent');
    else if (decision?.kind === 'suppress')
      expect(done).toMatchObject({ state: 'suppressed', reason: decision.reason });
    else
      expect(done).toMatchObject({ state: 'planned', due_at: decision?.kind === 'wait' && decision.until });
    expect(await lettersOf(person)).toBe(decision?.kind === 'send' ? 1 : 0);
  }
});

it('a person whose zone is not known may be in any of their country: all of them must be awake', async () => {
  const person = someone();
  await field.rows(`UPDATE member SET time_zone = NULL, host_country = 'KAZ' WHERE id = $1`, [
    field.members[person],
  ]);
  await field.rows(
    `UPDATE study SET definition = jsonb_set(definition, '{hostCountries,2,zones}', '["Asia/Almaty", "Pacific/Honolulu"]')`,
  );
  for await (const { memberId, step, zones, decision } of field
    .services(ContactService)
    .dryRun(WAVE, field.clock.now()))
    if (memberId === field.members[person] && step === 'invitation')
      expect([zones, decision]).toEqual([
        ['Asia/Almaty', 'Pacific/Honolulu'],
        // Due at 13:00 in Almaty, which is 22:00 in Honolulu; at 09:00 in Almaty it is 18:00 in Honolulu.
        expect.objectContaining({
          kind: 'wait',
          reason: 'quiet_hours',
          until: new Date('2026-03-23T04:00:00Z'),
        }),
      ]);
  expect.assertions(1);
});

it('the dry run lists every planned message once, however many fall due at once', async () => {
  await field.rows(
    `INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at)
     SELECT member_id, wave_id, 'extra' || nr, 'planned', 'email', $1, $1 FROM issued_case, generate_series(1, 30) AS nr`,
    [LATER],
  );
  const contacts = field.services(ContactService);
  const seen: string[] = [];
  for await (const { memberId, step } of contacts.dryRun(WAVE, field.clock.now()))
    seen.push(`${memberId} ${step}`);
  const [{ planned } = { planned: 0 }] = await field.rows<{ planned: number }>(
    `SELECT count(*)::int AS planned FROM contact_attempt WHERE state = 'planned'`,
  );
  await field.rows(`DELETE FROM contact_attempt WHERE step LIKE 'extra%'`);
  expect([seen.length, new Set(seen).size]).toEqual([planned, planned]);
  expect(planned).toBeGreaterThan(2000);
});

describe('of all instances one sweeps in each slot', () => {
  it('whoever asks first', async () => {
    const other = await oneMore();
    try {
      const slot = slotOf(field.clock.now(), 10);
      const databases = [field, other].map(({ services }) => services(DataSource));
      const claims = await Promise.all(
        Array.from({ length: 30 }, (_, index) => claimSlot(databases[index % 2]!, 'test', slot)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);

      const sweeps = [field, other].map(({ services }) => services(Sweep));
      const runs = sweeps.map((sweep) => jest.spyOn(sweep, 'run'));
      const swept = () => runs.reduce((sum, run) => sum + run.mock.calls.length, 0);
      await Promise.all([...sweeps, ...sweeps, ...sweeps].map((sweep) => sweep.sweep()));
      expect(swept()).toBe(1);
      wait(1);
      await Promise.all(sweeps.map((sweep) => sweep.sweep()));
      expect(swept()).toBe(2);
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('and slots of the day before yesterday are cleared', async () => {
    const db = field.services(DataSource);
    await claimSlot(db, 'old', new Date('2026-01-01T00:00:00Z'));
    await claimSlot(db, 'old', new Date('2026-01-03T00:00:00Z'));
    expect(await field.rows(`SELECT slot FROM cron_run WHERE name = 'old'`)).toEqual([
      { slot: new Date('2026-01-03T00:00:00Z') },
    ]);
  });
});

it('an invitation is not sent to someone who is in the questionnaire already', async () => {
  const person = someone();
  await field.rows(`UPDATE issued_case SET state = 'opened' WHERE member_id = $1`, [field.members[person]]);
  await due(person);
  await send();
  expect(await attempt(person)).toMatchObject({ state: 'suppressed', reason: 'already_invited' });
});

it('after the close nothing is sent', async () => {
  const person = someone();
  await due(person);
  field.clock.moveTo(addDays(BEGINS, 31));
  await send();
  expect([await attempt(person), await lettersOf(person)]).toMatchObject([
    { state: 'suppressed', reason: 'wave_closed' },
    0,
  ]);
});
