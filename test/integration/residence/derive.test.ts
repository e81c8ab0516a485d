import fc from 'fast-check';
import { DataSource } from 'typeorm';
import { ResidenceService } from '../../../src/residence/residence.service.js';
import { addPeople, loadStudy, testApp, type TestApp } from '../../make/app.js';
import { holdCase } from '../../make/held-row.js';

const HOSTS = ['ARM', 'ISR', 'KAZ', 'SRB', 'TUR'];
const WAVES = ['a', 'k', 'b', 'c', 'd'] as const;
type Letter = (typeof WAVES)[number];
const ON: Record<Letter, string> = {
  a: '2026-05-12',
  k: '2026-08-11',
  b: '2026-11-10',
  c: '2027-05-11',
  d: '2027-11-09',
};
/** Dispositions that count as having spoken, and some that do not. */
const SPOKE = { complete: '1.1', partial: '1.2' } as const;
const ENDED = { ...SPOKE, refused: '2.111', broke_off: '2.12' } as const;
type State = keyof typeof ENDED;

/** What someone said: in a wave, or to themselves or staff between waves. */
interface Said {
  wave: Letter | null;
  on: string;
  state: State;
  answers: Record<string, unknown>;
}

const row = fc.record(
  {
    sp_country: fc.constantFrom('SRB', 'KAZ', 'ARM', 'DEU', 'USA', 'RUS', 'GEO'),
    sp_region: fc.constantFrom('Берлин', 'North, "old" {town}', 'NULL', 'back\\slash'),
    sp_year: fc.integer({ min: 2021, max: 2028 }),
    sp_month: fc.constantFrom('jan', 'apr', 'may', 'oct', 'winter', 'summer', 'autumn', 'dontknow'),
    sp_basis: fc.constantFrom('work', 'study'),
  },
  { requiredKeys: ['sp_country'] },
);
const rows = fc.array(row, { minLength: 1, maxLength: 3 });
const answers: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  rows.map((spells) => ({ spells, country: 'other items do not matter' })),
  fc.constant({ res_same: 'same' }),
  rows.map((spells) => ({ res_same: 'moved', spells })),
  rows.map((fix) => ({ res_same: 'wrong', spells_fix: fix })),
  fc.constant({ work_strategy: 'local' }),
);
const state = fc.constantFrom<State>('complete', 'complete', 'complete', 'partial', 'refused', 'broke_off');
const between = fc.record({
  wave: fc.constant(null),
  on: fc.constantFrom('2026-05-12', '2026-06-30', '2026-12-24', '2027-05-11', '2027-08-20'),
  state: fc.constant<State>('complete'),
  answers: fc.oneof(
    rows.map((spells) => ({ res_same: 'moved', spells })),
    rows.map((spells) => ({ spells })),
  ),
});
const life = fc
  .tuple(
    fc.tuple(
      ...WAVES.map((wave) =>
        fc.option(
          fc.record({ wave: fc.constant<Letter | null>(wave), on: fc.constant(ON[wave]), state, answers }),
          { freq: 4, nil: undefined },
        ),
      ),
    ),
    fc.array(between, { maxLength: 3 }),
  )
  .map(([inWaves, others]): Said[] =>
    [...inWaves.flatMap((said) => said ?? []), ...others].sort(
      (one, other) =>
        one.on.localeCompare(other.on) || Number(one.wave === null) - Number(other.wave === null),
    ),
  );
const LIVES = fc.sample(life, { seed: 20261122, numRuns: 40 });

let town: TestApp;
let service: ResidenceService;
let number = 0;
const query = <Row extends object>(sql: string, values?: unknown[]): Promise<Row[]> =>
  town.services(DataSource).query(sql, values);
const waveId = (letter: Letter) => `nrd-${letter}`;

/** New members, one for each host country given, of whom nothing is known yet. */
async function members(hosts: string[]): Promise<string[]> {
  const study = await loadStudy(town.services);
  return addPeople(
    town.services,
    study,
    hosts.map((hostCountry) => ({ hostCountry, email: `derived-${(number += 1)}@synthetic.example` })),
  );
}

/** Puts it into the database as an interview or a report between waves leaves it. */
async function say(member: string, { wave, on, state: ended, answers: said }: Said): Promise<void> {
  if (wave === null)
    await query(
      `INSERT INTO residence_report (member_id, seq, reporter, answers, reported_on)
       SELECT $1, coalesce(max(seq), 0) + 1, 'respondent', $2, $3 FROM residence_report WHERE member_id = $1`,
      [member, JSON.stringify(said), on],
    );
  else {
    await query(
      `INSERT INTO issued_case (member_id, wave_id, state, questionnaire_id, locale, issued_on, plan_from, disposition)
       SELECT $1, id, $3, questionnaire_id, 'ru', $4::date, $4::date, $5 FROM wave WHERE id = $2`,
      [member, waveId(wave), ended, on, ENDED[ended]],
    );
    await query(
      `INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, locale, saved_on, submitted_on)
       SELECT $1, id, questionnaire_id, $3, '{}', '{}', '1', 1, 'ru', $4, $5 FROM wave WHERE id = $2`,
      [member, waveId(wave), JSON.stringify(said), on, ended === 'complete' ? on : null],
    );
  }
  await query('UPDATE member SET residence_coder = NULL WHERE id = $1', [member]);
}

const PARTS = [
  ['residence_revision', 'nr'],
  ['residence_spell', 'since_nr, seq'],
  ['residence_move', 'seq'],
] as const;

/** Every derived row of some members as text, without the member's id: one text a member. */
async function derivedRows(ids: string[]): Promise<string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    const parts: string[] = [];
    for (const [table, order] of PARTS) {
      const [found] = await query<{ text: string }>(
        `SELECT coalesce(string_agg((to_jsonb(t) - 'member_id')::text, E'\\n' ORDER BY ${order}), '') AS text
         FROM ${table} AS t WHERE member_id = $1`,
        [id],
      );
      parts.push(`${table}\n${found?.text}`);
    }
    const [home] = await query<{ residence_country: string | null; residence_region: string | null }>(
      'SELECT residence_country, residence_region FROM member WHERE id = $1',
      [id],
    );
    texts.push([...parts, JSON.stringify(home)].join('\n'));
  }
  return texts;
}

beforeAll(async () => {
  town = await testApp();
  service = town.services(ResidenceService);
  await loadStudy(town.services);
  for (const wave of WAVES)
    await query('UPDATE wave SET opened_at = $2 WHERE id = $1', [waveId(wave), ON[wave]]);
});
afterAll(() => town.close());

describe('forty random lives, derived from what was said', () => {
  let ids: string[];
  let derived: string[];

  beforeAll(async () => {
    ids = await members(LIVES.map((_, index) => HOSTS[index % HOSTS.length] ?? 'SRB'));
    for (const [index, id] of ids.entries()) for (const said of LIVES[index] ?? []) await say(id, said);
    expect(await service.bringUpToDate()).toBe(ids.length);
    derived = await derivedRows(ids);
  });

  test('there is enough of everything to be tested', async () => {
    const [counts] = await query<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM residence_spell WHERE until_nr IS NULL) AS standing,
              (SELECT count(*)::int FROM residence_spell WHERE until_nr IS NOT NULL) AS replaced,
              (SELECT count(*)::int FROM residence_move) AS moves,
              (SELECT count(*)::int FROM residence_revision WHERE issues <> '[]') AS issues`,
    );
    for (const count of Object.values(counts ?? {})) expect(count).toBeGreaterThan(20);
  });

  test('spells never overlap: neither as they stand nor as they stood after any report', async () => {
    const overlaps = await query(
      `SELECT v.member_id, v.nr, one.*, other.*
       FROM residence_revision v
       JOIN residence_spell one ON one.member_id = v.member_id AND one.since_nr <= v.nr AND coalesce(one.until_nr > v.nr, true)
       JOIN residence_spell other ON other.member_id = v.member_id AND other.since_nr <= v.nr AND coalesce(other.until_nr > v.nr, true)
       WHERE (one.since_nr, one.seq) < (other.since_nr, other.seq)
         AND daterange(one.moved_in_on, one.moved_out_on) && daterange(other.moved_in_on, other.moved_out_on)`,
    );
    expect(overlaps).toEqual([]);
  });

  test('every move is implied by two spells that stand, with none between them', async () => {
    const [count] = await query<{ moves: number; implied: number }>(
      `SELECT count(*)::int AS moves, count(*) FILTER (WHERE EXISTS (
         SELECT FROM residence_spell b JOIN residence_spell a ON a.member_id = b.member_id AND a.until_nr IS NULL
         WHERE b.member_id = m.member_id AND b.until_nr IS NULL AND b.country = m.from_country AND a.country = m.to_country
           AND b.moved_out_on = m.not_before_on AND a.moved_in_on = m.moved_on
           AND NOT EXISTS (SELECT FROM residence_spell s WHERE s.member_id = m.member_id AND s.until_nr IS NULL
             AND daterange(s.moved_in_on, s.moved_out_on) && daterange(m.not_before_on, m.moved_on))))::int AS implied
       FROM residence_move m`,
    );
    expect(count?.implied).toBe(count?.moves);
    expect(count?.moves).toBeGreaterThan(0);
  });

  test('only interviews count, each once, and what a check-in said comes from no wave', async () => {
    const moduleItems = ['res_same', 'spells', 'spells_fix'];
    const revisions = await query<{ member_id: string; source_wave_id: string | null; on: string }>(
      'SELECT member_id, source_wave_id, reported_on::text AS on FROM residence_revision ORDER BY member_id, nr',
    );
    for (const [index, id] of ids.entries()) {
      const counting = (LIVES[index] ?? []).filter(
        ({ state: ended, answers: said }) => ended in SPOKE && moduleItems.some((item) => item in said),
      );
      const expected = counting.map(({ wave, on }) => [wave && wave !== 'k' ? waveId(wave) : null, on]);
      const found = revisions.filter(({ member_id }) => member_id === id);
      expect(new Set(found.map(({ source_wave_id: wave, on }) => `${wave} ${on}`))).toEqual(
        new Set(expected.map(([wave, on]) => `${wave} ${on}`)),
      );
    }
  });

  test('derived again, all is the same to the byte', async () => {
    await query('UPDATE member SET residence_coder = NULL WHERE id = ANY($1)', [ids]);
    expect(await service.bringUpToDate()).toBe(ids.length);
    expect(await derivedRows(ids)).toEqual(derived);
  });

  test('another version of the code derives everybody again', async () => {
    await query(`UPDATE member SET residence_coder = 'older' WHERE id = ANY($1)`, [ids]);
    expect(await service.catchUp()).toBe(0);
    expect(await service.bringUpToDate()).toBe(ids.length);
    expect(await service.bringUpToDate()).toBe(0);
  });

  test('derived after each report, one member at a time, all is the same as derived at the end', async () => {
    const others = await members(LIVES.map((_, index) => HOSTS[index % HOSTS.length] ?? 'SRB'));
    for (const [index, id] of others.entries())
      for (const said of LIVES[index] ?? []) {
        await say(id, said);
        await service.derive([id]);
      }
    expect(await derivedRows(others)).toEqual(derived);
  });
});

test('more members than are taken at a time are all derived', async () => {
  const [id] = await members(['SRB']);
  await service.bringUpToDate();
  await query(
    `INSERT INTO member SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'residence_coder', NULL))).*
     FROM member m, generate_series(1, 1700) WHERE m.id = $1`,
    [id],
  );
  expect(await service.catchUp()).toBe(1700);
  expect(await service.catchUp()).toBe(0);
});

describe('a member', () => {
  const told: Said = {
    wave: 'a',
    on: ON.a,
    state: 'complete',
    answers: { spells: [{ sp_country: 'SRB', sp_year: 2022, sp_month: 'oct' }] },
  };
  const movedTo = (country: string, month: string) => ({
    res_same: 'moved',
    spells: [{ sp_country: country, sp_year: 2026, sp_month: month }],
  });
  const homes = (id: string) =>
    query<{ country: string; source: string | null }>(
      `SELECT country, source_wave_id AS source FROM residence_spell WHERE member_id = $1 AND until_nr IS NULL
       ORDER BY moved_in_on`,
      [id],
    );
  const someone = async (...said: Said[]): Promise<string> => {
    const [id = ''] = await members(['SRB']);
    for (const one of said) await say(id, one);
    return id;
  };

  test.each([
    ['complete', 'DEU'],
    ['partial', 'DEU'],
    ['refused', 'SRB'],
    ['broke_off', 'SRB'],
  ] as const)('who moved, in an interview that ended as %s, lives in %s', async (ended, home) => {
    const id = await someone(told, { wave: 'b', on: ON.b, state: ended, answers: movedTo('DEU', 'aug') });
    await service.derive([id]);
    expect((await homes(id)).at(-1)?.country).toBe(home);
  });

  test('who moved, by what a check-in or they themselves say, has moved between waves', async () => {
    const id = await someone(
      told,
      { wave: 'k', on: ON.k, state: 'complete', answers: movedTo('DEU', 'jun') },
      { wave: null, on: '2026-10-01', state: 'complete', answers: movedTo('USA', 'autumn') },
    );
    await service.derive([id]);
    expect(await homes(id)).toEqual([
      { country: 'SRB', source: 'nrd-a' },
      { country: 'DEU', source: null },
      { country: 'USA', source: null },
    ]);
  });

  test('whom two derive at once has one history, with what a save wrote that held them', async () => {
    const id = await someone(told, {
      wave: 'b',
      on: ON.b,
      state: 'complete',
      answers: movedTo('DEU', 'aug'),
    });
    const held = await holdCase(town.database.url, id);
    await held.client.query('SELECT FROM member WHERE id = $1 FOR UPDATE', [id]);
    const both = Promise.all([service.derive([id]), service.derive([id])]);
    await held.waiters(2);
    await held.client.query(
      `INSERT INTO residence_report (member_id, seq, reporter, answers, reported_on) VALUES ($1, 1, 'staff', $2, '2026-12-24')`,
      [id, JSON.stringify(movedTo('USA', 'dec'))],
    );
    await held.release();
    await both;
    expect((await homes(id)).map(({ country }) => country)).toEqual(['SRB', 'DEU', 'USA']);
    const once = await derivedRows([id]);
    await query('UPDATE member SET residence_coder = NULL WHERE id = $1', [id]);
    await service.derive([id]);
    expect(await derivedRows([id])).toEqual(once);
  });

  test('who is held while all are brought up to date is left for the next look, and nobody waits', async () => {
    const [id, free] = [await someone(told), await someone(told)];
    const held = await holdCase(town.database.url, id);
    await held.client.query('SELECT FROM member WHERE id = $1 FOR UPDATE', [id]);
    expect(await service.catchUp()).toBe(1);
    expect([await homes(id), await homes(free)]).toEqual([[], [{ country: 'SRB', source: 'nrd-a' }]]);
    await held.release();
    expect(await service.catchUp()).toBe(1);
    expect(await homes(id)).toHaveLength(1);
  });
});
