import { DataSource } from 'typeorm';
import { addDays } from '../../../src/kit/clock.js';
import { type CaseFeed } from '../../../src/questionnaire/feed/fed.js';
import { freezeFeed } from '../../../src/response/feed.queries.js';
import { Sweep } from '../../../src/contact/sweep.service.js';
import { openWave } from '../../make/app.js';
import { type Field, inTheField } from '../../make/field.js';
import { followUpAnswers } from '../../make/follow-up-answers.js';
import { type Visitor } from '../../make/visitor.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

const IN_SERBIA = [
  { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar', sp_basis: 'visa_free' },
  { sp_country: 'SRB', sp_region: 'Белград', sp_year: 2022, sp_month: 'autumn', sp_basis: 'business' },
];
const IN_GERMANY = [
  { sp_country: 'DEU', sp_region: 'Берлин', sp_year: 2026, sp_month: 'aug', sp_basis: 'work' },
];
const SAID_IN_A = {
  spells: IN_SERBIA,
  legal_status: 'business',
  work_strategy: 'remote_ru',
  init_has: 'thinking',
  lang_local: 'simple',
  onward_wish: 'eu',
  onward_plan: 'yes',
  consent_recontact: 'yes',
  consent_email: 'yes',
};

type Json = Record<string, unknown>;
let field: Field;
let ids: string[];

/** Everyone answers wave a, the half-year passes, wave b is opened and they are invited. */
beforeAll(async () => {
  field = await inTheField(5);
  ids = field.members;
  for (let person = 0; person < ids.length; person += 1) {
    const visitor = await field.visit(person);
    const sent = await visitor.submit(0, completeAnswers(person + 1, SAID_IN_A));
    expect(sent.status).toBe(201);
  }
  field.clock.moveTo(addDays(field.clock.now(), 185)); // six months after the first interview
  await openWave(field.services, field.study, 'b');
  await field.deliver();
}, 60_000);
afterAll(() => field.close());

async function begun(person: number): Promise<{ visitor: Visitor; prev: Json }> {
  const visitor = await field.visit(person);
  const { json } = await visitor.interview();
  return { visitor, prev: (json as { earlier: { ru: Json } }).earlier.ru };
}

const one = async <Row extends object>(sql: string, values: unknown[]): Promise<Row> =>
  (await field.rows<Row>(sql, values))[0] as Row;
const recordOf = async (person: number, wave = 'nrd-b') =>
  (
    await one<{ record: Json }>('SELECT record FROM response WHERE member_id = $1 AND wave_id = $2', [
      ids[person],
      wave,
    ])
  ).record;

describe('what a follow-up tells a person of earlier waves', () => {
  test('is where they lived and what they said, in their language; nothing sensitive', async () => {
    const { visitor, prev } = await begun(0);
    expect(prev).toMatchObject({
      place: 'SRB',
      place_text: 'Белград, Сербия',
      place_when: 'в марте 2026 года',
      place_class: 'host',
      spells: [
        { sp_country: 'GEO', sp_year: 2022, sp_month: 'mar' },
        { sp_country: 'SRB', sp_region: 'Белград', sp_year: 2022, sp_month: 'autumn' },
      ],
      lang_local_wave: 'a',
      lang_local: 'simple',
    });
    const said = (await visitor.interview()).json;
    expect((said['earlier'] as { en: Json }).en).toMatchObject({
      place_text: 'Белград, Serbia',
      place_when: 'in March 2026',
    });
    const told = JSON.stringify(said['earlier']);
    expect(told).not.toMatch(/sp_basis|remote_ru|"eu"|onward_wish_text/);
  });

  test('is frozen when the questionnaire is opened', async () => {
    const { visitor, prev } = await begun(0);
    await field.rows(
      `UPDATE response SET answers = answers || '{"lang_local": "fluent"}' WHERE member_id = $1 AND wave_id = 'nrd-a'`,
      [ids[0]],
    );
    const again = (await visitor.interview()).json as { earlier: { ru: Json } };
    expect(again.earlier.ru).toEqual(prev);
  });
});

test('of two requests that freeze at once the first one stands', async () => {
  const { manager } = field.services(DataSource);
  const [before] = await field.rows<{ feed: CaseFeed }>('SELECT feed FROM case_feed WHERE member_id = $1', [
    ids[0],
  ]);
  const other = { items: {}, residence: null, interviewOn: null, modes: {} };
  expect(await freezeFeed(manager, ids[0] ?? '', 'nrd-b', other, '2026-09-04')).toEqual(before?.feed);
});

test('a sensitive answer is compared on the server: only whether it differs comes back, and a check follows', async () => {
  const { visitor } = await begun(1);
  const first = { consent_take_part: 'yes', res_same: 'same', work_strategy: 'local' };
  const saved = await visitor.save(0, first, { page: 'p_work_strategy', reached: 'p_work_strategy' });
  expect(saved.json).toMatchObject({ revision: 1, differs: { work_strategy: true } });
  const again = await visitor.save(
    1,
    { ...first, work_strategy: 'remote_ru' },
    { page: 'p_work_strategy', reached: 'p_work_strategy' },
  );
  expect(again.json).toMatchObject({ differs: { work_strategy: false } });
  // A third answer is not compared any more: nobody can try them all.
  const third = await visitor.save(
    2,
    { ...first, work_strategy: 'freelance' },
    { page: 'p_work_strategy', reached: 'p_work_strategy' },
  );
  expect(third.json).toMatchObject({ differs: { work_strategy: false } });
  expect((await visitor.interview()).json['earlier']).toMatchObject({ ru: { work_strategy_differs: false } });
});

test('the arms of the experiment are data: who is independent is asked without the earlier answer', async () => {
  for (const person of [2, 3, 4]) await begun(person);
  const rows = await field.rows<{ arm: string; mode: string; fed: boolean }>(
    `SELECT a.arm, f.feed -> 'modes' ->> 'init_has' AS mode, f.feed -> 'items' ? 'init_has' AS fed
     FROM experiment_arm a JOIN case_feed f USING (member_id) WHERE a.experiment = 'init_mode'`,
  );
  expect(rows).toHaveLength(ids.length);
  for (const { arm, mode, fed } of rows)
    expect([mode, fed]).toEqual(arm === 'independent' ? ['independent', false] : ['proactive', true]);
});

describe('a person who confirms', () => {
  test('has the earlier answer as their own, and the record says what was shown', async () => {
    const arms = await field.rows<{ member_id: string }>(
      `SELECT member_id FROM experiment_arm WHERE arm = 'declared'`,
    );
    const person = [1, 2].find((nr) => arms.some(({ member_id }) => member_id === ids[nr])) ?? 2;
    const { visitor, prev } = await begun(person);
    const shown = prev['init_has'] !== undefined;
    const answers = followUpAnswers('b', 7, field.clock.now(), prev, {
      res_same: 'same',
      ...(shown ? { init_same: 'same' } : { init_has: 'thinking' }),
      lang_local: 'simple',
      work_strategy: 'remote_ru',
      legal_status: 'business',
      onward_wish: 'eu',
      onward_plan: 'no',
    });
    const base = (await visitor.interview()).json['revision'] as number;
    // A browser without network may hold an answer to a check that nothing calls for any more.
    const sent = await visitor.submit(base, { ...answers, work_check: 'changed' });
    expect(sent.status).toBe(201);
    const record = await recordOf(person);
    expect(record['work_check']).toBe(-8);
    const before = await recordOf(person, 'nrd-a');
    expect(record['init_has']).toBe(before['init_has']);
    expect(record).toMatchObject({
      ff_lang_local: before['lang_local'],
      ff_lang_local_wave: 1,
      ff_lang_local_age: 6,
      ff_lang_local_out: 1,
      ff_lang_local_mode: 3,
      ff_place: 688,
      ff_place_txt: 'Белград, Сербия',
      ff_place_out: 1,
      ff_work_strategy: before['work_strategy'],
      ff_work_strategy_txt: null,
    });
    if (shown) expect(record).toMatchObject({ ff_init_has_out: 1, ff_init_has_mode: 2, init_same: 1 });
    await field.services(Sweep).run();
    const spells = await field.rows(
      'SELECT country, fed_forward, last_confirmed_on::text FROM residence_spell WHERE member_id = $1 AND until_nr IS NULL ORDER BY moved_in_on',
      [ids[person]],
    );
    expect(spells).toMatchObject([
      { country: 'GEO' },
      { country: 'SRB', fed_forward: 'confirmed', last_confirmed_on: '2026-09-03' },
    ]);
  });
});

describe('a person who has moved', () => {
  test('closes the old place, and contacts, counts and zone follow; the case is complete', async () => {
    const { visitor, prev } = await begun(3);
    const answers = followUpAnswers('b', 9, field.clock.now(), prev, {
      res_same: 'moved',
      country: 'DEU',
      spells: IN_GERMANY,
      onward_plan: 'no',
      work_strategy: 'remote_ru',
    });
    const base = (await visitor.interview()).json['revision'] as number;
    const sent = await visitor.submit(base, answers);
    expect(sent.status).toBe(201);
    await field.services(Sweep).run();
    expect(
      await field.rows(
        `SELECT country, moved_in_on::text AS i, moved_out_on::text AS o, since_nr, until_nr FROM residence_spell
         WHERE member_id = $1 ORDER BY moved_in_on, since_nr`,
        [ids[3]],
      ),
    ).toEqual([
      { country: 'GEO', i: '2022-03-01', o: '2022-09-01', since_nr: 1, until_nr: null },
      { country: 'SRB', i: '2022-09-01', o: null, since_nr: 1, until_nr: 2 },
      { country: 'SRB', i: '2022-09-01', o: '2026-08-01', since_nr: 2, until_nr: null },
      { country: 'DEU', i: '2026-08-01', o: null, since_nr: 2, until_nr: null },
    ]);
    expect(
      await field.rows(
        `SELECT from_country AS f, to_country AS t, moved_on::text AS m, class FROM residence_move WHERE member_id = $1 ORDER BY seq`,
        [ids[3]],
      ),
    ).toEqual([
      { f: 'GEO', t: 'SRB', m: '2022-09-01', class: 'to_other' },
      { f: 'SRB', t: 'DEU', m: '2026-08-01', class: 'host_to_eu' },
    ]);
    expect(
      await one(
        'SELECT residence_country AS c, residence_region AS r, time_zone AS z, host_country AS h FROM member WHERE id = $1',
        [ids[3]],
      ),
    ).toEqual({ c: 'DEU', r: 'Берлин', z: 'Europe/Berlin', h: 'SRB' });
    expect(
      await one('SELECT state, disposition FROM issued_case WHERE member_id = $1 AND wave_id = $2', [
        ids[3],
        'nrd-b',
      ]),
    ).toEqual({
      state: 'complete',
      disposition: '1.1',
    });
    expect(await recordOf(3)).toMatchObject({ ff_place_out: 2, home: 'DEU', wish_met: 2 });
  });
});

test('who puts the past right keeps what they left as it was, the legal basis included', async () => {
  const { visitor, prev } = await begun(4);
  const [, belgrade] = prev['spells'] as Json[];
  const answers = followUpAnswers('b', 11, field.clock.now(), prev, {
    res_same: 'wrong',
    country: 'SRB',
    spells_fix: [{ ...belgrade }],
    onward_plan: 'no',
    work_strategy: 'remote_ru',
  });
  const base = (await visitor.interview()).json['revision'] as number;
  expect((await visitor.submit(base, answers)).status).toBe(201);
  await field.services(Sweep).run();
  const spells = await field.rows(
    'SELECT country, legal_basis, until_nr FROM residence_spell WHERE member_id = $1 ORDER BY since_nr, seq',
    [ids[4]],
  );
  expect(spells).toEqual([
    { country: 'GEO', legal_basis: 'visa_free', until_nr: 2 },
    { country: 'SRB', legal_basis: 'business', until_nr: null },
  ]);
  expect(await field.rows('SELECT FROM residence_move WHERE member_id = $1', [ids[4]])).toEqual([]);
});

test('who goes on elsewhere is still shown what earlier waves know, and none of what they answered here', async () => {
  const first = await begun(0);
  const here = { consent_take_part: 'yes', res_same: 'same', work_strategy: 'freelance' };
  const saved = await first.visitor.save(0, here, { page: 'p_work_strategy', reached: 'p_work_strategy' });
  expect(saved.status).toBe(201);
  const second = await begun(0);
  const { json } = await second.visitor.interview();
  expect(json).toMatchObject({ resumedElsewhere: true, answers: {} });
  expect(second.prev).toMatchObject({ place: 'SRB', work_strategy_differs: true });
  const left = JSON.stringify(json['questionnaire']);
  expect(left).not.toContain('"name":"res_same"');
  expect(left).toContain('"name":"work_check"'); // the answer differs from wave a's, so the check is still to come
  const answers = followUpAnswers(
    'b',
    13,
    field.clock.now(),
    { ...second.prev, work_strategy: 'remote_ru' },
    {
      ...here,
      onward_plan: 'no',
    },
  );
  const shown = Object.fromEntries(
    Object.entries(answers).filter(([item]) => left.includes(`"name":"${item}"`)),
  );
  const sent = await second.visitor.submit(1, shown);
  expect([sent.status, sent.json]).toEqual([201, expect.anything()]);
  expect(await recordOf(0)).toMatchObject({ ff_place_out: 1, home: 'SRB' });
});
