import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { AuditService } from '../../../src/access/audit.service.js';
import { type MasterKey } from '../../../src/kit/master-keys.js';
import { deriveKeys, keyedHash } from '../../../src/vault/envelope.node.js';
import { EnrolmentService } from '../../../src/vault/enrolment.service.js';
import { KeyRotationService } from '../../../src/vault/key-rotation.service.js';
import { sealBox } from '../../../src/vault/sealed-box.node.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { holding } from '../../make/held-row.js';
import { testDatabase } from '../../make/postgres.js';
import { killAll, launch, onward, until } from '../../make/processes.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

/** The test's own lock, for which a trigger waits. */
const GATE = 42;
const OLD: MasterKey = { version: 1, key: Buffer.alloc(32, 7) }; // the town's
const NEW: MasterKey = { version: 2, key: Buffer.alloc(32, 8) };

let town: VaultTown;
let admin: pg.Client;
beforeEach(async () => {
  town = await vaultTown();
  admin = new pg.Client({ connectionString: town.database.vaultUrl });
  await admin.connect();
});
afterEach(async () => {
  await killAll();
  await admin.end();
  await town.close();
});

const withKeys = (...masterKeys: MasterKey[]) => town.vaultWith({ masterKeys });
const rotationOf = (vault: VaultService) =>
  new KeyRotationService(town.db, vault, new AuditService(town.clock));
const emails = (count: number, name = 'person') =>
  Array.from({ length: count }, (_, nr) => `${name}-${nr}@synthetic.example`);
const addAll = (all: string[]) => town.add(...all.map((email) => ({ email })));
const addressesIn = async (vault: VaultService, members: readonly string[]) =>
  (
    await vault.reachMany(
      town.study.id,
      members.map((memberId) => ({ memberId, channel: 'email' })),
    )
  ).map((reach) => ('to' in reach ? reach.to : reach.none));
const wraps = async (vault: VaultService) => (await rotationOf(vault).status()).wraps;
/** All rows of the vault as they stand, to see that nothing changed, and to put them elsewhere. */
const TABLES = ['vault_secret', 'member_key', 'contact_point', 'suppressed_address'];
const rowsOf = async (from: pg.Client) => {
  const all: [string, unknown[]][] = [];
  for (const table of TABLES)
    all.push([table, (await from.query(`SELECT * FROM ${table} AS t ORDER BY t::text`)).rows]);
  return all;
};

it('a new master key takes the place of the old one while people enrol, and all stay readable and findable without the old one', async () => {
  const before = await addAll(emails(1203));
  await town.vault.suppress(town.study.id, 'email', 'gone@synthetic.example', 'bounced');
  const box = sealBox(await town.vault.sealingKey(town.study.id), Buffer.from('note'), {
    study: town.study.id,
    purpose: 'p',
  });
  const both = withKeys(NEW, OLD);
  const enrolment = new EnrolmentService(town.db, town.clock, both, new AuditService(town.clock));
  const person = (email: string) => ({
    email,
    hostCountry: 'SRB',
    locale: 'ru',
    cohort: 'baseline',
    recruitmentSource: 'test',
    synthetic: true,
  });
  const left: number[] = [];
  const meanwhile: Promise<string[]>[] = [];
  const rotation = await rotationOf(both).rotate(anna, (count) => {
    left.push(count);
    meanwhile.push(
      enrolment.add(town.study.id, [person(`meanwhile-${left.length}@synthetic.example`)], anna),
    );
  });
  const added = (await Promise.all(meanwhile)).flat();
  expect(rotation).toEqual({ version: 2, rewrapped: 1203, unreadable: 0, isDone: true });
  expect(left).toEqual([1003, 803, 603, 403, 203, 3, 0]);
  expect(await wraps(both)).toEqual([{ version: 2, members: 1203 + 7, lookupSecret: true }]);

  const alone = withKeys(NEW);
  expect(await addressesIn(alone, before)).toEqual(emails(1203));
  expect(await addressesIn(alone, added)).toEqual(
    added.map((_, nr) => `meanwhile-${nr + 1}@synthetic.example`),
  );
  const pages = async function* () {
    yield await Promise.resolve(before);
  };
  expect(await alone.findMember(town.study.id, 'email', 'person-7@synthetic.example', pages())).toBe(
    before[7],
  );
  const gone = { channel: 'email' as const, value: 'gone@synthetic.example' };
  expect(await alone.suppressed(town.study.id, [gone])).toEqual([true]);
  expect((await alone.openSealed(town.study.id, 'p', box)).toString()).toBe('note');
  const acts = await town.rows(
    `SELECT act, actor_id, detail FROM audit_entry WHERE act LIKE 'keys.%' ORDER BY nr`,
  );
  expect(acts).toEqual([
    { act: 'keys.rotation_begun', actor_id: 'Anna', detail: '{"left":1203,"version":2}' },
    { act: 'keys.rotated', actor_id: 'Anna', detail: '{"left":0,"rewrapped":1203,"version":2}' },
  ]);
});

it('killed in the middle it leaves all readable, and the next run does the rest', async () => {
  const members = await addAll(emails(500));
  const environment = {
    DATABASE_URL: town.database.url,
    VAULT_DATABASE_URL: town.database.vaultUrl,
    VAULT_MASTER_KEY: [NEW, OLD].map(({ version, key }) => `${version}:${key.toString('base64')}`).join(),
    STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
    SMTP_URL: 'smtp://127.0.0.1:1',
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: 'http://127.0.0.1:1',
  };
  const { rows } = await admin.query<{ owner: Buffer }>(
    'SELECT owner FROM member_key ORDER BY owner OFFSET 299',
  );
  await admin.query(`
    CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(${GATE}); RETURN NEW; END $$;
    CREATE TRIGGER waits BEFORE UPDATE ON member_key FOR EACH ROW
      WHEN (old.owner = '\\x${rows[0]!.owner.toString('hex')}') EXECUTE FUNCTION wait()`);
  const held = await holding(town.database.vaultUrl, `SELECT pg_advisory_xact_lock(${GATE})`);
  const rotating = launch(environment, ['dist/src/cli.js', 'keys', 'rotate', '--by', 'boris']);
  await until(
    'the first batch is done',
    async () => (await admin.query('SELECT FROM member_key WHERE master_version = 2')).rowCount === 200,
    60,
  );
  await held.waiters(1); // the second one is half done
  rotating.signal('SIGKILL');
  expect(await rotating.ended).toBe('SIGKILL');
  await held.release();
  await admin.query('DROP FUNCTION wait CASCADE'); // waits until the database has noticed, too

  const both = withKeys(NEW, OLD);
  const status = await wraps(both);
  expect(status.map(({ version, members: count }) => [version, count])).toEqual([
    [2, 200],
    [1, 300],
  ]);
  expect(await addressesIn(both, members)).toEqual(emails(500));
  const said = await onward(environment, 'keys', 'status');
  expect(said).toContain("Master key 2 (newest): members' keys: 200, and the lookup secret\n");
  expect(said).toContain('onward keys rotate');
  expect(await onward(environment, 'keys', 'rotate')).toContain(
    'Put under master key 2: 300\nOlder master keys may leave',
  );
  expect(await onward(environment, 'keys', 'status')).toContain('No master key but 2 is needed here.');
  expect(await addressesIn(withKeys(NEW), members)).toEqual(emails(500));
});

it('two runs at once put each key under the new one once', async () => {
  const members = await addAll(emails(500));
  const runs = await Promise.all([1, 2].map(() => rotationOf(withKeys(NEW, OLD)).rotate(anna)));
  expect(runs.map(({ isDone }) => isDone)).toEqual([true, true]);
  expect(runs[0]!.rewrapped + runs[1]!.rewrapped).toBe(500);
  expect(await addressesIn(withKeys(NEW), members)).toEqual(emails(500));
});

it('a key that somebody holds is waited for, and what they store under it stays readable', async () => {
  const [member] = await addAll(emails(1));
  const held = await holding(town.database.vaultUrl, 'SELECT FROM member_key FOR NO KEY UPDATE');
  const rotating = rotationOf(withKeys(NEW, OLD)).rotate(anna);
  await held.waiters(1);
  await held.release();
  expect(await rotating).toMatchObject({ rewrapped: 1, isDone: true });
  expect(await addressesIn(withKeys(NEW), [member!])).toEqual(emails(1));
});

it('whoever stores keys just now is waited for: no old one comes after the last look', async () => {
  await addAll(emails(1));
  const held = await holding(town.database.vaultUrl, 'LOCK TABLE contact_point IN SHARE MODE');
  const adding = town.vault.put(town.study.id, randomUUID(), 'telegram', '77');
  await held.waiters(1); // has added a key under the old one, uncommitted
  const rotating = rotationOf(withKeys(NEW, OLD)).rotate(anna);
  await held.waiters(2);
  await held.release();
  await adding;
  expect(await rotating).toMatchObject({ rewrapped: 2, isDone: true });
});

it('a process that lacks the new key goes on reading what it can, and stores nothing that the new one would not open', async () => {
  const [member] = await addAll(emails(1));
  const old = withKeys(OLD);
  await old.open();
  await withKeys(NEW, OLD).put(town.study.id, randomUUID(), 'telegram', '78'); // deployed here, and not there yet
  await old.put(town.study.id, member!, 'telegram', '79');
  await rotationOf(withKeys(NEW, OLD)).rotate(anna);
  const missing = { code: 'vault.key_missing', details: { version: 2 } };
  const enrolment = new EnrolmentService(town.db, town.clock, old, new AuditService(town.clock));
  const before = [await rowsOf(admin), await town.rows('SELECT count(*) FROM member')];
  const someone = {
    hostCountry: 'SRB',
    locale: 'ru',
    cohort: 'x',
    recruitmentSource: 'x',
    email: 'new@synthetic.example',
  };
  await expect(enrolment.add(town.study.id, [someone], anna)).rejects.toMatchObject(missing);
  await expect(old.put(town.study.id, member!, 'email', 'new@synthetic.example')).rejects.toMatchObject(
    missing,
  );
  await expect(addressesIn(old, [member!])).rejects.toMatchObject(missing);
  await expect(withKeys(OLD).ping()).rejects.toMatchObject(missing);
  await expect(rotationOf(old).rotate(anna)).rejects.toMatchObject(missing);
  expect([await rowsOf(admin), await town.rows('SELECT count(*) FROM member')]).toEqual(before);
  expect(await withKeys(NEW).reach(town.study.id, member!, 'telegram')).toBe('79');
});

it('yesterday’s backup is read with yesterday’s key alone', async () => {
  const members = await addAll(emails(20));
  const yesterday = await rowsOf(admin);
  await rotationOf(withKeys(NEW, OLD)).rotate(anna);
  const elsewhere = await testDatabase();
  const restored = new pg.Client({ connectionString: elsewhere.vaultUrl });
  await restored.connect();
  try {
    for (const [table, rows] of yesterday)
      for (const row of rows as Record<string, unknown>[])
        await restored.query(
          `INSERT INTO ${table} (${Object.keys(row).join()}) VALUES (${Object.keys(row)
            .map((_, at) => `$${at + 1}`)
            .join()})`,
          Object.values(row),
        );
    const there = (...masterKeys: MasterKey[]) =>
      town.vaultWith({ vaultDatabaseUrl: elsewhere.vaultUrl, masterKeys });
    expect(await addressesIn(there(OLD), members)).toEqual(emails(20));
    await expect(addressesIn(there(NEW), members)).rejects.toMatchObject({
      code: 'vault.key_missing',
      details: { version: 1 },
    });
    await expect(addressesIn(there({ ...NEW, version: 1 }), members)).rejects.toMatchObject({
      code: 'vault.key_wrong',
    });
    await expect(addressesIn(withKeys(OLD), members)).rejects.toMatchObject({ code: 'vault.key_missing' });
  } finally {
    for (const one of [restored]) await one.end();
    await elsewhere.drop();
  }
});

describe('a wrong key', () => {
  it('under either version is told before anything changes', async () => {
    await addAll(emails(3));
    const before = await rowsOf(admin);
    const wrong = { version: 1, key: randomBytes(32) };
    for (const vault of [withKeys(wrong), withKeys(NEW, wrong)])
      await expect(rotationOf(vault).rotate(anna)).rejects.toMatchObject({
        code: 'vault.key_wrong',
        details: { version: 1 },
      });
    expect(await rowsOf(admin)).toEqual(before);
  });

  it('beside a right one is found while a rotation is under way, not taken for altered addresses', async () => {
    const [member] = await addAll(emails(1));
    const { keys } = await withKeys(NEW, OLD).open();
    await admin.query('INSERT INTO vault_secret VALUES (2, $1)', [
      keys.master.wrap(keys.lookupSecret, { study: '', owner: Buffer.alloc(0), column: 'lookup secret' }),
    ]);
    const half = withKeys(NEW, { version: 1, key: randomBytes(32) });
    await expect(addressesIn(half, [member!])).rejects.toMatchObject({ code: 'vault.key_wrong' });
  });
});

describe('a vault from before there were lookup secrets', () => {
  /** As one of before: it holds something, and no secret. */
  beforeEach(() => admin.query(`INSERT INTO suppressed_address VALUES ('email', '\\x00', 'staff')`));

  it('keeps its names, by the first key, until and after it gets another', async () => {
    const members = await addAll(emails(5));
    const ofBefore = deriveKeys(OLD.key);
    const named = await admin.query<{ owner: Buffer }>('SELECT owner FROM member_key ORDER BY owner');
    const names = members.map((id) => keyedHash(ofBefore.owner, id)).sort(Buffer.compare);
    expect(named.rows.map(({ owner }) => owner)).toEqual(names);
    const sealing = await town.vault.sealingKey(town.study.id);
    const both = withKeys(NEW, OLD);
    expect(await addressesIn(both, members)).toEqual(emails(5));
    expect((await admin.query('SELECT FROM vault_secret')).rowCount).toBe(0);
    expect(await rotationOf(both).rotate(anna)).toMatchObject({ rewrapped: 5, isDone: true });
    const alone = withKeys(NEW);
    expect(await addressesIn(alone, members)).toEqual(emails(5));
    expect(await alone.sealingKey(town.study.id)).toEqual(sealing);
    expect((await alone.open()).keys.ownerOf(members[0]!)).toEqual(keyedHash(ofBefore.owner, members[0]!));
  });

  it('is not rotated by a key that is not its own', async () => {
    await addAll(emails(2));
    const before = await rowsOf(admin);
    const stranger = rotationOf(withKeys(NEW, { version: 1, key: randomBytes(32) }));
    await expect(stranger.rotate(anna)).rejects.toMatchObject({ code: 'vault.key_wrong' });
    await expect(rotationOf(withKeys(NEW)).rotate(anna)).rejects.toMatchObject({ code: 'vault.key_missing' });
    expect(await rowsOf(admin)).toEqual(before);
  });
});

it('a new vault has a lookup secret of its own, the same for all who open it at once', async () => {
  const opened = await Promise.all([1, 2, 3].map(() => withKeys(OLD)).map((one) => one.open()));
  const [first, ...others] = opened.map(({ keys }) => keys.lookupSecret);
  for (const other of others) expect(other).toEqual(first);
  const { owner, index, sealing } = deriveKeys(OLD.key);
  for (const part of [owner, index, sealing]) expect(first!.includes(part)).toBe(false);
});

it('a key that was altered stays as it is, is told, and keeps the old master key in use', async () => {
  const members = await addAll(emails(5));
  const { keys } = await town.vault.open();
  await admin.query(
    'UPDATE member_key SET wrapped_key = set_byte(wrapped_key, 40, get_byte(wrapped_key, 40) # 1) WHERE owner = $1',
    [keys.ownerOf(members[0]!)],
  );
  const both = withKeys(NEW, OLD);
  for (const rewrapped of [4, 0])
    expect(await rotationOf(both).rotate(anna)).toEqual({
      version: 2,
      rewrapped,
      unreadable: 1,
      isDone: false,
    });
  expect(await wraps(both)).toEqual([
    { version: 2, members: 4, lookupSecret: true },
    { version: 1, members: 1, lookupSecret: true },
  ]);
  expect(await addressesIn(both, members)).toEqual(['unreadable', ...emails(5).slice(1)]);
});

describe('a ciphertext in another place is not read:', () => {
  /** Two people with an address in each of two channels. */
  async function twoPeople() {
    const members = await addAll(emails(2));
    for (const [nr, member] of members.entries())
      await town.vault.put(town.study.id, member, 'telegram', String(900 + nr));
    const { keys } = await town.vault.open();
    return { members, owners: members.map((id) => keys.ownerOf(id)) };
  }
  const reads = (member: string, channel: 'email' | 'telegram', study = town.study.id) =>
    town.vault.reach(study, member, channel);
  const unreadable = { code: 'vault.unreadable' };

  it('one person’s value in another’s row, on the same channel', async () => {
    const { members, owners } = await twoPeople();
    await admin.query(
      `UPDATE contact_point p SET value = o.value FROM contact_point o
       WHERE p.owner = $1 AND o.owner = $2 AND p.channel = o.channel`,
      owners,
    );
    for (const channel of ['email', 'telegram'] as const)
      await expect(reads(members[0]!, channel)).rejects.toMatchObject(unreadable);
    expect(await reads(members[1]!, 'email')).toBe('person-1@synthetic.example');
  });

  it('a value in another channel of the same person', async () => {
    const { members, owners } = await twoPeople();
    await admin.query(
      `UPDATE contact_point p SET value = o.value FROM contact_point o
       WHERE p.owner = $1 AND o.owner = $1 AND p.channel <> o.channel`,
      [owners[0]],
    );
    for (const channel of ['email', 'telegram'] as const)
      await expect(reads(members[0]!, channel)).rejects.toMatchObject(unreadable);
  });

  it('wrapped keys that were exchanged, with or without their values, or under another version', async () => {
    const { members, owners } = await twoPeople();
    await admin.query(
      `UPDATE member_key k SET wrapped_key = o.wrapped_key FROM member_key o
       WHERE k.owner = ANY($1::bytea[]) AND o.owner = ANY($1::bytea[]) AND k.owner <> o.owner`,
      [owners],
    );
    for (const member of members) await expect(reads(member, 'email')).rejects.toMatchObject(unreadable);
    await admin.query(
      `UPDATE contact_point p SET value = o.value FROM contact_point o WHERE p.owner <> o.owner AND p.channel = o.channel`,
    );
    for (const member of members) await expect(reads(member, 'email')).rejects.toMatchObject(unreadable);
    await admin.query('UPDATE member_key SET master_version = 2');
    await expect(
      withKeys({ ...NEW, key: OLD.key }, OLD).reach(town.study.id, members[0]!, 'email'),
    ).rejects.toMatchObject(unreadable);
  });

  it('under another study, and a lookup secret in a member’s place', async () => {
    const { members, owners } = await twoPeople();
    await expect(reads(members[0]!, 'email', 'another-study')).rejects.toMatchObject(unreadable);
    await admin.query(
      'UPDATE member_key SET wrapped_key = (SELECT wrapped FROM vault_secret) WHERE owner = $1',
      [owners[0]],
    );
    await expect(reads(members[0]!, 'email')).rejects.toMatchObject(unreadable);
    await admin.query(
      'UPDATE vault_secret SET wrapped = (SELECT wrapped_key FROM member_key WHERE owner = $1)',
      [owners[1]],
    );
    await expect(withKeys(OLD).reach(town.study.id, members[1]!, 'email')).rejects.toMatchObject({
      code: 'vault.key_wrong',
    });
  });
});
