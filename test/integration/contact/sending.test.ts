import { DataSource } from 'typeorm';
import { contactCommands } from '../../../src/contact/contact.cli.js';
import { databaseIdentity } from '../../../src/contact/fence.queries.js';
import { FenceService } from '../../../src/contact/fence.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { enrolmentCommands } from '../../../src/vault/enrolment.cli.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { mainDataSource } from '../../../src/kit/db.node.js';
import { addPeople } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { Desk } from '../../make/desk.js';
import { type Field, inTheField, oneMoreInstance } from '../../make/field.js';
import { testDatabase } from '../../make/postgres.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const DUE = new Date('2026-03-07T09:00:00Z');

let field: Field;
let desk: Desk;
beforeEach(async () => {
  field = await inTheField(3);
  desk = new Desk(field);
});
afterEach(() => field.close());

const run = (...words: string[]) =>
  runCommand(field.services, [enrolmentCommands, waveCommands, contactCommands], ...words);
const received = async () => (await field.sink.messages()).length;
const fence = () => field.services(FenceService);
const fencedBy = async () => (await fence().now())?.reason ?? null;
const states = async () =>
  Object.fromEntries(
    (
      await field.rows<{ state: string; n: number }>(
        'SELECT state, count(*)::int AS n FROM contact_attempt GROUP BY 1',
      )
    ).map(({ state, n }) => [state, n]),
  );
const restored = () =>
  field.rows(`UPDATE sending_fence SET database_identity = '7/1/16384', fenced_at = NULL, reason = NULL`);

it('pausing holds back the messages of a study until it is resumed; status tells how it stands', async () => {
  expect((await run('sending', 'pause')).lines[0]).toBe(
    'new-russian-diasporas: paused since 2026-03-02T08:00Z',
  );
  field.clock.moveTo(DUE);
  await field.deliver();
  expect(await received()).toBe(3);
  expect((await desk.ask('GET', '/api/sending/nrd')).json).toMatchObject({
    pausedAt: '2026-03-02T08:00:00.000Z',
    fencedAt: null,
    byState: { sent: 3, planned: 6 },
    due: 0,
  });
  expect((await desk.ask('POST', '/api/sending/nrd/pause')).json).toMatchObject({
    pausedAt: '2026-03-02T08:00:00.000Z',
  });
  // What waited is looked at without waiting out its hour.
  expect((await desk.ask('POST', '/api/sending/nrd/resume')).json).toMatchObject({
    pausedAt: null,
    due: 3,
    oldestDueAt: DUE.toISOString(),
  });
  await field.deliver();
  expect(await received()).toBe(6);
  expect((await run('sending', 'status', '--json')).json).toMatchObject([
    { pausedAt: null, byState: { sent: 6, planned: 3 } },
  ]);
  expect((await run('sending', 'resume', '--overdue', 'send')).code).toBe(2);
  await expect(run('sending', 'pause', '--study', 'xyz')).rejects.toMatchObject({ code: 'study.unknown' });
});

it('status names a channel whose server is away', async () => {
  await field.rows(
    `INSERT INTO channel_state VALUES ('email', '2026-03-02T08:05:00Z', 4, 'smtp_ECONNREFUSED')`,
  );
  expect((await run('sending', 'status')).lines).toContain(
    'email: its server was away 4 times in a row (smtp_ECONNREFUSED), tried again at 2026-03-02T08:05Z',
  );
});

describe('the fence', () => {
  it('stands nowhere in a new database, whose identity is noted, and marks count on in both', async () => {
    await fence().check();
    await fence().check();
    expect(await fence().now()).toMatchObject({
      identity: await databaseIdentity(field.services(DataSource)),
      mark: await field.services(VaultService).mark(),
      fencedAt: null,
    });
    expect((await fence().now())?.mark).toBeGreaterThanOrEqual(2n);
  });

  it('falls where the database is another one than it was', async () => {
    const other = await testDatabase();
    const elsewhere = await mainDataSource(other.url).initialize();
    const identities = [
      await databaseIdentity(field.services(DataSource)),
      await databaseIdentity(elsewhere),
    ];
    await elsewhere.destroy();
    await other.drop();
    expect(new Set(identities).size).toBe(2);
    expect(identities[0]).toMatch(/^\d{15,}\/\d+\/\d+$/);

    await fence().check();
    await restored();
    await fence().check();
    expect(await fencedBy()).toMatch(/another server/);
  });

  it('falls where the database is older than the vault, not where a count was cut off', async () => {
    await fence().check();
    await field.rows('UPDATE sending_fence SET mark = mark + 1'); // as between the two commits
    await fence().check();
    expect(await fencedBy()).toBeNull();
    await field.rows('UPDATE sending_fence SET mark = mark - 1'); // as a backup of a minute ago has it
    await fence().check();
    expect(await fencedBy()).toMatch(/older than the vault/);
  });

  it('falls where a database without a fence meets a vault that has counted', async () => {
    await fence().check();
    await field.rows('DELETE FROM sending_fence');
    await fence().check();
    expect(await fencedBy()).toMatch(/older than the vault/);
  });

  it('holds everything back until staff lift it, and what was overdue is unknown then', async () => {
    await fence().check();
    await restored();
    await fence().check();
    field.clock.moveTo(DUE);
    await field.deliver();
    expect(await received()).toBe(3);
    expect((await run('sending', 'status')).lines.join()).toMatch(
      /fenced since .*another server.*--after-restore/,
    );
    expect((await desk.ask('POST', '/api/sending/nrd/resume')).json['fencedAt']).not.toBeNull();

    const { lines } = await run('sending', 'resume', '--after-restore');
    expect(lines[0]).toBe('Sending is no longer fenced. 3 messages that fell due before now are unknown.');
    expect(await states()).toEqual({ sent: 3, unknown: 3, planned: 3 });
    expect(
      await field.rows(`SELECT event, reason, channel FROM contact_event WHERE event = 'unknown'`),
    ).toEqual(
      Array.from({ length: 3 }, () => ({ event: 'unknown', reason: 'after_restore', channel: 'email' })),
    );
    await fence().check();
    expect(await fencedBy()).toBeNull();
    await field.deliver();
    expect(await received()).toBe(3);
    await expect(run('sending', 'resume', '--after-restore')).rejects.toMatchObject({
      code: 'contact.not_fenced',
    });
  });

  it('lifted with --overdue send lets what is overdue go out', async () => {
    await restored();
    await fence().check();
    field.clock.moveTo(DUE);
    await field.deliver();
    expect((await run('sending', 'resume', '--after-restore', '--overdue', 'send', '--json')).json).toEqual([
      { fenced: false, unknown: 0 },
    ]);
    await field.deliver();
    expect(await received()).toBe(6);
  });

  it('is not looked at without the vault, and falls as soon as that is back', async () => {
    await fence().check();
    await field.rows('UPDATE sending_fence SET mark = 0');
    const nobody = 'postgres://onward_vault:x@127.0.0.1:1/vault';
    const other = await oneMoreInstance(field, { vaultDatabaseUrl: nobody });
    await other.services(FenceService).check();
    await other.close();
    expect(await fence().now()).toMatchObject({ mark: 0n, fencedAt: null });
    await fence().check();
    expect(await fencedBy()).toMatch(/older than the vault/);
  });
});

describe('an unknown message', () => {
  const unknown = (person: number) =>
    field.rows(
      `UPDATE contact_attempt SET state = 'unknown', reason = 'interrupted', sent_at = NULL WHERE member_id = $1 AND step = 'invitation'`,
      [field.members[person]],
    );
  const decide = (person: number, as: unknown, step = 'invitation') =>
    desk.ask('POST', `/api/contact/nrd/messages/${field.members[person]}/a/${step}/decision`, {
      as,
    });

  it('is listed, and settled as sent or planned anew, with who decided', async () => {
    await unknown(0);
    await unknown(1);
    await field.rows(`UPDATE issued_case SET state = 'issued' WHERE member_id = $1`, [field.members[0]]);
    await field.rows(`UPDATE issued_case SET state = 'issued' WHERE member_id = $1`, [field.members[1]]);
    expect((await run('contacts', 'unknown', '--wave', 'a')).lines.at(-2)).toBe('2 messages are unknown.');
    expect((await desk.ask('GET', '/api/contact/nrd/waves/a/unknown')).text).toContain(field.members[0]);
    expect((await decide(0, 'sent')).status).toBe(200);
    const words = [
      '--member',
      field.members[1]!,
      '--wave',
      'a',
      '--step',
      'invitation',
      '--as',
      'again',
      '--by',
      'Field manager',
    ];
    expect((await run('contacts', 'decide', ...words)).lines).toEqual([
      'The message is planned anew, due now.',
    ]);
    expect(await states()).toMatchObject({ sent: 2, planned: 7 });
    await field.deliver();
    expect((await field.lettersTo(0)).length).toBe(1);
    expect((await field.lettersTo(1)).length).toBe(2);
    expect(
      await field.rows(
        `SELECT event, decided_by FROM contact_event WHERE decided_by IS NOT NULL ORDER BY event`,
      ),
    ).toEqual([
      { event: 'decided_again', decided_by: 'Field manager' },
      { event: 'decided_sent', decided_by: `staff ${await desk.accountId()}` },
    ]);
    expect(await field.rows(`SELECT DISTINCT state FROM issued_case`)).toEqual([{ state: 'invited' }]);
  });

  it('alone is decided about', async () => {
    expect((await decide(0, 'again')).json).toMatchObject({
      status: 409,
      code: 'contact.nothing_to_decide',
      state: 'sent',
    });
    expect((await decide(0, 'sent', 'reminder1')).json).toMatchObject({
      code: 'contact.nothing_to_decide',
      state: 'planned',
    });
    expect((await decide(0, 'sent', 'no-step')).json).toMatchObject({
      status: 404,
      code: 'contact.unknown_message',
    });
    await unknown(0);
    expect((await decide(0, 'perhaps')).json).toMatchObject({ status: 422, code: 'contact.invalid_request' });
    const [first, second] = await Promise.all([decide(0, 'sent'), decide(0, 'again')]);
    expect([first.status, second.status].sort()).toEqual([200, 409]);
    const path = '/api/contact/nrd/messages/not-an-id/a/invitation/decision';
    expect((await desk.ask('POST', path, { as: 'sent' })).json).toMatchObject({
      code: 'contact.unknown_message',
    });
  });

  it('and every other one tell why', async () => {
    await unknown(0);
    const { lines } = await run('contacts', 'why', '--member', field.members[0]!, '--wave', 'a');
    expect(lines[0]).toMatch(
      /^wave a {2}invitation {2}email {2}unknown .*a field manager decides: interrupted$/,
    );
    expect(lines.join('\n')).toMatch(/reminder1 {2}email {2}planned .*waits until 2026-03-07/);
    const told = await desk.ask('GET', `/api/contact/nrd/members/${field.members[0]}/messages`);
    expect(told.json).toHaveLength(3);
    await expect(
      run('contacts', 'why', '--member', '00000000-0000-4000-8000-000000000009'),
    ).rejects.toMatchObject({
      code: 'panel.unknown_member',
    });
  });
});

describe('what staff know of addresses and members', () => {
  it('an address that is suppressed is not written to, also when somebody joins with it later, until it is cleared', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'onward-suppress-'));
    const file = join(folder, 'addresses.csv');
    await writeFile(file, `name,email\nx,${field.emailOf(0).toUpperCase()}\ny,nobody@synthetic.example\n`);
    expect((await run('contacts', 'suppress', '--file', file)).lines).toEqual([
      '2 addresses are not written to any more; 1 of them belong to members.',
    ]);
    await writeFile(file, `third@synthetic.example\nnot an address\n`);
    await expect(run('contacts', 'suppress', '--file', file)).rejects.toMatchObject({
      code: 'vault.invalid_contact',
    });
    const listed = await field
      .services(VaultService)
      .suppressed(field.study.id, [{ channel: 'email', value: 'third@synthetic.example' }]);
    expect(listed).toEqual([false]);
    expect((await run('contacts', 'suppress')).code).toBe(2);
    const [joined] = await addPeople(field.services, field.study, [{ email: 'nobody@synthetic.example' }]);
    expect(
      await field.rows('SELECT member_id, channel, kind FROM channel_trouble ORDER BY member_id = $1', [
        joined,
      ]),
    ).toEqual([
      { member_id: field.members[0], channel: 'email', kind: 'suppressed' },
      { member_id: joined, channel: 'email', kind: 'suppressed' },
    ]);
    field.clock.moveTo(DUE);
    await field.deliver();
    expect((await field.lettersTo(0)).length).toBe(1);
    expect((await field.lettersTo(1)).length).toBe(2);

    await run(
      'contacts',
      'clear-trouble',
      '--member',
      field.members[0]!,
      '--channel',
      'email',
      '--by',
      'Field manager',
    );
    field.clock.moveTo(new Date('2026-03-14T09:00:00Z'));
    await field.deliver();
    expect((await field.lettersTo(0)).length).toBe(2);
    await rm(folder, { recursive: true, force: true });
  });

  it('a member who asked for a pause gets nothing until it ends', async () => {
    const path = `/api/panel/nrd/members/${field.members[0]}/pause`;
    expect((await desk.ask('PUT', path, { untilOn: '2026-03-01' })).json).toMatchObject({
      code: 'panel.invalid_pause',
    });
    expect((await desk.ask('PUT', path, { untilOn: 'soon' })).json).toMatchObject({
      code: 'contact.invalid_request',
    });
    expect((await desk.ask('PUT', path, { untilOn: '2026-03-10' })).json).toEqual([
      { fromOn: '2026-03-02', untilOn: '2026-03-10', askedBy: 'staff' },
    ]);
    expect((await run('panel', 'pause', '--member', field.members[1]!, '--by', 'me')).lines).toEqual([
      'No messages from 2026-03-02 until further notice.',
    ]);
    field.clock.moveTo(DUE);
    await field.deliver();
    expect(
      await Promise.all([0, 1, 2].map(async (person) => (await field.lettersTo(person)).length)),
    ).toEqual([1, 1, 2]);
    await run('panel', 'resume', '--member', field.members[1]!, '--by', 'me');
    expect((await desk.ask('DELETE', path)).json).toEqual([
      { fromOn: '2026-03-02', untilOn: '2026-03-07', askedBy: 'staff' },
    ]);
    expect((await desk.ask('GET', path.replace(/[0-9a-f]{12}\//, '000000000000/'))).json).toMatchObject({
      code: 'panel.unknown_member',
    });
  });
});
