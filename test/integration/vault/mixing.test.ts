import pg from 'pg';
import { dateOf } from '../../../src/kit/clock.js';
import { MixingService } from '../../../src/vault/mixing.service.js';
import { holding } from '../../make/held-row.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

let town: VaultTown;
let mixing: MixingService;
let admin: pg.Client;
const members: string[] = [];
beforeAll(async () => {
  town = await vaultTown();
  mixing = new MixingService(town.db, town.clock, town.config, town.vault);
  admin = new pg.Client({ connectionString: town.database.vaultUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await town.close();
});

const TABLES = ['member_key', 'contact_point', 'suppressed_address', 'tombstone'];
const emailOf = (nr: number) => `mixed-${nr}@synthetic.example`;
/** One after the other, each by a transaction of their own, as staff enrol people. */
async function enrolOne(): Promise<void> {
  const nr = members.length;
  const [member] = await town.add({ email: emailOf(nr) });
  members.push(member!);
  await town.vault.put(town.study.id, member!, 'telegram', String(1000 + nr));
  await town.vault.suppress(town.study.id, 'email', `gone-${nr}@synthetic.example`, 'bounced');
  await admin.query(`INSERT INTO tombstone VALUES (sha256($1::text::bytea), $2)`, [
    nr,
    dateOf(town.clock.now()),
  ]);
}
const transactions = async () =>
  (await admin.query(TABLES.map((table) => `SELECT xmin::text FROM ${table}`).join(' UNION '))).rowCount;
const content = async () => {
  const rows: unknown[] = [];
  for (const table of TABLES)
    rows.push((await admin.query(`SELECT t::text AS row FROM ${table} t ORDER BY 1`)).rows);
  return rows;
};

it('stores what came in one by one as if all had come at once, in no order of theirs', async () => {
  for (let nr = 0; nr < 12; nr += 1) await enrolOne();
  expect(await transactions()).toBeGreaterThan(12);
  const before = await content();
  expect(await mixing.mix()).toBe(true);
  expect(await transactions()).toBe(1);
  expect(await content()).toEqual(before);
  const { rows } = await admin.query<{ owner: Buffer }>('SELECT owner FROM contact_point ORDER BY ctid');
  expect(rows.map(({ owner }) => owner)).toEqual(rows.map(({ owner }) => owner).sort(Buffer.compare));
  expect(await mixing.mix()).toBe(false);
  for (const [nr, member] of members.entries())
    expect(await town.vault.reach(town.study.id, member, 'email')).toBe(emailOf(nr));
});

it('leaves nothing of what stood there before in the tables’ files', async () => {
  await enrolOne();
  await mixing.mix();
  const { rows } = await admin.query<{ dead: number }>(
    `SELECT sum(pg_relation_size(c.oid))::int / 8192 - count(*)::int AS dead FROM pg_class c WHERE relname = ANY($1)`,
    [TABLES],
  );
  expect(rows[0]?.dead).toBeLessThanOrEqual(2); // some pages of ciphertexts, and not twice as many
});

it('does not wait for a reader of long, nor is one that began before kept from anything', async () => {
  await enrolOne();
  const reader = await holding(town.database.vaultUrl, 'SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
  const count = async () => (await reader.client.query('SELECT FROM contact_point')).rowCount;
  const before = await count();
  await expect(mixing.mix()).rejects.toMatchObject({ driverError: { code: '55P03' } }); // stored anew; the files are held
  expect(await count()).toBe(before);
  await reader.release();
  expect(await transactions()).toBe(1);
  expect([await mixing.mix(), await mixing.mix()]).toEqual([true, false]);
});

it('is done once an hour by one of all processes, and what it trips over keeps no other work back', async () => {
  await enrolOne();
  const others = [mixing, new MixingService(town.db, town.clock, town.config, town.vault)];
  const held = await holding(town.database.vaultUrl, 'LOCK TABLE contact_point IN ROW EXCLUSIVE MODE');
  await Promise.all(others.map((one) => one.everyHour()));
  await held.release();
  expect(await transactions()).toBeGreaterThan(1);
  await mixing.everyHour();
  expect(await transactions()).toBeGreaterThan(1); // the hour was claimed
  town.clock.moveTo(new Date(town.clock.now().getTime() + 3_600_000));
  await Promise.all(others.map((one) => one.everyHour()));
  expect(await transactions()).toBe(1);
});

it('does nothing in a process without the vault', async () => {
  await enrolOne();
  town.clock.moveTo(new Date(town.clock.now().getTime() + 3_600_000));
  const none = { ...town.config, vaultDatabaseUrl: undefined, masterKeys: undefined };
  await new MixingService(town.db, town.clock, none, town.vaultWith(none)).everyHour();
  expect(await transactions()).toBeGreaterThan(1);
});

it('how long a value is tells nothing: addresses of all lengths take the same room', async () => {
  const [short, long] = await town.add(
    { email: 'a@b.example' },
    { email: `${'long-'.repeat(12)}@synthetic.example` },
  );
  const { keys } = await town.vault.open();
  const { rows } = await admin.query<{ bytes: number }>(
    `SELECT DISTINCT octet_length(value) AS bytes FROM contact_point WHERE channel = 'email' AND owner = ANY($1::bytea[])`,
    [[short!, long!].map((id) => keys.ownerOf(id))],
  );
  expect(rows).toEqual([{ bytes: 1 + 12 + 16 + 128 }]);
});
