import { randomUUID } from 'node:crypto';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { WaveService } from '../../../src/wave/wave.service.js';
import { type Field, inTheField, oneMoreInstance } from '../../make/field.js';
import { gateTo, through } from '../../make/gate.js';
import { holdCase } from '../../make/held-row.js';
import { type Reply, submission, Visitor } from '../../make/visitor.js';
import { answersUpTo, completeAnswers } from '../../make/wave-a-answers.js';
import { anna } from '../../make/actors.js';

type Answers = Record<string, unknown>;

const LIFE: Answers = {
  spells: [
    { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar', sp_basis: 'visa_free' },
    { sp_country: 'SRB', sp_region: 'Београд', sp_year: 2023, sp_month: 'summer', sp_basis: 'temporary' },
  ],
  onward_wish: 'here',
  onward_plan: 'no',
  work_strategy: 'local',
  consent_recontact: 'yes',
  consent_email: 'yes',
  consent_telegram: 'no',
  consent_archive: null,
  consent_public_use: 'no',
};
const WHOLE = completeAnswers(4, LIFE);
const without = (...items: string[]): Answers =>
  Object.fromEntries(Object.entries(WHOLE).filter(([item]) => !items.includes(item)));

let field: Field;
beforeAll(async () => {
  field = await inTheField(22);
});
afterAll(() => field.close());

interface Ended {
  state: string;
  disposition: string | null;
  finished_on: string | null;
  last_active_at: Date | null;
  answers: Answers | null;
  answered_share: number | null;
  submitted_on: string | null;
  receipt: string | null;
  revisions: number;
}
const endOf = async (person: number) =>
  (
    await field.rows<Ended>(
      `SELECT c.state, c.disposition, c.finished_on, c.last_active_at, r.answers, r.answered_share, r.submitted_on, r.receipt,
              (SELECT count(*)::int FROM revision v WHERE v.member_id = c.member_id) AS revisions
       FROM issued_case c LEFT JOIN response r USING (member_id, wave_id) WHERE c.member_id = $1`,
      [field.members[person]],
    )
  )[0];
const post = (browser: Visitor, body: object): Promise<Reply> => browser.post('submission', body);

describe('a whole questionnaire', () => {
  it('is stored, acknowledged with a receipt, and ends the case', async () => {
    const browser = await field.visit(0);
    await browser.save(0, answersUpTo('p_gender', WHOLE));
    const reply = await browser.submit(1, WHOLE);
    expect(reply.status).toBe(201);
    expect(reply.json).toEqual({
      receipt: expect.stringMatching(
        /^([BCDFGHJKMNPQRTVWXYZ2-9]{4}-){2}[BCDFGHJKMNPQRTVWXYZ2-9]{4}$/,
      ) as string,
      submittedOn: '2026-03-02',
    });
    expect(await endOf(0)).toMatchObject({
      state: 'complete',
      disposition: '1.1',
      finished_on: '2026-03-02',
      last_active_at: null,
      answers: WHOLE,
      answered_share: expect.closeTo(0.98, 1) as number,
      submitted_on: '2026-03-02',
      receipt: reply.json['receipt'],
      revisions: 2,
    });
  });

  it('passes on the consents, each with the version of its text, and the residence', async () => {
    expect(
      await field.rows(
        'SELECT purpose, given, text_version, decided_on FROM consent WHERE member_id = $1 ORDER BY purpose',
        [field.members[0]],
      ),
    ).toEqual(
      [
        ['email', true],
        ['public_use', false],
        ['recontact', true],
        ['take_part', true],
        ['telegram', false],
      ].map(([purpose, given]) => ({ purpose, given, text_version: '2026-11', decided_on: '2026-03-02' })),
    );
    await field.services(Sweep).run();
    expect(
      await field.rows(
        `SELECT seq, country, region, moved_in_on, moved_out_on, precision, legal_basis FROM residence_spell
         WHERE member_id = $1 ORDER BY seq`,
        [field.members[0]],
      ),
    ).toEqual([
      {
        seq: 1,
        country: 'GEO',
        region: null,
        moved_in_on: '2022-03-01',
        moved_out_on: '2023-06-01',
        precision: 'month',
        legal_basis: 'visa_free',
      },
      {
        seq: 2,
        country: 'SRB',
        region: 'Београд',
        moved_in_on: '2023-06-01',
        moved_out_on: null,
        precision: 'season',
        legal_basis: 'temporary',
      },
    ]);
  });

  it('revokes the links that were sent', async () => {
    const links = await field.rows('SELECT revoked FROM personal_link WHERE member_id = $1', [
      field.members[0],
    ]);
    expect(links).toEqual([{ revoked: true }]);
  });

  it('stands: nothing can be saved or sent on top of it', async () => {
    const browser = await field.visit(1);
    await browser.submit(0, WHOLE);
    for (const base of [0, 1]) {
      expect((await browser.save(base, WHOLE)).json['code']).toBe('response.already_submitted');
      expect((await browser.submit(base, without('last_word'))).json['code']).toBe(
        'response.already_submitted',
      );
    }
    expect((await endOf(1))?.answers).toEqual(WHOLE);
  });
});

describe('the acknowledgement', () => {
  it('waits for the commit', async () => {
    const browser = await field.visit(2);
    const row = await holdCase(field.database.url, field.members[2]!);
    let acknowledged = false;
    const reply = browser.submit(0, WHOLE).finally(() => (acknowledged = true));
    await row.waiters(1);
    expect([acknowledged, (await endOf(2))?.receipt]).toEqual([false, null]);
    await row.release();
    expect((await reply).status).toBe(201);
  });

  it('is not given where the commit fails, and nothing is left behind', async () => {
    const browser = await field.visit(3);
    await field.database.asOwner(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'disk full' USING ERRCODE = '53100'; END $$`,
    );
    await field.database
      .asOwner(`CREATE CONSTRAINT TRIGGER fails AFTER UPDATE ON issued_case DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fail()`);
    const body = submission(0, WHOLE);
    const refused = await post(browser, body);
    await field.database.asOwner('DROP FUNCTION fail CASCADE');
    expect(refused.json).toMatchObject({ status: 503, code: 'kit.not_available' });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await endOf(3)).toMatchObject({ state: 'opened', answers: null, revisions: 0 });
    expect((await post(browser, body)).status).toBe(201);
  });
});

describe('a submission that is sent again', () => {
  it('gets the same receipt, by whichever of twenty at once it came', async () => {
    const browser = await field.visit(4);
    const row = await holdCase(field.database.url, field.members[4]!);
    const body = submission(0, WHOLE);
    const all = Array.from({ length: 20 }, () => post(browser, body));
    await row.waiters(10);
    await row.release();
    const replies = await Promise.all(all);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(replies.map(({ json }) => json['receipt'])).size).toBe(1);
    expect(await endOf(4)).toMatchObject({ revisions: 1, receipt: replies[0]?.json['receipt'] });
    expect((await post(browser, body)).json).toEqual(replies[0]?.json);
  });

  it('with other answers is refused', async () => {
    const browser = await field.visit(5);
    const body = submission(0, WHOLE);
    await post(browser, body);
    for (const other of [
      { ...body, answers: without('last_word') },
      { ...body, base: 1, answers: without('last_word') },
      { ...body, locale: 'en' },
    ])
      expect((await post(browser, other)).json).toMatchObject({
        status: 409,
        code: expect.stringMatching(/^response\.(submission_id_reused|already_submitted)$/) as string,
      });
    expect((await post(browser, { ...body, answers: without('last_word') })).json['code']).toBe(
      'response.submission_id_reused',
    );
    expect((await endOf(5))?.answers).toEqual(WHOLE);
  });

  it('under the id of a save is refused', async () => {
    const browser = await field.visit(6);
    const id = randomUUID();
    await browser.save(0, WHOLE, { saveId: id });
    for (const base of [0, 1])
      expect((await browser.submit(base, WHOLE, { submissionId: id })).json).toMatchObject({
        status: 409,
        code: 'response.submission_id_reused',
      });
    expect(await endOf(6)).toMatchObject({ state: 'started', receipt: null });
  });

  it('on an outdated revision is refused with the stored one', async () => {
    const browser = await field.visit(7);
    await browser.save(0, WHOLE);
    expect((await browser.submit(0, WHOLE)).json).toMatchObject({
      status: 409,
      code: 'response.stale_revision',
      revision: 1,
    });
  });
});

describe('how a case ends', () => {
  it.each<[string, number, Answers, Partial<Ended>]>([
    ['says no to taking part', 8, { consent_take_part: 'no' }, { state: 'refused', disposition: '2.111' }],
    ['is under age', 9, { consent_take_part: 'under18' }, { state: 'ineligible', disposition: '4.10' }],
    [
      'lives elsewhere',
      10,
      { consent_take_part: 'yes', country: 'elsewhere' },
      { state: 'ineligible', disposition: '4.10' },
    ],
    [
      'left before the war',
      11,
      { consent_take_part: 'yes', country: 'SRB', left_russia: 'before' },
      { state: 'ineligible', disposition: '4.10' },
    ],
    [
      'answers little',
      12,
      answersUpTo('p_work_strategy', WHOLE),
      { state: 'broke_off', disposition: '2.12' },
    ],
    [
      'answers half',
      13,
      { ...answersUpTo('p_dist_b', WHOLE), onward_wish: 'here', onward_plan: 'no' },
      { state: 'partial', disposition: '1.2' },
    ],
    ['leaves out a crucial item', 14, without('onward_plan'), { state: 'partial', disposition: '1.2' }],
    [
      'declines a crucial item',
      15,
      { ...without('onward_plan'), onward_plan: 'refused' },
      { state: 'complete', disposition: '1.1' },
    ],
  ])('of someone who %s', async (_, person, answers, ended) => {
    const browser = await field.visit(person);
    const reply = await browser.submit(0, answers);
    expect([reply.status, reply.json['receipt']]).toEqual([201, expect.any(String)]);
    expect(await endOf(person)).toMatchObject({ ...ended, finished_on: '2026-03-02' });
  });

  it('the shares of those who answered little, half, and nearly all are what their dispositions say', async () => {
    const [little, half, nearlyAll] = await Promise.all([12, 13, 14].map(endOf));
    expect(little?.answered_share).toBeLessThan(0.5);
    expect(half?.answered_share).toBeGreaterThanOrEqual(0.5);
    expect(half?.answered_share).toBeLessThanOrEqual(0.8);
    expect(nearlyAll?.answered_share).toBeGreaterThan(0.8);
  });

  it('an item that must be answered is missed, and nothing is stored', async () => {
    const browser = await field.visit(16);
    expect((await browser.submit(0, {})).json).toMatchObject({
      status: 422,
      code: 'response.refused',
      findings: [{ item: 'consent_take_part', rule: 'required' }],
    });
    expect(await endOf(16)).toMatchObject({ state: 'opened', answers: null, revisions: 0 });
  });
});

it('a submission never touches the vault: a web process works without it', async () => {
  const web = await oneMoreInstance(field, {
    role: 'web',
    vaultDatabaseUrl: 'postgres://nobody@127.0.0.1:1/none',
  });
  try {
    const browser = new Visitor(web.url);
    await browser.open({ token: await field.tokenOf(17) });
    await browser.interview();
    await browser.save(0, WHOLE);
    expect((await browser.submit(1, WHOLE)).status).toBe(201);
    expect((await browser.ask('/health/ready')).status).toBe(200);
  } finally {
    await web.close();
  }
});

it('while the database is away nothing is acknowledged, and the retry goes through', async () => {
  const gate = await gateTo(field.config.databaseUrl);
  const web = await oneMoreInstance(field, {
    role: 'web',
    databaseUrl: through(field.config.databaseUrl, gate),
  });
  try {
    const browser = new Visitor(web.url);
    await browser.open({ token: await field.tokenOf(18) });
    const body = submission(0, WHOLE);
    const row = await holdCase(field.database.url, field.members[18]!);
    const cutOff = post(browser, body);
    await row.waiters(1);
    gate.shut();
    const replies = [await cutOff, await post(browser, body), await browser.interview()];
    for (const reply of replies) expect(reply.json).toMatchObject({ status: 503, code: 'kit.not_available' });
    expect(replies[0]?.headers.get('retry-after')).toBe('5');
    const page = await browser.open({ token: await field.tokenOf(18) }, { accept: 'text/html' });
    expect([page.status, page.headers.get('content-type')]).toEqual([503, 'text/html; charset=utf-8']);
    await row.client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await row.release();
    gate.open();
    const done = await post(browser, body);
    expect(done.status).toBe(201);
    expect(await endOf(18)).toMatchObject({ receipt: done.json['receipt'], revisions: 1 });
  } finally {
    await web.close();
    await gate.close();
  }
});

describe('after the close of the wave', () => {
  let sent: Visitor;
  let late: Visitor;
  const body = submission(0, WHOLE);
  let receipt: unknown;
  beforeAll(async () => {
    sent = await field.visit(19);
    receipt = (await post(sent, body)).json['receipt'];
    late = await field.visit(20);
    await late.save(0, WHOLE);
    await field.services(WaveService).close('nrd-a', anna);
  });

  it('answers are kept apart, are said to be, and change nothing that counts', async () => {
    const before = await endOf(20);
    for (const reply of [await late.submit(1, WHOLE), await late.save(1, WHOLE)])
      expect(reply.json).toMatchObject({ status: 410, code: 'response.kept_after_close' });
    expect((await late.interview()).json).toMatchObject({ status: 410, code: 'wave.closed' });
    expect(await endOf(20)).toEqual(before);
  });

  it('who was acknowledged before gets the same receipt still', async () => {
    expect(await post(sent, body)).toMatchObject({ status: 201, json: { receipt } });
  });

  it('what was saved and not sent counts as partial, or as a break-off', async () => {
    expect(await endOf(20)).toMatchObject({ state: 'partial', disposition: '1.2', submitted_on: null });
    expect(await endOf(16)).toMatchObject({ state: 'expired', disposition: '2.1121' });
    expect(await endOf(21)).toMatchObject({ state: 'expired', disposition: '3.19' });
  });
});
