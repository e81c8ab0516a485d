import { type Field, inTheField } from '../../make/field.js';
import { holdCase } from '../../make/held-row.js';
import { saveBody, type Visitor } from '../../make/visitor.js';

const FIRST = { consent_take_part: 'yes' };
const SECOND = { ...FIRST, country: 'SRB' };
const ELIGIBLE = { ...SECOND, left_russia: 'after' };

let field: Field;
beforeAll(async () => {
  field = await inTheField(14);
});
afterAll(() => field.close());

const storedOf = (person: number) =>
  field.rows<{ revision: number; changes: object; saved_on: string; answers: object }>(
    `SELECT v.revision, v.changes, v.saved_on, r.answers FROM revision v JOIN response r USING (member_id, wave_id)
     WHERE v.member_id = $1 ORDER BY v.revision`,
    [field.members[person]],
  );
const post = (browser: Visitor, body: object) => browser.post('revisions', body);

describe('a save', () => {
  it('is the next revision, holds what changed, and tells the day but not the hour', async () => {
    const browser = await field.visit(0);
    const first = await browser.save(0, FIRST);
    expect([first.status, first.json]).toEqual([201, { revision: 1, savedAt: '2026-03-02T08:00:00.000Z' }]);
    expect((await browser.save(1, SECOND)).json['revision']).toBe(2);
    expect((await browser.save(2, FIRST)).json['revision']).toBe(3);
    expect(await storedOf(0)).toEqual([
      {
        revision: 1,
        changes: { ...FIRST, eligible: 1 },
        saved_on: '2026-03-02',
        answers: { ...FIRST, eligible: 1 },
      },
      {
        revision: 2,
        changes: { country: 'SRB' },
        saved_on: '2026-03-02',
        answers: { ...FIRST, eligible: 1 },
      },
      { revision: 3, changes: { country: null }, saved_on: '2026-03-02', answers: { ...FIRST, eligible: 1 } },
    ]);
    expect((await browser.interview()).json).toMatchObject({ revision: 3, answers: FIRST });
  });

  it('moves the case on to started', async () => {
    const [found] = await field.rows(
      `SELECT state, revision, last_active_at, ARRAY(SELECT event FROM case_event e WHERE e.member_id = c.member_id ORDER BY seq) AS events
       FROM issued_case c WHERE member_id = $1`,
      [field.members[0]],
    );
    expect(found).toEqual({
      state: 'started',
      revision: 3,
      last_active_at: new Date('2026-03-02T08:00:00Z'),
      events: ['issue', 'invite', 'open', 'save'],
    });
  });

  it('may be repeated and gets the same revision, also after later ones', async () => {
    const browser = await field.visit(1);
    const body = saveBody(0, FIRST);
    const reply = await post(browser, body);
    expect(await post(browser, body)).toMatchObject({ status: 201, json: reply.json });
    await browser.save(1, SECOND);
    expect(await post(browser, body)).toMatchObject({ status: 201, json: reply.json });
    expect(await storedOf(1)).toHaveLength(2);
  });

  it('under an id that stands for other answers is refused, whatever it builds on', async () => {
    const browser = await field.visit(2);
    const body = saveBody(0, FIRST);
    await post(browser, body);
    for (const other of [
      { ...body, answers: SECOND },
      { ...body, base: 1, answers: SECOND },
      { ...body, page: 'p_consent_take_part' },
    ])
      expect((await post(browser, other)).json).toMatchObject({
        status: 409,
        code: 'response.save_id_reused',
      });
    expect(await storedOf(2)).toHaveLength(1);
  });

  it('on an outdated revision is refused with the stored one, and goes through on that', async () => {
    const browser = await field.visit(3);
    await browser.save(0, FIRST);
    await browser.save(1, SECOND);
    for (const base of [0, 1, 3])
      expect((await browser.save(base, FIRST)).json).toMatchObject({
        status: 409,
        code: 'response.stale_revision',
        revision: 2,
      });
    expect((await browser.save(2, FIRST)).status).toBe(201);
  });
});

describe('two saves at once', () => {
  it('on one base: exactly one is stored, the other is told', async () => {
    const browser = await field.visit(4);
    const row = await holdCase(field.database.url, field.members[4]!);
    const both = [browser.save(0, FIRST), browser.save(0, SECOND)];
    await row.waiters(2);
    await row.release();
    const replies = await Promise.all(both);
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(replies.find(({ status }) => status === 409)?.json).toMatchObject({
      code: 'response.stale_revision',
      revision: 1,
    });
    expect(await storedOf(4)).toHaveLength(1);
  });

  it('that are the same save get one reply', async () => {
    const browser = await field.visit(5);
    const row = await holdCase(field.database.url, field.members[5]!);
    const body = saveBody(0, FIRST);
    const both = [post(browser, body), post(browser, body)];
    await row.waiters(2);
    await row.release();
    const [one, other] = await Promise.all(both);
    expect([one?.status, other?.json]).toEqual([201, one?.json]);
    expect(await storedOf(5)).toHaveLength(1);
  });
});

describe('what cannot be taken', () => {
  const nothingStored = async (person: number) => expect(await storedOf(person)).toEqual([]);

  it.each([
    ['an item that the questionnaire does not have', { ...FIRST, password: 'x' }, 'unknown_key'],
    ['a value outside the choices', { ...FIRST, country: 'XXX' }, 'not_a_choice'],
    ['a value of another kind', { ...FIRST, country: { a: 1 } }, 'wrong_type'],
    ['the key constructor', { ...FIRST, spells: [{ prototype: 1 }] }, 'forbidden_key'],
    ['an invisible character', { ...ELIGIBLE, last_word: '\u0000' }, 'forbidden_character'],
    ['half a character', { ...ELIGIBLE, last_word: '\ud800' }, 'forbidden_character'],
  ])('%s is refused with a finding', async (_, answers, rule) => {
    const browser = await field.visit(6);
    const reply = await browser.save(0, answers);
    expect(reply.json).toMatchObject({
      status: 422,
      code: 'response.refused',
      findings: [{ rule, message: expect.stringMatching(/\w/) as string }],
    });
    expect((await browser.submit(0, answers)).json['code']).toBe('response.refused');
    await nothingStored(6);
  });

  it('a finding never repeats what was written', async () => {
    const canary = 'canary-5f3a';
    const browser = await field.visit(6);
    const reply = await browser.save(0, { ...FIRST, country: canary });
    expect(reply.text).not.toContain(canary);
  });

  it.each(['{"answers":{"__proto__":{"a":1}}}', '{"answers":{"spells":[{"__proto__":{"a":1}}]}}'])(
    'a body with __proto__ is refused before anything reads it: %s',
    async (raw) => {
      const browser = await field.visit(6);
      const body = { ...saveBody(0, {}), answers: undefined };
      const reply = await browser.post('revisions', `${JSON.stringify(body).slice(0, -1)},${raw.slice(1)}`);
      expect([reply.status, reply.json['code']]).toEqual([400, 'kit.body_unreadable']);
      await nothingStored(6);
    },
  );

  it('a body over 256 KiB is refused, and one below is read', async () => {
    const browser = await field.visit(6);
    const body = (bytes: number) => {
      const empty = JSON.stringify(saveBody(0, { ...ELIGIBLE, last_word: '' })).length;
      return saveBody(0, { ...ELIGIBLE, last_word: 'x'.repeat(bytes - empty) });
    };
    expect((await post(browser, body(256 * 1024 + 1))).json).toMatchObject({ status: 413, code: 'http.413' });
    expect((await post(browser, body(256 * 1024))).json['code']).toBe('response.refused');
    await nothingStored(6);
  });

  it.each([
    ['no save id', { saveId: undefined }],
    ['a save id that is none', { saveId: 'mine' }],
    ['a negative base', { base: -1 }],
    ['a base that is no number', { base: '0' }],
    ['answers that are a list', { answers: [] }],
    ['a key that nobody asked for', { disposition: '1.1' }],
    ['a language that the study lacks', { locale: 'xx' }],
    ['a page that the questionnaire lacks', { page: 'p_nowhere' }],
    ['a furthest page that is no text of ours', { reached: '\u0000' }],
  ])('a request with %s is not complete', async (_, differs) => {
    const browser = await field.visit(6);
    const reply = await post(browser, saveBody(0, FIRST, differs));
    expect(reply.json).toMatchObject({ status: 400, code: 'response.invalid_body' });
    expect(reply.json['detail']).toContain(
      Object.keys(differs)[0] === 'disposition' ? 'body' : Object.keys(differs)[0],
    );
    await nothingStored(6);
  });

  it('what is no JSON, or none at all, is refused kindly', async () => {
    const browser = await field.visit(6);
    expect((await browser.post('revisions', '{"saveId"')).json).toMatchObject({
      status: 400,
      code: 'kit.body_unreadable',
    });
    expect((await browser.post('revisions', '<a/>', { 'content-type': 'application/xml' })).status).toBe(415);
    expect((await browser.post('revisions', '[]')).json).toMatchObject({ code: 'response.invalid_body' });
  });
});

describe('routing', () => {
  it('hidden answers of a save are left out, and those of a submission refused', async () => {
    const browser = await field.visit(7);
    const answers = { ...FIRST, country: 'SRB', left_russia: 'before', work_strategy: 'local' };
    expect((await browser.save(0, answers)).status).toBe(201);
    expect((await storedOf(7))[0]?.answers).toEqual({
      consent_take_part: 'yes',
      country: 'SRB',
      left_russia: 'before',
      eligible: 0,
    });
    expect((await browser.submit(1, answers)).json).toMatchObject({
      code: 'response.refused',
      findings: [{ item: 'work_strategy', rule: 'hidden' }],
    });
  });

  it('computed values are never taken from outside', async () => {
    const browser = await field.visit(8);
    await browser.save(0, { ...FIRST, country: 'elsewhere', eligible: 1 });
    expect((await storedOf(8))[0]?.answers).toMatchObject({ eligible: 0 });
  });
});

it('the language is kept: for this visit, the next one, and the messages', async () => {
  const browser = await field.visit(9);
  await browser.save(0, FIRST, { locale: 'en' });
  expect((await browser.interview()).json['locale']).toBe('en');
  const elsewhere = await field.visit(9, '');
  expect((await elsewhere.interview()).json).toMatchObject({
    locale: 'en',
    study: { title: 'Life in a new place' },
  });
  const [member] = await field.rows('SELECT locale FROM member WHERE id = $1', [field.members[9]]);
  expect(member).toEqual({ locale: 'en' });
});

it('what was shown stays shown: going back does not undo the furthest page', async () => {
  const browser = await field.visit(10);
  const reachedOf = async () =>
    (await field.rows('SELECT page, reached FROM response WHERE member_id = $1', [field.members[10]]))[0];
  await browser.save(0, FIRST, { page: 'p_gender', reached: 'p_gender' });
  await browser.save(1, SECOND, { page: 'p_country', reached: 'p_country' });
  expect(await reachedOf()).toEqual({ page: 'p_country', reached: 'p_gender' });
  expect((await browser.interview()).json['page']).toBe('p_country');
});

it('a questionnaire that is loaded anew changes nothing for who has opened the old one', async () => {
  const firstPageOf = async (browser: Visitor) =>
    ((await browser.interview()).json['questionnaire'] as { pages: { name: string }[] }).pages[0]?.name;
  const [begun, opened] = [await field.visit(11), await field.visit(12)];
  await begun.save(0, FIRST);
  await field.rows(
    `INSERT INTO questionnaire_version SELECT 'other', study_id, '{"pages":[{"name":"p_other","elements":[{"type":"text","name":"q"}]}]}', imported_at
     FROM questionnaire_version LIMIT 1`,
  );
  await field.rows(`UPDATE wave SET questionnaire_id = 'other'`);
  expect((await begun.save(1, SECOND)).status).toBe(201);
  expect((await opened.save(0, FIRST)).status).toBe(201);
  expect(await Promise.all([begun, opened, await field.visit(13)].map(firstPageOf))).toEqual([
    'p_consent_take_part',
    'p_consent_take_part',
    'p_other',
  ]);
});
