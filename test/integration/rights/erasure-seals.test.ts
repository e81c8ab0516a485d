import { DataSource } from 'typeorm';
import { AuditSealService } from '../../../src/access/audit-seal.service.js';
import { AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { auditCommands } from '../../../src/access/audit.cli.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { anna } from '../../make/actors.js';
import { runCommand } from '../../make/command.js';
import { type Field, inTheField } from '../../make/field.js';
import { holding } from '../../make/held-row.js';

const PEOPLE = 8;
const TESTS = 9;

let field: Field;
/** Who was not part of an earlier test. */
let people: string[];
let tests = 0;
beforeAll(async () => {
  field = await inTheField(PEOPLE * TESTS, { invited: false });
});
afterAll(() => field.close());
beforeEach(async () => {
  people = field.members.slice(PEOPLE * tests, PEOPLE * (tests + 1));
  tests += 1;
  await field.database.asAdmin('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
  for (const table of ['revision', 'erased_leaf', 'audit_entry'])
    await field.database.asAdmin(`DELETE FROM ${table}`);
  await field.database.asAdmin(`UPDATE audit_head SET nr = 0, hash = decode(repeat('00', 32), 'hex')`);
  await field.database.asAdmin('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
});

const idOf = (person: number): string => people[person] ?? '';
const erase = (person: number) => field.services(ErasureService).erase(idOf(person), anna);
const seal = () => field.services(AuditSealService).run();
const verify = () => field.services(AuditVerifyService).verify();
const found = async () => (await verify()).findings.map(({ kind }) => kind);
/** Revisions as saves store them, one of each person. */
const save = (nr: number, who = [...people.keys()]) =>
  field.rows(
    `INSERT INTO revision (member_id, wave_id, revision, save_id, body_hash, session_id, changes, saved_on)
     SELECT member, 'nrd-a', $2::int, gen_random_uuid(), '\\x01', gen_random_uuid(), jsonb_build_object('q', $2::int), '2026-03-02'
     FROM unnest($1::uuid[]) AS member`,
    [who.map(idOf), nr],
  );
const leaves = () =>
  field.rows<{ seal: number; position: number }>(
    'SELECT sealed_in - min(sealed_in) OVER () AS seal, position FROM erased_leaf ORDER BY 1, 2',
  );
/** Takes the revisions of somebody away as an erasure does, and has the log say nothing of it. */
const takeAway = (person: number) =>
  field.services(DataSource).transaction(async (tx) => {
    await field.services(AuditSealService).keepLeaves(tx, idOf(person));
    await tx.query('DELETE FROM revision WHERE member_id = $1', [idOf(person)]);
  });

/** Two seals: two revisions of everybody in the first, one of everybody in the second; and one that is in none. */
async function sealed(): Promise<void> {
  await save(1);
  await save(2);
  await seal();
  await save(3);
  await seal();
  await save(4, [0, 1]);
}

describe('erased answers that were sealed', () => {
  beforeEach(sealed);

  test('leave the log intact, of one member after the other, of several at once, and of all', async () => {
    const order = [...people].sort();
    const placeOf = (person: number) => order.indexOf(idOf(person));
    await erase(0);
    const from = 2 * placeOf(0) + 1;
    expect(await leaves()).toEqual([
      { seal: 0, position: from },
      { seal: 0, position: from + 1 },
      { seal: 1, position: placeOf(0) + 1 },
    ]);
    expect(await verify()).toMatchObject({ intact: true, revisions: 3 * (PEOPLE - 1), erased: 3 });
    await Promise.all([erase(1), erase(2), erase(3)]);
    expect(await verify()).toMatchObject({ intact: true, revisions: 3 * (PEOPLE - 4), erased: 12 });
    await save(5, [4]);
    await seal();
    for (const person of [7, 6, 5, 4]) await erase(person);
    expect(await verify()).toMatchObject({
      intact: true,
      revisions: 0,
      erased: 3 * PEOPLE + 1,
      findings: [],
    });
    expect((await runCommand(field.services, auditCommands, 'audit', 'verify')).lines[0]).toContain(
      `0 sealed revisions of answers (and ${3 * PEOPLE + 1} of people who were erased)`,
    );
  });

  test('hide nothing: another member’s revision that goes is missed, and one that changes is seen', async () => {
    await erase(0);
    await field.database.asAdmin('DELETE FROM revision WHERE member_id = $1 AND revision = 3', [idOf(5)]);
    expect(await found()).toEqual(['answers_missing']);
    await field.database.asAdmin(`UPDATE revision SET changes = '{}' WHERE member_id = $1 AND revision = 1`, [
      idOf(6),
    ]);
    expect((await found()).sort()).toEqual(['answers_changed', 'answers_missing']);
    await erase(1); // and an erasure mends nothing of it
    expect((await found()).sort()).toEqual(['answers_changed', 'answers_missing']);
  });

  test.each([
    ['another leaf', `UPDATE erased_leaf SET leaf = sha256(leaf) WHERE sealed_in = $1`, ['answers_changed']],
    [
      'another position',
      `UPDATE erased_leaf SET position = position + 100 WHERE sealed_in = $1`,
      ['answers_changed'],
    ],
    ['no leaf', `DELETE FROM erased_leaf WHERE sealed_in = $1`, ['answers_missing', 'answers_erased']],
    [
      'a leaf too many',
      `INSERT INTO erased_leaf VALUES ($1, 100, '\\x01')`,
      ['answers_changed', 'answers_erased'],
    ],
  ])('are seen to have %s', async (_, sql, kinds) => {
    await erase(0);
    expect(await found()).toEqual([]);
    const [second] = await field.rows<{ seal: number }>('SELECT max(sealed_in) AS seal FROM revision');
    await field.database.asAdmin(sql, [second?.seal]);
    expect(await found()).toEqual(kinds);
  });

  test('cannot be made up: what goes with a good leaf, and without its member, is seen', async () => {
    await erase(0);
    await takeAway(5);
    const { findings } = await verify();
    expect(findings).toEqual([
      {
        kind: 'answers_erased',
        nr: null,
        words: '6 revisions of answers are kept as erased, but by the log 3 were erased with their members.',
      },
    ]);
  });
});

test('a seal that is being made is waited for, so that it stays whole', async () => {
  await save(1);
  const head = await holding(field.database.adminUrl, 'SELECT FROM audit_head FOR UPDATE');
  const sealing = seal();
  await head.waiters(1); // it has its revisions, and waits to commit
  const erasing = erase(0);
  await head.waiters(2);
  await head.release();
  expect(await sealing).toBe(PEOPLE);
  await erasing;
  expect(await verify()).toMatchObject({ intact: true, revisions: PEOPLE - 1, erased: 1 });
});

test('answers that were in no seal leave nothing', async () => {
  await save(1, [0]);
  await erase(0);
  await save(1, [1]);
  await seal();
  expect(await verify()).toMatchObject({ intact: true, revisions: 1, erased: 0 });
});
