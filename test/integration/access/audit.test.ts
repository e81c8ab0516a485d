import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { type AuditEntry } from '../../../src/access/audit-act.js';
import { AuditHeadService } from '../../../src/access/audit-head.service.js';
import { headsIn } from '../../../src/access/audit-heads.node.js';
import { publicKeyText, signHead, signingKey } from '../../../src/access/audit-key.node.js';
import { AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { auditCommands } from '../../../src/access/audit.cli.js';
import { AuditService } from '../../../src/access/audit.service.js';
import { queueCommands } from '../../../src/access/queue.cli.js';
import { testApp, type TestApp } from '../../make/app.js';
import { anna, themselves } from '../../make/actors.js';
import { runCommand } from '../../make/command.js';
import { holding } from '../../make/held-row.js';

let town: TestApp;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-audit-'));
  town = await testApp({ env: { AUDIT_HEADS: join(folder, 'heads') } });
});
afterEach(async () => {
  await town.close();
  await rm(folder, { recursive: true, force: true });
});

const db = () => town.services(DataSource);
const append = (entry: AuditEntry, after?: (tx: EntityManager) => Promise<unknown>) =>
  db().transaction(async (tx) => {
    await town.services(AuditService).append(tx, entry);
    await after?.(tx);
  });
const dropped = (by: string): AuditEntry => ({ act: 'queue.dropped', actor: { kind: 'shell', by } });
/** Eight entries: `Анна 1` to `Анна 8`. */
const eight = async () => {
  for (let nr = 1; nr <= 8; nr += 1) await append(dropped(`Анна ${nr}`));
};
const entries = () =>
  db().query<{ nr: number; by: string }[]>('SELECT nr, actor_id AS by FROM audit_entry ORDER BY nr');
const verify = (...words: string[]) =>
  runCommand(town.services, auditCommands, 'audit', 'verify', '--json', ...words);
const verdict = async (...words: string[]) => {
  const { json, code } = await verify(...words);
  const [found] = json as { intact: boolean; findings: { kind: string; nr: number | null }[] }[];
  expect(code).toBe(found?.intact ? 0 : 1);
  return found?.findings.map(({ kind, nr }) => [kind, nr]);
};
/** What somebody with every right does, the triggers being off meanwhile. */
const tamper = async (...statements: string[]) => {
  await town.database.asAdmin('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
  for (const sql of statements) await town.database.asAdmin(sql);
  await town.database.asAdmin('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
};
/** Writes all hashes anew from an entry on, as the trigger does. */
const rechain = (from: number) =>
  town.database.asAdmin(`DO $$
    DECLARE e record; h bytea; d bytea;
    BEGIN
      SELECT hash INTO h FROM audit_entry WHERE nr = ${from - 1};
      FOR e IN SELECT * FROM audit_entry WHERE nr >= ${from} ORDER BY nr LOOP
        d := sha256(convert_to('onward-audit-1' || audit_field(e.nr::text) || audit_field(encode(h, 'hex'))
          || audit_field(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || audit_field(e.act)
          || audit_field(e.actor_kind) || audit_field(e.actor_id) || audit_field(e.study_id) || audit_field(e.subject_kind)
          || audit_field(e.subject_id) || audit_field(e.detail), 'UTF8'));
        UPDATE audit_entry SET previous = h, hash = d WHERE nr = e.nr;
        h := d;
      END LOOP;
      UPDATE audit_head SET nr = (SELECT max(nr) FROM audit_entry), hash = h;
    END $$`);

describe('an act', () => {
  it('gets the next number when its transaction commits, and none where it is rolled back', async () => {
    await append(dropped('one'));
    await expect(append(dropped('two'), () => Promise.reject(new Error('cut off')))).rejects.toThrow(
      'cut off',
    );
    await db().transaction(async (tx) => {
      const audit = town.services(AuditService);
      const inner = tx.transaction(async (part) => {
        await audit.append(part, dropped('three'));
        throw new Error('only this part');
      });
      await expect(inner).rejects.toThrow('only this part');
      await audit.append(tx, dropped('four'));
    });
    expect(await entries()).toEqual([
      { nr: 1, by: 'one' },
      { nr: 2, by: 'four' },
    ]);
    expect(await verdict()).toEqual([]);
  });

  it('of eight transactions at once makes one chain, whatever else they hold and in whatever order', async () => {
    await db().query(
      `INSERT INTO cron_run SELECT 'row ' || nr, '2026-03-02' FROM generate_series(0, 1) AS nr`,
    );
    const touch = (tx: EntityManager, row: number) =>
      tx.query('UPDATE cron_run SET slot = slot WHERE name = $1', [`row ${row}`]);
    // Each notes its act before it takes the second of two rows: were the head held from then on, they would deadlock.
    await Promise.all(
      Array.from({ length: 40 }, (_, nr) =>
        db().transaction(async (tx) => {
          await touch(tx, 0);
          await town.services(AuditService).append(tx, dropped(`act ${nr}`));
          await touch(tx, 1);
        }),
      ).concat(
        Array.from({ length: 40 }, (_, nr) =>
          append(dropped(`other ${nr}`), nr % 2 === 0 ? (tx) => touch(tx, 0) : undefined),
        ),
      ),
    );
    const found = await entries();
    expect(found.map(({ nr }) => nr)).toEqual(Array.from({ length: 80 }, (_, nr) => nr + 1));
    expect(new Set(found.map(({ by }) => by)).size).toBe(80);
    expect(await verdict()).toEqual([]);
  });

  it('waits for nobody before it commits', async () => {
    const held = await holding(town.database.adminUrl, 'SELECT FROM audit_head FOR UPDATE');
    let isNoted = false;
    const act = append(dropped('one'), () => Promise.resolve((isNoted = true)));
    await held.waiters(1);
    expect([isNoted, await entries()]).toEqual([true, []]);
    await held.release();
    await act;
    expect(await entries()).toEqual([{ nr: 1, by: 'one' }]);
  });

  it('is refused where it is not as declared, might hold an address, or stands in no transaction', async () => {
    const audit = town.services(AuditService);
    await expect(audit.append(db().manager, dropped('one'))).rejects.toThrow('in the transaction of its act');
    const bad: unknown[] = [
      { act: 'queue.eaten', actor: anna },
      { act: 'queue.dropped', actor: anna, detail: { why: 'so' } },
      { act: 'message.decided', actor: anna, detail: { step: 'anna@synthetic.example' } },
      { act: 'message.decided', actor: anna, detail: { step: 'x'.repeat(201) } },
      { act: 'message.decided', actor: anna, detail: { step: { deep: 1 } } },
      { act: 'message.decided', actor: anna, subject: { kind: 'person', id: 'x' } },
      { act: 'message.decided', actor: anna, subject: { kind: 'member', id: 'anna@synthetic.example' } },
    ];
    for (const entry of bad) await expect(append(entry as AuditEntry)).rejects.toThrow('The audit entry');
    expect(await entries()).toEqual([]);
  });

  it('of a respondent is kept to the hour', async () => {
    const id = randomUUID();
    town.clock.moveTo(new Date('2026-03-02T08:41:12.345Z'));
    await append({
      act: 'messages.stopped',
      actor: themselves(id),
      detail: { channel: 'email', purpose: 'all' },
    });
    await append(dropped('one'));
    const { json, lines } = await runCommand(town.services, auditCommands, 'audit', 'list', '--json');
    expect(json).toMatchObject([
      { at: '2026-03-02T08:00:00.000Z', actorId: id, detail: { channel: 'email', purpose: 'all' } },
      { at: '2026-03-02T08:41:12.345Z', act: 'queue.dropped', studyId: null },
    ]);
    expect(lines).toEqual([]);
  });
});

describe('the application’s role', () => {
  it.each([
    `UPDATE audit_entry SET actor_id = 'nobody'`,
    'DELETE FROM audit_entry',
    'TRUNCATE audit_entry',
    'DROP TRIGGER audit_entry_guard ON audit_entry',
    'ALTER TABLE audit_entry DISABLE TRIGGER ALL',
    'DROP TABLE audit_entry',
    'UPDATE audit_head SET nr = 0',
    'DELETE FROM audit_head',
    `SET session_replication_role = replica`,
    `INSERT INTO audit_entry (nr, at, act, actor_kind, previous, hash) VALUES (7, now(), 'x', 'system', '', '')`,
    'CREATE OR REPLACE FUNCTION audit_chain() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$',
    'SET ROLE onward_owner',
    'CREATE TABLE public.mine ()',
  ])('may not: %s', async (sql) => {
    await append(dropped('one'));
    await expect(db().query(sql)).rejects.toMatchObject({ driverError: { code: '42501' } });
    expect(await verdict()).toEqual([]);
  });

  it('and the owner neither, while the triggers are on', async () => {
    await append(dropped('one'));
    for (const sql of ['DELETE FROM audit_entry', 'TRUNCATE audit_entry', `UPDATE audit_entry SET act = 'x'`])
      await expect(town.database.asAdmin(sql)).rejects.toMatchObject({ code: '42501' });
    expect(await entries()).toHaveLength(1);
  });

  it('is told where it owns the log after all', async () => {
    const said = async () =>
      (await runCommand(town.services, auditCommands, 'audit', 'verify')).lines.join('\n');
    expect(await said()).not.toContain('tamper-evident');
    await town.database.asAdmin('GRANT UPDATE ON audit_entry TO onward');
    expect(await said()).toContain('only tamper-evident, not append-only');
    await town.database.asAdmin('REVOKE UPDATE ON audit_entry FROM onward');
    await town.database.asAdmin('GRANT onward_owner TO onward');
    try {
      expect(await said()).toContain('only tamper-evident, not append-only');
    } finally {
      await town.database.asAdmin('REVOKE onward_owner FROM onward');
    }
  });
});

describe('verifying', () => {
  beforeEach(eight);
  const signed = () => town.services(AuditHeadService).export();

  it('finds a whole log intact, however it is written', async () => {
    await append({
      act: 'message.decided',
      actor: { kind: 'shell', by: 'Ёлка:5:x-' },
      subject: { kind: 'member', id: randomUUID() },
      detail: { wave: 'nrd-a', step: '7:приглашение-', as: 'again' },
    });
    await signed();
    const { json, lines } = await verify();
    expect(json).toEqual([
      { intact: true, entries: 9, heads: 1, revisions: 0, erased: 0, appendOnly: true, findings: [] },
    ]);
    expect(lines).toEqual([]);
    const { lines: said } = await runCommand(town.services, auditCommands, 'audit', 'verify');
    expect(said).toEqual(['The log is intact: 9 entries, 0 sealed revisions of answers, 1 signed heads.']);
  });

  it.each([
    ['at', `at = at + interval '1 ms'`],
    ['act', `act = 'sending.paused'`],
    ['actor', `actor_id = 'Анна 6'`],
    ['kind of actor', `actor_kind = 'staff'`],
    ['study', `study_id = ''`],
    ['subject', `subject_kind = 'study', subject_id = 's'`],
    ['detail', `detail = '{}'`],
  ])('sees an edit of the %s', async (_, edit) => {
    await tamper(`UPDATE audit_entry SET ${edit} WHERE nr = 5`);
    expect(await verdict()).toEqual([['edited', 5]]);
    const { lines } = await runCommand(town.services, auditCommands, 'audit', 'verify');
    expect(lines).toContain('Entry 5 does not say any more what was written.');
    expect(lines.join('\n')).toContain('the first bad entry is 5');
  });

  it('sees an edit whose own hash was made anew', async () => {
    await tamper(
      `UPDATE audit_entry e SET actor_id = 'nobody' WHERE nr = 5`,
      `UPDATE audit_entry e SET hash = sha256(convert_to('onward-audit-1' || audit_field(e.nr::text) || audit_field(encode(e.previous, 'hex'))
         || audit_field(to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) || audit_field(e.act)
         || audit_field(e.actor_kind) || audit_field(e.actor_id) || audit_field(e.study_id) || audit_field(e.subject_kind)
         || audit_field(e.subject_id) || audit_field(e.detail), 'UTF8')) WHERE nr = 5`,
    );
    expect(await verdict()).toEqual([['unchained', 6]]);
  });

  it('sees an entry that is gone, at the beginning too', async () => {
    await tamper('DELETE FROM audit_entry WHERE nr IN (4, 5)');
    expect(await verdict()).toEqual([['missing', 4]]);
    await tamper('DELETE FROM audit_entry WHERE nr = 1');
    expect(await verdict()).toEqual([
      ['missing', 1],
      ['missing', 4],
    ]);
  });

  it('sees one that is gone although the others moved up', async () => {
    await tamper(
      'DELETE FROM audit_entry WHERE nr = 4',
      'UPDATE audit_entry SET nr = -nr WHERE nr > 4',
      'UPDATE audit_entry SET nr = -nr - 1 WHERE nr < 0',
      'UPDATE audit_head SET nr = 7',
    );
    expect((await verdict())?.slice(0, 2)).toEqual([
      ['unchained', 4],
      ['edited', 4],
    ]);
  });

  it('sees two that changed places, with their hashes or without', async () => {
    await tamper(
      'UPDATE audit_entry SET nr = 99 WHERE nr = 3',
      'UPDATE audit_entry SET nr = 3 WHERE nr = 4',
      'UPDATE audit_entry SET nr = 4 WHERE nr = 99',
    );
    expect((await verdict())?.[0]).toEqual(['unchained', 3]);
  });

  it('sees an entry that was put in between', async () => {
    await tamper(
      'UPDATE audit_entry SET nr = -nr WHERE nr > 4',
      'UPDATE audit_entry SET nr = -nr + 1 WHERE nr < 0',
      `INSERT INTO audit_entry (nr, at, act, actor_kind, previous, hash)
         SELECT 5, at, act, actor_kind, hash, sha256('') FROM audit_entry WHERE nr = 4`,
      'UPDATE audit_head SET nr = 9',
    );
    expect((await verdict())?.[0]).toEqual(['edited', 5]);
  });

  it('sees a tail that was cut off, by the head; with the head as well, by a signed one', async () => {
    await signed();
    await tamper('DELETE FROM audit_entry WHERE nr > 6');
    expect(await verdict()).toEqual([
      ['cut', 7],
      ['head', 7],
    ]);
    await tamper('UPDATE audit_head SET (nr, hash) = (SELECT nr, hash FROM audit_entry WHERE nr = 6)');
    expect(await verdict()).toEqual([['cut', 7]]);
    await rm(join(folder, 'heads'));
    const { lines } = await runCommand(town.services, auditCommands, 'audit', 'verify');
    expect(lines[1]).toBe('Without signed heads (--heads) a tail that was cut off with care is not seen.');
  });

  it('sees a log that was written anew from somewhere on, by a signed head', async () => {
    await signed();
    await append(dropped('later'));
    await tamper(`UPDATE audit_entry SET actor_id = 'nobody' WHERE nr = 3`);
    await town.database.asAdmin('ALTER TABLE audit_entry DISABLE TRIGGER ALL');
    await rechain(3);
    await town.database.asAdmin('ALTER TABLE audit_entry ENABLE TRIGGER ALL');
    expect(await verdict()).toEqual([['rewritten', 8]]);
  });

  it('sees what was written while the triggers were off, and that they are off', async () => {
    await town.database.asAdmin('ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_chain');
    await append(dropped('unseen'));
    expect(await verdict()).toEqual([
      ['unnumbered', null],
      ['guard_missing', null],
    ]);
    await town.database.asAdmin('DROP TRIGGER audit_entry_guard ON audit_entry');
    expect(await verdict()).toHaveLength(3);
  });

  it('reads more than a page', async () => {
    await db().transaction(async (tx) => {
      for (let nr = 0; nr < 1100; nr += 1) await town.services(AuditService).append(tx, dropped(`act ${nr}`));
    });
    const { json } = await verify();
    expect(json).toMatchObject([{ intact: true, entries: 1108 }]);
    await tamper('DELETE FROM audit_entry WHERE nr = 1050');
    expect(await verdict()).toEqual([['missing', 1050]]);
  });
});

describe('the head', () => {
  const heads = () => town.services(AuditHeadService);
  const file = () => join(folder, 'heads');

  it('is appended to a file that only its owner can read, once an hour', async () => {
    await append(dropped('one'));
    await heads().everyHour();
    await heads().everyHour();
    await append(dropped('two'));
    town.clock.moveTo(new Date(town.clock.now().getTime() + 3_600_000));
    await heads().everyHour();
    expect((await headsIn(file())).map(({ nr, at }) => [nr, at])).toEqual([
      [1, '2026-03-02T08:00:00.000Z'],
      [2, '2026-03-02T09:00:00.000Z'],
    ]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await verdict()).toEqual([]);
  });

  it('is checked with the public key alone, which another key’s signature does not pass', async () => {
    await append(dropped('one'));
    const {
      lines: [key = ''],
    } = await runCommand(town.services, auditCommands, 'audit', 'key');
    expect(Buffer.from(key, 'base64')).toHaveLength(32);
    const elsewhere = join(folder, 'elsewhere');
    await runCommand(town.services, auditCommands, 'audit', 'export-head', '--out', elsewhere);
    expect(await verdict('--heads', elsewhere, '--public-key', key)).toEqual([]);
    const other = publicKeyText(signingKey(Buffer.alloc(32, 9)));
    expect(await verdict('--heads', elsewhere, '--public-key', other)).toEqual([['forged_head', 1]]);
    await expect(verdict('--heads', elsewhere, '--public-key', 'short')).rejects.toMatchObject({
      code: 'access.invalid_public_key',
    });
  });

  it('that somebody changed is no witness', async () => {
    await append(dropped('one'));
    const [said] = (await runCommand(town.services, auditCommands, 'audit', 'export-head')).json;
    const forged = [
      { ...(said as object), nr: 2 },
      signHead(
        { nr: 1, hash: 'a'.repeat(64), at: '2026-03-02T08:00:00.000Z' },
        signingKey(Buffer.alloc(32, 1)),
      ),
    ];
    for (const head of forged) {
      const found = await town.services(AuditVerifyService).verify([head as never]);
      expect(found.findings.map(({ kind }) => kind)).toEqual(['forged_head']);
    }
    await expect(headsIn(join(import.meta.dirname, 'audit.test.ts'))).rejects.toMatchObject({
      code: 'access.invalid_heads',
    });
    await expect(readFile(file())).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

it('lists what was done, of a study, since an instant, of a kind', async () => {
  await append({ act: 'sending.paused', actor: anna, studyId: 's' });
  town.clock.moveTo(new Date('2026-03-03T08:00:00Z'));
  await append({ act: 'sending.resumed', actor: anna, studyId: 's' });
  await runCommand(town.services, queueCommands, 'queue', 'drop', '--by', 'Boris');
  const list = async (...words: string[]) =>
    (await runCommand(town.services, auditCommands, 'audit', 'list', ...words)).lines;
  expect(await list()).toEqual([
    '     1  2026-03-02T08:00:00.000Z  sending.paused  by shell Anna  s',
    '     2  2026-03-03T08:00:00.000Z  sending.resumed  by shell Anna  s',
    '     3  2026-03-03T08:00:00.000Z  queue.dropped  by shell Boris',
  ]);
  expect(await list('--study', 's')).toHaveLength(2);
  expect(await list('--since', '2026-03-03')).toHaveLength(2);
  expect(await list('--act', 'sending.paused')).toHaveLength(1);
  await expect(list('--act', 'x')).rejects.toMatchObject({ code: 'access.unknown_act' });
  expect((await runCommand(town.services, auditCommands, 'audit', 'list', '--since', 'noon')).code).toBe(2);
});
