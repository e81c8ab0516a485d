import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuditSealService } from '../../../src/access/audit-seal.service.js';
import { type AuditVerdict, AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { type Field, inTheField } from '../../make/field.js';

let field: Field;
const WAVE = 'nrd-a';
beforeAll(async () => {
  field = await inTheField(6, { invited: false });
});
afterAll(() => field.close());
beforeEach(() => field.database.asAdmin('DELETE FROM revision'));

const seal = () => field.services(AuditSealService).run();
const verify = (): Promise<AuditVerdict> => field.services(AuditVerifyService).verify();
const found = async () => (await verify()).findings.map(({ kind, nr }) => [kind, nr]);
let nr = 0;
/** Stores a revision as a save does, straight in the table. */
const save = (person: number, answer = 'an answer') =>
  field.rows(
    `INSERT INTO revision (member_id, wave_id, revision, save_id, body_hash, session_id, changes, saved_on)
     VALUES ($1, $2, $3, $4, $5, $6, $7, '2026-03-02')`,
    [
      field.members[person],
      WAVE,
      ++nr,
      randomUUID(),
      Buffer.alloc(32, nr),
      randomUUID(),
      JSON.stringify({ q: answer }),
    ],
  );
const seals = () =>
  field.rows<{ nr: number; at: Date; seal: number; count: number }>(
    `SELECT nr, at, (d ->> 'seal')::int AS seal, (d ->> 'count')::int AS count
     FROM audit_entry, LATERAL (SELECT detail::jsonb AS d) AS j WHERE act = 'answers.sealed' ORDER BY nr`,
  );
/** The entry of the newest seal. */
const newest = async () => (await seals()).at(-1)?.nr;
/** A whole log with answers sealed from here on: what other tests took away is not there. */
const fresh = async () => {
  await field.database.asAdmin('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
  await field.database.asAdmin('DELETE FROM audit_entry');
  await field.database.asAdmin(`UPDATE audit_head SET nr = 0, hash = decode(repeat('00', 32), 'hex')`);
  await field.database.asAdmin('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
  for (let person = 0; person < 3; person += 1) await save(person);
  await seal();
  await save(4);
  await save(5);
  await seal();
};

describe('sealing', () => {
  beforeEach(fresh);

  it('makes one entry of many revisions, each of which knows its seal, kept to the hour', async () => {
    const [one, two] = await seals();
    expect([one?.count, two?.count]).toEqual([3, 2]);
    const rows = await field.rows<{ sealed_in: number; salt: boolean }>(
      `SELECT sealed_in, seal_salt IS NOT NULL AS salt FROM revision
       ORDER BY sealed_in, member_id, wave_id COLLATE "C", revision`,
    );
    expect(rows.map(({ sealed_in, salt }) => [sealed_in, salt])).toEqual(
      [one, one, one, two, two].map((entry) => [entry?.seal, true]),
    );
    expect(one?.at.toISOString()).toMatch(/:00:00\.000Z$/);
    expect(await verify()).toMatchObject({ intact: true, entries: 2, revisions: 5 });
  });

  it('of nothing makes no entry, and once a minute is enough', async () => {
    expect(await seal()).toBe(0);
    expect(await seals()).toHaveLength(2);
    await save(0);
    await field.services(AuditSealService).everyMinute();
    await save(0);
    await field.services(AuditSealService).everyMinute();
    expect(await seals()).toHaveLength(3);
    expect((await verify()).revisions).toBe(6);
  });

  it('leaves a save that has not committed to the next seal, and does not make it wait', async () => {
    const db = field.services(DataSource);
    await db.transaction(async (tx) => {
      await tx.query(
        `INSERT INTO revision (member_id, wave_id, revision, save_id, body_hash, session_id, changes, saved_on)
         VALUES ($1, $2, 999, $3, '', $3, '{}', '2026-03-02')`,
        [field.members[0], WAVE, randomUUID()],
      );
      expect(await seal()).toBe(0);
    });
    expect(await seal()).toBe(1);
    expect(await found()).toEqual([]);
  });

  it('loses none of saves that go on, by several sealers at once', async () => {
    let open = true;
    const sealing = [0, 1].map(async () => {
      while (open) await seal();
    });
    await Promise.all(
      Array.from({ length: 6 }, async (_, person) => {
        for (let time = 0; time < 50; time += 1) await save(person, `answer ${time}`);
      }),
    );
    open = false;
    await Promise.all(sealing);
    await seal();
    const [sums] = await field.rows<{ sealed: number; unsealed: number }>(
      'SELECT count(sealed_in)::int AS sealed, count(*) FILTER (WHERE sealed_in IS NULL)::int AS unsealed FROM revision',
    );
    expect(sums).toEqual({ sealed: 305, unsealed: 0 });
    expect((await seals()).reduce((sum, { count }) => sum + count, 0)).toBe(305);
    expect((await seals()).length).toBeGreaterThan(3);
    expect(await found()).toEqual([]);
  });

  it('takes as many seals as there is to seal', async () => {
    await field.rows(
      `INSERT INTO revision (member_id, wave_id, revision, save_id, body_hash, session_id, changes, saved_on)
       SELECT $1, $2, 1000 + n, gen_random_uuid(), '', gen_random_uuid(), '{}', '2026-03-02' FROM generate_series(1, 4100) AS n`,
      [field.members[0], WAVE],
    );
    expect(await seal()).toBe(4100);
    expect((await seals()).map(({ count }) => count)).toEqual([3, 2, 2000, 2000, 100]);
    expect(await found()).toEqual([]);
  });
});

describe('a sealed revision', () => {
  beforeEach(fresh);

  it.each([
    ['answers', `changes = '{"q": "another answer"}'`],
    ['day', `saved_on = '2026-03-03'`],
    ['session', 'session_id = gen_random_uuid()'],
    ['save', 'save_id = gen_random_uuid()'],
    ['digest of what was sent', `body_hash = '\\x00'`],
    ['number', 'revision = revision + 5000'],
    ['salt', 'seal_salt = gen_random_uuid()'],
  ])('is seen to have other %s', async (_, edit) => {
    await field.database.asAdmin(`UPDATE revision SET ${edit} WHERE member_id = $1`, [field.members[4]]);
    expect(await found()).toEqual([['answers_changed', await newest()]]);
    expect((await verify()).findings[0]?.words).toMatch(/^The answers that entry \d+ sealed are not those/);
  });

  it('is seen to have gone, alone or with all of its seal', async () => {
    await field.database.asAdmin('DELETE FROM revision WHERE member_id = $1', [field.members[4]]);
    expect(await found()).toEqual([['answers_missing', await newest()]]);
    await field.database.asAdmin('DELETE FROM revision WHERE member_id = $1', [field.members[5]]);
    expect(await found()).toEqual([['answers_missing', await newest()]]);
  });

  it('is seen to have changed places with that of another member', async () => {
    await field.database.asAdmin(
      `UPDATE revision r SET changes = '{"q": "mine"}' WHERE member_id = $1 OR member_id = $2`,
      [field.members[0], field.members[4]],
    );
    expect((await found()).map(([kind]) => kind)).toEqual(['answers_changed', 'answers_changed']);
  });

  it('that was unsealed to be sealed anew is missed in the seal that it was in', async () => {
    await field.database.asAdmin(
      `UPDATE revision SET sealed_in = NULL, seal_salt = NULL, changes = '{}' WHERE member_id = $1`,
      [field.members[4]],
    );
    const before = await newest();
    await seal();
    expect(await found()).toEqual([['answers_missing', before]]);
  });

  it('that was put into a seal, or into one that never was, is seen', async () => {
    const [, two] = await seals();
    await save(0);
    await field.database.asAdmin(
      `UPDATE revision SET sealed_in = $1, seal_salt = gen_random_uuid() WHERE sealed_in IS NULL`,
      [two?.seal],
    );
    expect(await found()).toEqual([['answers_changed', two?.nr]]);
    await save(1);
    await field.database.asAdmin(
      `UPDATE revision SET sealed_in = 9999999, seal_salt = gen_random_uuid() WHERE sealed_in IS NULL`,
    );
    expect(await found()).toEqual([
      ['answers_changed', two?.nr],
      ['answers_unknown', null],
    ]);
  });
});
