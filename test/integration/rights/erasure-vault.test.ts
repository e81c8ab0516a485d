import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AuditVerifyService } from '../../../src/access/audit-verify.service.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { TABLES_OF_A_MEMBER } from '../../../src/rights/erasure.queries.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { ReceiptService } from '../../../src/rights/receipt.service.js';
import { appendTombstone, tombstonesOf } from '../../../src/vault/tombstone-file.node.js';
import { type Tombstone, tombstoneLine } from '../../../src/vault/tombstone.js';
import { TombstoneService } from '../../../src/vault/tombstone.service.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { type Field, inTheField, oneMoreInstance } from '../../make/field.js';
import { holding } from '../../make/held-row.js';
import { tracesOf } from '../../make/traces.js';
import { completeAnswers } from '../../make/wave-a-answers.js';

let folder: string;
let file: string;
let field: Field;
let vaultDb: pg.Client;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-test-'));
  file = join(folder, 'kept', 'tombstones');
  field = await inTheField(12, { env: { TOMBSTONES: file } });
  vaultDb = new pg.Client({ connectionString: field.database.vaultUrl });
  await vaultDb.connect();
});
afterAll(async () => {
  await vaultDb.end();
  await field.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  await rm(join(folder, 'kept'), { recursive: true, force: true });
  await mkdtemp(join(folder, 'kept-')).then((made) => rename(made, join(folder, 'kept')));
});

const idOf = (person: number): string => field.members[person] ?? '';
const erasure = () => field.services(ErasureService);
const end = () => field.services(ErasureEndService);
const tombstones = () => field.services(TombstoneService);
const vault = () => field.services(VaultService);
const erase = (person: number) => erasure().erase(idOf(person), anna);
const stateOf = async ({ code }: { code: string }) =>
  (await field.services(ReceiptService).check(code))?.state;
/** Until the vault owes nothing, whoever works it off. */
const ended = async () => {
  while ((await end().owed()).length > 0) await end().run();
};
const keyOf = async (person: number) => {
  const owner = (await vault().open()).keys.ownerOf(idOf(person));
  return (await vaultDb.query('SELECT FROM member_key WHERE owner = $1', [owner])).rowCount;
};
const nameOf = async (person: number) =>
  (await vault().open()).keys.tombstoneOf(idOf(person)).toString('hex');
const all = async (source: AsyncIterable<Tombstone>) => {
  const found: Tombstone[] = [];
  for await (const one of source) found.push(one);
  return found;
};
/** How often the ledger and the file have somebody. */
const kept = async (person: number) => {
  const name = await nameOf(person);
  const inFile = await all(tombstonesOf(file)).catch(() => []);
  return [await all(tombstones().all()), inFile].map(
    (each) => each.filter((one) => one.name === name).length,
  );
};

describe('the vault’s part', () => {
  test('is a tombstone in ledger and file, which names nobody, and the end of the key', async () => {
    const receipt = await erase(0);
    await ended();
    expect([await kept(0), await keyOf(0), await stateOf(receipt)]).toEqual([[1, 1], 0, 'done']);
    const line = await readFile(file, 'utf8');
    expect(line).toBe(`${tombstoneLine({ name: await nameOf(0), erasedOn: '2026-03-02' })}\n`);
    const owner = (await vault().open()).keys.ownerOf(idOf(0)).toString('hex');
    expect(line).not.toContain(owner);
    expect(await vaultDb.query('SELECT FROM contact_point')).toMatchObject({ rowCount: 11 });
  });

  test('is done once where a file cannot be written at first: until then the key stays', async () => {
    await rm(join(folder, 'kept'), { recursive: true });
    const receipt = await erase(1);
    await expect(ended()).rejects.toMatchObject({ code: 'ENOENT' });
    expect([await kept(1), await keyOf(1), await stateOf(receipt)]).toEqual([[1, 0], 1, 'under_way']);
    expect(await end().owed()).toMatchObject([{ memberId: idOf(1), erasedOn: '2026-03-02' }]);
    await mkdtemp(join(folder, 'kept-')).then((made) => rename(made, join(folder, 'kept')));
    await ended();
    expect([await kept(1), await keyOf(1), await stateOf(receipt)]).toEqual([[1, 1], 0, 'done']);
  });

  test('is done once where the vault’s server ends the connection before the key is gone', async () => {
    const owner = (await vault().open()).keys.ownerOf(idOf(2));
    const row = await holding(field.database.vaultUrl, 'SELECT FROM member_key WHERE owner = $1 FOR UPDATE', [
      owner,
    ]);
    const receipt = await erase(2);
    const trying = end().run();
    await row.waiters(1);
    await vaultDb.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    await trying.catch(() => undefined); // this one, or the worker that was told
    expect([await kept(2), await keyOf(2), await stateOf(receipt)]).toEqual([[1, 1], 1, 'under_way']);
    await row.release();
    await ended();
    expect([await kept(2), await keyOf(2), await stateOf(receipt)]).toEqual([[1, 1], 0, 'done']);
  });

  test('is done once where a crash comes after the key is gone', async () => {
    await field.database.asOwner(
      `CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'crash' USING ERRCODE = 'ZZ001'; END $$`,
    );
    await field.database.asOwner(
      'CREATE TRIGGER crash BEFORE DELETE ON erasure_owed FOR EACH ROW EXECUTE FUNCTION crash()',
    );
    const receipt = await erase(3);
    await expect(ended()).rejects.toMatchObject({ code: 'ZZ001' });
    expect([await kept(3), await keyOf(3), await stateOf(receipt)]).toEqual([[1, 1], 0, 'under_way']);
    await field.database.asOwner('DROP FUNCTION crash CASCADE');
    await ended();
    expect([await kept(3), await keyOf(3), await stateOf(receipt)]).toEqual([[1, 1], 0, 'done']);
  });

  test('follows an erasure in a process that has no vault, by a sweep', async () => {
    const web = await oneMoreInstance(field, {
      role: 'web',
      vaultDatabaseUrl: undefined,
      masterKeys: undefined,
    });
    const receipt = await web.services(ErasureService).erase(idOf(4), { kind: 'member', memberId: idOf(4) });
    await web.services(ErasureEndService).sweep(); // not this process's to do
    await web.close();
    await field.rows(`DELETE FROM cron_run WHERE name = 'rights.erasure'`);
    while ((await end().owed()).length > 0) {
      await field.rows(`DELETE FROM cron_run WHERE name = 'rights.erasure'`);
      await end().sweep();
    }
    expect([await kept(4), await keyOf(4), await stateOf(receipt)]).toEqual([[1, 1], 0, 'done']);
  });

  test('leaves an address on the suppression list there, and puts none on it', async () => {
    await vault().suppress(field.study.id, 'email', field.emailOf(5), 'complaint');
    await erase(5);
    await ended();
    const suppressed = [5, 0].map((person) => ({ channel: 'email' as const, value: field.emailOf(person) }));
    expect(await vault().suppressed(field.study.id, suppressed)).toEqual([true, false]);
  });
});

describe('an address of somebody erased', () => {
  test('is not stored any more', async () => {
    await expect(vault().put(field.study.id, idOf(0), 'telegram', '77123')).rejects.toMatchObject({
      code: 'vault.member_erased',
    });
    expect(await keyOf(0)).toBe(0);
  });

  test('that is being stored while they are forgotten is forgotten, too', async () => {
    const { keys } = await vault().open();
    const index = keys.indexOf(field.study.id, 'telegram', '77456');
    await tombstones().forget(idOf(6)); // as if they had none
    const other = await holding(
      field.database.vaultUrl,
      `INSERT INTO member_key VALUES ('\\x01', '\\x02', 1)`,
    );
    await other.client.query(`INSERT INTO contact_point VALUES ('\\x01', 'telegram', '\\x03', $1)`, [index]);
    const storing = vault().put(field.study.id, idOf(6), 'telegram', '77456');
    await other.waiters(1); // their new key stands, and is not committed
    await tombstones().bury(idOf(6), '2026-03-02');
    const forgetting = tombstones().forget(idOf(6));
    await other.waiters(2);
    await other.client.query('ROLLBACK');
    await Promise.all([other.release(), storing, forgetting]);
    expect(await keyOf(6)).toBe(0);
  });
});

describe('after a restore that brought somebody back', () => {
  const CANARY = 'canary-77aa';
  const PERSON = 7;
  let main: { table: string; row: unknown }[];
  let secret: { table: string; row: unknown }[];
  beforeAll(async () => {
    const phone = await field.visit(PERSON);
    await phone.submit(0, completeAnswers(4, { last_word: CANARY }));
    const owner = (await vault().open()).keys.ownerOf(idOf(PERSON));
    main = [];
    for (const table of [...TABLES_OF_A_MEMBER, 'member'])
      for (const { row } of await field.rows<{ row: unknown }>(
        `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${table === 'member' ? 'id' : 'member_id'} = $1`,
        [idOf(PERSON)],
      ))
        main.unshift({ table, row });
    secret = [];
    for (const table of ['member_key', 'contact_point'])
      for (const { row } of (
        await vaultDb.query<{ row: unknown }>(`SELECT to_jsonb(t) AS row FROM ${table} t WHERE owner = $1`, [
          owner,
        ])
      ).rows)
        secret.push({ table, row });
  });
  const bringBack = async () => {
    const into = (table: string) =>
      `INSERT INTO ${table} SELECT * FROM jsonb_populate_record(NULL::${table}, $1)`;
    await field.rows('DELETE FROM left_session'); // it did not know either
    for (const { table, row } of main) await field.database.asAdmin(into(table), [row]);
    for (const { table, row } of secret) await vaultDb.query(into(table), [row]);
    expect(await vault().reach(field.study.id, idOf(PERSON), 'email')).toBe(field.emailOf(PERSON));
    expect((await tracesOf(field.database, [CANARY])).length).toBe(2);
  };
  const nobody = async () => {
    expect([await keyOf(PERSON), (await end().owed()).length]).toEqual([0, 0]);
    expect(await tracesOf(field.database, [CANARY, idOf(PERSON)])).toEqual(['main public.audit_entry']);
    expect((await field.services(AuditVerifyService).verify()).findings).toEqual([]);
  };

  test('they are erased again by the file, and the ledger knows them again', async () => {
    await erase(PERSON);
    await ended();
    await vaultDb.query('TRUNCATE tombstone');
    await bringBack();
    expect(await erasure().replay(tombstonesOf(file))).toBe(1);
    await nobody();
    expect(await kept(PERSON)).toEqual([1, 1]);
    expect(await erasure().replay(tombstonesOf(file))).toBe(0);
    expect((await field.rows('SELECT FROM member')).length).toBe(5);
  });

  test('they are erased again by the ledger that came back with them', async () => {
    await bringBack();
    expect(await erasure().replay(tombstonesOf(await emptyFile()))).toBe(1);
    await nobody();
  });

  test('a file that is none erases nobody of whom it tells, and a day in the ledger stays', async () => {
    await appendTombstone(file, { name: await nameOf(8), erasedOn: '2026-03-02' });
    await writeFile(file, `${await readFile(file, 'utf8')}nothing\n`);
    await expect(erasure().replay(tombstonesOf(file))).rejects.toMatchObject({ code: 'vault.no_tombstone' });
    expect(await keyOf(8)).toBe(1);
    await tombstones().remember([{ name: await nameOf(PERSON), erasedOn: '2027-01-01' }]);
    const [day] = (await all(tombstones().all())).filter(({ erasedOn }) => erasedOn !== '2026-03-02');
    expect(day).toBeUndefined();
  });

  async function emptyFile(): Promise<string> {
    const empty = join(folder, 'empty');
    await writeFile(empty, '');
    return empty;
  }
});
