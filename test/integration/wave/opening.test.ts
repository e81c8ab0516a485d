import { contactCommands } from '../../../src/contact/contact.cli.js';
import { ContactService } from '../../../src/contact/contact.service.js';
import { IssueProcessor } from '../../../src/wave/issue.processor.js';
import { type Plan, WaveService } from '../../../src/wave/wave.service.js';
import { waveCommands } from '../../../src/wave/wave.cli.js';
import { type Study } from '../../../src/study/study.service.js';
import { loadStudy, testApp, type TestApp } from '../../make/app.js';
import { runCommand } from '../../make/command.js';
import { DataSource } from 'typeorm';
import { Desk } from '../../make/desk.js';
import { anna } from '../../make/actors.js';

/** More than two pages of members. */
const MEMBERS = 2300;

let town: TestApp;
let study: Study;
let desk: Desk;
let plan: Plan;
beforeAll(async () => {
  town = await testApp();
  study = await loadStudy(town.services);
  desk = new Desk(town);
  const contacts = town.services(ContactService);
  plan = contacts.plan.bind(contacts);
  await rows(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on)
     SELECT gen_random_uuid(), $1, 'baseline', 'test', 'SRB', 'ru', '{email}', 'active', true, '2026-03-01'
     FROM generate_series(1, $2)`,
    [study.id, MEMBERS],
  );
  // Sending stays out of this: no address of theirs is in the vault.
  await rows('UPDATE study SET sending_paused_at = now()');
});
beforeEach(async () => {
  await town.database.asOwner(`TRUNCATE contact_attempt, case_event, issued_case CASCADE`);
  await rows(
    `UPDATE wave SET closed_at = NULL, issuing = false, closes_at = '2027-01-01' WHERE opened_at IS NOT NULL`,
  );
});
afterAll(() => town.close());

const rows = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
  town.services(DataSource).query(sql, values);
const waves = () => town.services(WaveService);
/** Asks for the wave until its opening is done. */
async function opened() {
  for (;;) {
    const { json } = await desk.ask('GET', '/api/waves/nrd/a');
    if (!json['issuing']) return json;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
const standing = async () =>
  (
    await rows<{ cases: number; unplanned: number; messages: number; issuing: boolean }>(
      `SELECT (SELECT count(*)::int FROM issued_case) AS cases, (SELECT count(*)::int FROM contact_attempt) AS messages,
              (SELECT count(*)::int FROM issued_case c WHERE (SELECT count(*) FROM contact_attempt a WHERE a.member_id = c.member_id) <> 3) AS unplanned,
              (SELECT issuing FROM wave WHERE id = 'nrd-a') AS issuing`,
    )
  )[0];
const WHOLE = { cases: MEMBERS, unplanned: 0, messages: 3 * MEMBERS, issuing: false };

it('an opening is answered at once and worked off by the workers', async () => {
  const before = Date.now();
  const reply = await desk.ask('POST', '/api/waves/nrd/a/open');
  expect(Date.now() - before).toBeLessThan(1000);
  expect(reply.status).toBe(202);
  expect(reply.json).toMatchObject({ wave: 'a', issuing: true, opensAt: town.clock.now().toISOString() });
  expect(await opened()).toMatchObject({ wave: 'a', issued: MEMBERS, planned: 3 * MEMBERS, closedAt: null });
  expect(await standing()).toEqual(WHOLE);
});

it('an opening that is cut off leaves whole cases, is known as such, and goes on where it stopped', async () => {
  const { id } = await waves().open(study.id, 'a', anna);
  let pages = 0;
  const breaks: Plan = async (...of) => {
    if (++pages === 2) throw new Error('cut off');
    return plan(...of);
  };
  await expect(waves().issueDue(id, breaks)).rejects.toThrow('cut off');
  expect(await standing()).toEqual({ cases: 1000, unplanned: 0, messages: 3000, issuing: true });
  expect(await waves().openings()).toEqual([id]);
  expect(await waves().stillIssuing()).toEqual([]); // it is not the sweep's, but a processor's of its own
  expect((await desk.ask('GET', '/api/waves/nrd/a')).json).toMatchObject({ issuing: true, issued: 1000 });
  expect(await waves().issueDue(id, plan)).toEqual({ issued: MEMBERS - 1000, planned: 3 * (MEMBERS - 1000) });
  expect(await standing()).toEqual(WHOLE);
  expect(await waves().openings()).toEqual([]);
});

it('a process that ends begins no more pages, and the opening stays to be done', async () => {
  const { id } = await waves().open(study.id, 'a', anna);
  const ending = new AbortController();
  await waves().issueDue(id, plan, ending.signal, () => ending.abort());
  expect(await standing()).toMatchObject({ cases: 1000, issuing: true });
});

it('two at once issue each case once', async () => {
  const { id } = await waves().open(study.id, 'a', anna);
  const done = await Promise.all([waves().issueDue(id, plan), waves().issueDue(id, plan)]);
  expect(done[0].issued + done[1].issued).toBe(MEMBERS);
  expect(await standing()).toEqual(WHOLE);
});

it('who joined behind an opening under way gets a case by the one after it', async () => {
  const { id } = await waves().open(study.id, 'a', anna);
  const first = '00000000-0000-4000-8000-000000000001';
  let pages = 0;
  const opensAgain = async () => {
    if (++pages !== 2) return;
    await rows(
      `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on)
       VALUES ($1, $2, 'baseline', 'test', 'SRB', 'ru', '{email}', 'active', true, '2026-03-01')`,
      [first, study.id],
    );
    await waves().open(study.id, 'a', anna);
  };
  await waves().issueDue(id, plan, undefined, opensAgain);
  expect(await rows('SELECT FROM issued_case WHERE member_id = $1', [first])).toHaveLength(1);
  expect(await standing()).toMatchObject({ cases: MEMBERS + 1, issuing: false });
  await rows('DELETE FROM contact_attempt WHERE member_id = $1', [first]);
  await rows('DELETE FROM case_event WHERE member_id = $1', [first]);
  await rows('DELETE FROM issued_case WHERE member_id = $1', [first]);
  await rows('DELETE FROM member WHERE id = $1', [first]);
});

it('a wave that closes meanwhile is issued no further', async () => {
  const { id } = await waves().open(study.id, 'a', anna);
  await waves().issueDue(id, plan, undefined, () => waves().close(id, anna));
  expect(await standing()).toMatchObject({ cases: 1000, issuing: false });
  expect(await rows('SELECT DISTINCT state FROM issued_case')).toEqual([{ state: 'expired' }]);
});

it('a nudge of a wave that nobody knows does nothing', async () => {
  const processor = new IssueProcessor(waves(), plan);
  await processor.handle({ waveId: 'nrd-z' }, new AbortController().signal);
  await expect(processor.handle({ wave: 'a' }, new AbortController().signal)).rejects.toThrow('waveId');
});

it('wave open works it off itself and counts it', async () => {
  const { lines } = await runCommand(
    town.services,
    [waveCommands, contactCommands],
    'wave',
    'open',
    '--wave',
    'a',
  );
  expect(lines).toEqual([
    `Wave a is open until 2027-01-01: ${MEMBERS} cases issued, ${3 * MEMBERS} messages planned.`,
  ]);
  const { json } = await runCommand(
    town.services,
    [waveCommands, contactCommands],
    'wave',
    'open',
    '--wave',
    'a',
    '--json',
  );
  expect(json).toEqual([{ wave: 'a', issued: 0, planned: 0, closesAt: '2027-01-01T00:00:00.000Z' }]);
});

describe('the close', () => {
  const move = (closesAt: unknown, wave = 'a') => desk.ask('PATCH', `/api/waves/nrd/${wave}`, { closesAt });

  it('moves, with what counts back from it; the end of a window of one’s own stays', async () => {
    await waves().open(study.id, 'a', anna);
    await waves().issueDue('nrd-a', plan);
    await rows(
      `UPDATE issued_case SET closes_at = '2026-03-20' WHERE member_id = (SELECT min(member_id::text)::uuid FROM issued_case)`,
    );
    await rows(
      `UPDATE wave SET contact_plan = (definition -> 'contactPlan') || '[{"step": "last", "kind": "last-call", "beforeCloseDays": 2, "letter": "last-call"}]' WHERE id = 'nrd-a'`,
    );
    const reply = await move('2026-04-20T10:00:00+02:00');
    expect(reply.json).toMatchObject({ wave: 'a', closesAt: '2026-04-20T08:00:00.000Z' });
    expect(reply.json['replanned']).toBeGreaterThanOrEqual(MEMBERS);
    expect(
      await rows(`SELECT DISTINCT falls_due_at FROM contact_attempt WHERE step = 'last' ORDER BY 1`),
    ).toEqual([
      { falls_due_at: new Date('2026-03-18T00:00:00Z') },
      { falls_due_at: new Date('2026-04-18T08:00:00Z') },
    ]);
    await rows(`UPDATE wave SET contact_plan = NULL`);
  });

  it('does not move into the past, to no instant, or of a wave that is closed or was never opened', async () => {
    expect((await move('2026-03-01T08:00:00Z')).json).toMatchObject({
      status: 422,
      code: 'wave.invalid_close',
    });
    expect((await move('tomorrow')).json).toMatchObject({ status: 422, code: 'contact.invalid_request' });
    expect((await move('2027-01-01T08:00:00Z', 'b')).json).toMatchObject({
      status: 409,
      code: 'wave.not_open',
    });
    expect((await move('2027-01-01T08:00:00Z', 'z')).json).toMatchObject({
      status: 404,
      code: 'wave.unknown',
    });
    await waves().close('nrd-a', anna);
    expect((await move('2027-01-01T08:00:00Z')).json).toMatchObject({
      status: 409,
      code: 'wave.already_closed',
    });
  });
});

it('nobody but staff opens or moves a wave, and no foreign page does it for them', async () => {
  const stranger = new Desk(town, { roles: null });
  for (const [method, path] of [
    ['POST', '/open'],
    ['PATCH', ''],
    ['GET', ''],
  ] as const)
    expect((await stranger.ask(method, `/api/waves/nrd/a${path}`)).status).toBe(401);
  const foreign = await desk.ask('POST', '/api/waves/nrd/a/open', undefined, {
    'sec-fetch-site': 'cross-site',
  });
  expect(foreign.status).toBe(403);
});
