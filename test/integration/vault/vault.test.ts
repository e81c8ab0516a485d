import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { type Problem } from '../../../src/kit/problem.js';
import { holdCase } from '../../make/held-row.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

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
const ownersOf = async (members: readonly string[]) => {
  const { keys } = await town.vault.open();
  return members.map((id) => keys.ownerOf(id));
};
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
      `SELECT DISTINCT data_type AS type FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('migrations', 'sending_mark', 'tombstone')`,
    );
    expect(columns.map(({ type }) => type).sort()).toEqual(['bytea', 'integer', 'text']);
  });

  it('does not join to the panel by any value, nor by the order in which it was written', async () => {
    const emails = Array.from({ length: 40 }, (_, nr) => `order-${nr}@synthetic.example`);
    const members = await add(...emails);
    const owners = (await ownersOf(members)).map((owner) => owner.toString('hex'));
    const { rows } = await admin.query<{ owner: string }>(
      `SELECT encode(owner, 'hex') AS owner FROM contact_point WHERE owner = ANY($1::bytea[]) ORDER BY ctid`,
      [owners.map((owner) => Buffer.from(owner, 'hex'))],
    );
    expect(rows.map(({ owner }) => owner)).toEqual([...owners].sort());
  });

  it('stays shut under another key, which is told so and changes nothing', async () => {
    const [member] = await add('canary-93@synthetic.example');
    const before = await counts();
    const stranger = town.vaultWith({ masterKeys: [{ version: 1, key: randomBytes(32) }] });
    const wrong = { code: 'vault.key_wrong', details: { version: 1 } };
    await expect(stranger.reach(town.study.id, member!, 'email')).rejects.toMatchObject(wrong);
    await expect(stranger.put(town.study.id, member!, 'telegram', '7')).rejects.toMatchObject(wrong);
    await expect(stranger.ping()).rejects.toMatchObject(wrong);
    expect(await counts()).toEqual(before);
  });

  it('cannot be moved: an address or a key that stands in another member’s place is unreadable', async () => {
    const members = await add(
      'canary-94@synthetic.example',
      'canary-95@synthetic.example',
      'canary-96@synthetic.example',
    );
    const [source, ...places] = await ownersOf(members);
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
    const [kept] = await add('kept@synthetic.example');
    const before = await counts();
    await town.database.asOwner(
      `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cut off'; END $$`,
    );
    await town.database.asOwner(
      `CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON member DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION fail()`,
    );
    await expect(add('stray@synthetic.example')).rejects.toThrow();
    await town.database.asOwner('DROP FUNCTION fail CASCADE');
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
    await town.database.asOwner(
      `CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$`,
    );
    await town.database.asOwner(
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
    await town.database.asOwner('DROP FUNCTION wait CASCADE');
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
