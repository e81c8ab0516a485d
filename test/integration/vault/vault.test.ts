import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Problem } from '../../../src/kit/problem.js';
import { deriveKeys, keyedHash, seal, unseal } from '../../../src/vault/envelope.node.js';
import { holdCase } from '../../make/held-row.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

const MASTER_KEY = Buffer.alloc(32, 7);

let town: VaultTown;
let admin: pg.Client;
beforeAll(async () => {
  town = await vaultTown();
  admin = new pg.Client({ connectionString: town.database.vaultUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await town.close();
});

const add = (...emails: string[]) => town.add(...emails.map((email) => ({ email })));
const addressOf = (member: string) => town.vault.reach(town.study.id, member, 'email');
const counts = async () => {
  const { rows } = await admin.query<{ keys: number; points: number }>(
    'SELECT (SELECT count(*)::int FROM member_key) AS keys, (SELECT count(*)::int FROM contact_point) AS points',
  );
  const [{ members } = { members: 0 }] = await town.rows<{ members: number }>(
    'SELECT count(*)::int AS members FROM member',
  );
  return { ...rows[0], members };
};

describe('what stands in the vault', () => {
  it('is found again by the member, in the form in which it is written to', async () => {
    const [one, other] = await add(' Анна@Пример.example ', 'canary-91@Synthetic.EXAMPLE');
    expect(await addressOf(one!)).toBe('анна@пример.example');
    expect(await addressOf(other!)).toBe('canary-91@synthetic.example');
    expect(await addressOf(randomUUID())).toBeUndefined();
  });

  it('tells nobody without the key who is in the panel: no address, no id, no time', async () => {
    const [member] = await add('canary-92@synthetic.example');
    const { rows } = await admin.query<{ text: string; raw: Buffer }>(
      `SELECT t::text AS text FROM member_key t UNION ALL SELECT t::text FROM contact_point t`,
    );
    const dump = rows.map(({ text }) => text).join('\n');
    const plain = ['canary-92', 'synthetic', 'canary', member!, member!.replaceAll('-', '')];
    for (const word of plain)
      for (const form of [
        word,
        Buffer.from(word).toString('hex'),
        Buffer.from(word).toString('base64').slice(0, -2),
      ])
        expect(dump).not.toContain(form);
    const { rows: columns } = await admin.query<{ type: string }>(
      `SELECT DISTINCT data_type AS type FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('migrations', 'sending_mark')`,
    );
    expect(columns.map(({ type }) => type).sort()).toEqual(['bytea', 'integer', 'text']);
  });

  it('does not join to the panel by any value, nor by the order in which it was written', async () => {
    const emails = Array.from({ length: 40 }, (_, nr) => `order-${nr}@synthetic.example`);
    const members = await add(...emails);
    const owners = members.map((id) => keyedHash(deriveKeys(MASTER_KEY).owner, id).toString('hex'));
    const { rows } = await admin.query<{ owner: string }>(
      `SELECT encode(owner, 'hex') AS owner FROM contact_point WHERE owner = ANY($1::bytea[]) ORDER BY ctid`,
      [owners.map((owner) => Buffer.from(owner, 'hex'))],
    );
    expect(rows.map(({ owner }) => owner)).toEqual([...owners].sort());
  });

  it('is nobody’s under another key', async () => {
    const [member] = await add('canary-93@synthetic.example');
    const stranger = town.vaultWith({ masterKey: randomBytes(32) });
    expect(await stranger.reach(town.study.id, member!, 'email')).toBeUndefined();
  });

  it('cannot be moved: an address or a key that stands in another member’s place is unreadable', async () => {
    const members = await add(
      'canary-94@synthetic.example',
      'canary-95@synthetic.example',
      'canary-96@synthetic.example',
    );
    const [source, ...places] = members.map((id) => keyedHash(deriveKeys(MASTER_KEY).owner, id));
    await admin.query(
      'UPDATE contact_point SET value = (SELECT value FROM contact_point WHERE owner = $2) WHERE owner = $1',
      [places[0], source],
    );
    await admin.query(
      'UPDATE member_key SET wrapped_key = (SELECT wrapped_key FROM member_key WHERE owner = $2) WHERE owner = $1',
      [places[1], source],
    );
    expect(await addressOf(members[0]!)).toBe('canary-94@synthetic.example');
    for (const member of members.slice(1))
      await expect(addressOf(member)).rejects.toMatchObject({ code: 'vault.unreadable' });
  });

  it('stays readable when another master key wraps the member keys', async () => {
    const [member] = await add('canary-97@synthetic.example');
    const { owner: ownerKey, wrap } = deriveKeys(MASTER_KEY);
    const owner = keyedHash(ownerKey, member!);
    const place = (keyVersion: number) => ({ study: town.study.id, owner, column: 'member_key', keyVersion });
    const { rows } = await admin.query<{ wrapped_key: Buffer }>(
      'SELECT wrapped_key FROM member_key WHERE owner = $1',
      [owner],
    );
    const key = unseal(wrap, rows[0]!.wrapped_key, place(1));
    await admin.query('UPDATE member_key SET wrapped_key = $2, master_version = 2 WHERE owner = $1', [
      owner,
      seal(wrap, key, place(2)),
    ]);
    expect(await addressOf(member!)).toBe('canary-97@synthetic.example');
  });
});

describe('adding people', () => {
  it('adds all or none: an address that is taken, or is none, adds nobody', async () => {
    await add('taken@synthetic.example');
    const before = await counts();
    await expect(add('new-1@synthetic.example', 'Taken@synthetic.example')).rejects.toMatchObject({
      code: 'vault.contact_taken',
    });
    await expect(add('new-1@synthetic.example', 'no address')).rejects.toMatchObject({
      code: 'vault.invalid_contact',
    });
    await expect(add('same@synthetic.example', 'SAME@synthetic.example')).rejects.toMatchObject({
      code: 'vault.contact_taken',
    });
    expect(await counts()).toEqual(before);
    await add('new-1@synthetic.example');
  });

  it('never says whose address it is', async () => {
    const problem = await add('taken@synthetic.example').catch((cause: Problem) => cause);
    expect(JSON.stringify([problem, (problem as Problem).message])).not.toContain('taken@');
  });

  it('that was cut off between the two commits can be repeated, and takes nobody’s address away', async () => {
    const { db } = town;
    const [kept] = await add('kept@synthetic.example');
    const before = await counts();
    await db.query(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$`,
    );
    await db.query(
      `CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON member DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
    );
    await expect(add('stray@synthetic.example')).rejects.toThrow();
    await db.query('DROP FUNCTION fail CASCADE');
    expect(await counts()).toEqual({ ...before, points: before.points! + 1, keys: before.keys! + 1 });
    await expect(add('stray@synthetic.example', 'kept@synthetic.example')).rejects.toMatchObject({
      code: 'vault.contact_taken',
    });
    const [member] = await add('stray@synthetic.example');
    expect([await addressOf(member!), await addressOf(kept!)]).toEqual([
      'stray@synthetic.example',
      'kept@synthetic.example',
    ]);
    expect(await counts()).toEqual({
      keys: before.keys! + 1,
      points: before.points! + 1,
      members: before.members + 1,
    });
  });

  it('at once by two processes does not take one’s address for a leftover of the other', async () => {
    const { db } = town;
    await db.query(
      `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$`,
    );
    await db.query(
      `CREATE CONSTRAINT TRIGGER waits AFTER INSERT ON member DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()`,
    );
    const held = await holdCase(town.database.url, randomUUID());
    await held.client.query('SELECT pg_advisory_xact_lock(42)');
    const first = add('at-once@synthetic.example');
    await held.waiters(1); // committed to the vault and not yet to the panel
    const second = add('at-once@synthetic.example');
    await held.waiters(2);
    await held.release();
    const [member] = await first;
    await expect(second).rejects.toMatchObject({ code: 'vault.contact_taken' });
    await db.query('DROP FUNCTION wait CASCADE');
    expect(await addressOf(member!)).toBe('at-once@synthetic.example');
  });

  it('takes more than one batch', async () => {
    const ids = await add(...Array.from({ length: 1203 }, (_, nr) => `batch-${nr}@synthetic.example`));
    expect(new Set(ids).size).toBe(1203);
    expect(await addressOf(ids[1202]!)).toBe('batch-1202@synthetic.example');
  });
});

it('neither role can connect to the other’s database', async () => {
  const at = (url: string, database: string) => url.replace(/[^/]+$/, database);
  const nameOf = (url: string) => url.split('/').at(-1) ?? '';
  const { url, vaultUrl } = town.database;
  for (const crossed of [at(url, nameOf(vaultUrl)), at(vaultUrl, nameOf(url))]) {
    const client = new pg.Client({ connectionString: crossed });
    await expect(client.connect()).rejects.toMatchObject({ code: '42501' });
    await client.end().catch(() => undefined);
  }
});
