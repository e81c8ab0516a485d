import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { type PostalAddress } from '../../../src/panel/new-member.js';
import { memberPages } from '../../../src/panel/panel.queries.js';
import { type VaultKeys } from '../../../src/vault/vault-keys.node.js';
import { addTrouble, clearTrouble } from '../../../src/vault/trouble.queries.js';
import { type VaultService } from '../../../src/vault/vault.service.js';
import { vaultTown, type VaultTown } from '../../make/vault-town.js';

const POSTAL: PostalAddress = {
  name: 'Анна Синтетическая',
  lines: ['Улица 1', 'стан 2'],
  postcode: '11000',
  city: 'Београд',
  country: 'SRB',
};

let town: VaultTown;
let keys: VaultKeys;
let vault: VaultService;
let study: string;
let admin: pg.Client;
beforeAll(async () => {
  town = await vaultTown();
  vault = town.vault;
  study = town.study.id;
  ({ keys } = await vault.open());
  admin = new pg.Client({ connectionString: town.database.vaultUrl });
  await admin.connect();
});
afterAll(async () => {
  await admin.end();
  await town.close();
});

let count = 0;
const newEmail = () => `address-${++count}@synthetic.example`;
const ownerOf = (member: string) => keys.ownerOf(member);
async function person(email = newEmail()): Promise<{ id: string; email: string }> {
  const [id = ''] = await town.add({ email });
  return { id, email };
}
const troubles = (member: string) =>
  town.rows('SELECT channel, kind, reason, since_on FROM channel_trouble WHERE member_id = $1', [member]);

describe('many addresses at once', () => {
  it('come in the order of what is wanted, each or the reason why not', async () => {
    const [one, held, broken, other] = [await person(), await person(), await person(), await person()];
    await vault.suppressAddressOf(study, held.id, 'email', 'bounced');
    await admin.query(
      'UPDATE contact_point SET value = (SELECT value FROM contact_point WHERE owner = $2) WHERE owner = $1',
      [ownerOf(broken.id), ownerOf(one.id)],
    );
    await vault.put(study, one.id, 'telegram', '4107');
    const wanted = [
      { memberId: other.id, channel: 'email' },
      { memberId: randomUUID(), channel: 'email' },
      { memberId: held.id, channel: 'email' },
      { memberId: one.id, channel: 'telegram' },
      { memberId: broken.id, channel: 'email' },
      { memberId: other.id, channel: 'letter' },
      { memberId: one.id, channel: 'email' },
      { memberId: other.id, channel: 'email' },
    ] as const;
    expect(await vault.reachMany(study, [...wanted])).toEqual([
      { to: other.email },
      { none: 'no_address' },
      { none: 'suppressed' },
      { to: '4107' },
      { none: 'unreadable' },
      { none: 'no_address' },
      { to: one.email },
      { to: other.email },
    ]);
    expect(await vault.reachMany(study, [])).toEqual([]);
  });
});

describe('an address that is put', () => {
  it('is added beside the others, replaced, and removed', async () => {
    const { id, email } = await person();
    await vault.put(study, id, 'telegram', ' -1001 ');
    await vault.put(study, id, 'letter', JSON.stringify(POSTAL));
    expect(await vault.reach(study, id, 'telegram')).toBe('-1001');
    expect(JSON.parse((await vault.reach(study, id, 'letter')) ?? '')).toEqual(POSTAL);
    const newer = newEmail();
    await vault.put(study, id, 'email', newer);
    expect(await vault.reach(study, id, 'email')).toBe(newer);
    await person(email); // the former address is anybody's again
    await vault.remove(study, id, 'email');
    expect(await vault.reach(study, id, 'email')).toBeUndefined();
    expect(await vault.reach(study, id, 'telegram')).toBe('-1001');
  });

  it('may be the first one of a member, at once by two processes', async () => {
    const member = randomUUID();
    const second = town.vaultWith({});
    await Promise.all([
      vault.put(study, member, 'telegram', '55501'),
      second.put(study, member, 'email', 'first@synthetic.example'),
      second.put(study, member, 'telegram', '55501'),
    ]);
    expect(await vault.reach(study, member, 'telegram')).toBe('55501');
    expect(await vault.reach(study, member, 'email')).toBe('first@synthetic.example');
  });

  it('is taken where another member of the study has it, and nothing changes', async () => {
    const [one, other] = [await person(), await person()];
    await expect(vault.put(study, one.id, 'email', other.email.toUpperCase())).rejects.toMatchObject({
      code: 'vault.contact_taken',
      details: { channel: 'email' },
    });
    await expect(vault.put(study, one.id, 'telegram', '@anna')).rejects.toMatchObject({
      code: 'vault.invalid_contact',
    });
    expect(await vault.reach(study, one.id, 'email')).toBe(one.email);
    await vault.put(study, one.id, 'email', one.email);
  });
});

describe('the suppression list', () => {
  it('holds addresses by their blind index, as they were suppressed or by whose they are', async () => {
    const { id, email } = await person();
    const asked = [email, 'unheard-of@synthetic.example', email.toUpperCase()];
    const listed = () =>
      vault.suppressed(
        study,
        asked.map((value) => ({ channel: 'email', value })),
      );
    expect(await listed()).toEqual([false, false, false]);
    await vault.suppress(study, 'email', ` ${email}`, 'staff');
    expect(await listed()).toEqual([true, false, true]);
    expect(await vault.suppressed('another-study', [{ channel: 'email', value: email }])).toEqual([false]);
    await vault.unsuppress(study, 'email', email);
    expect(await listed()).toEqual([false, false, false]);
    await vault.suppressAddressOf(study, id, 'email', 'bounced');
    await vault.suppressAddressOf(study, id, 'telegram', 'bounced');
    expect(await listed()).toEqual([true, false, true]);
    expect(await vault.suppressed(study, [])).toEqual([]);
    const { rows } = await admin.query<{ text: string }>('SELECT s::text AS text FROM suppressed_address s');
    expect(rows.map(({ text }) => text).join()).not.toMatch(/address-|synthetic/);
  });

  it('outlives the key and the address of the person', async () => {
    const { id, email } = await person();
    await vault.suppressAddressOf(study, id, 'email', 'complaint');
    await admin.query('DELETE FROM member_key WHERE owner = $1', [ownerOf(id)]);
    expect(await vault.reach(study, id, 'email')).toBeUndefined();
    expect(await vault.suppressed(study, [{ channel: 'email', value: email }])).toEqual([true]);
  });

  it('remembers a complaint as one, whatever is said later', async () => {
    const { id, email } = await person();
    const reason = async () =>
      (
        await admin.query<{ reason: string }>(
          'SELECT reason FROM suppressed_address JOIN contact_point USING (channel, blind_index) WHERE owner = $1',
          [ownerOf(id)],
        )
      ).rows[0]?.reason;
    await vault.suppress(study, 'email', email, 'bounced');
    await vault.suppressAddressOf(study, id, 'email', 'complaint');
    expect(await reason()).toBe('complaint');
    await vault.suppress(study, 'email', email, 'bounced');
    await vault.suppressAddressOf(study, id, 'email', 'staff');
    expect(await reason()).toBe('complaint');
  });

  it('makes a channel of a new member trouble from the first day on', async () => {
    const email = newEmail();
    await vault.suppress(study, 'email', email, 'complaint');
    const [held = '', free = ''] = await town.add(
      { email, postal: { ...POSTAL, name: 'Глеб Синтетический' } },
      { email: newEmail() },
    );
    expect(await troubles(held)).toEqual([
      { channel: 'email', kind: 'suppressed', reason: null, since_on: '2026-03-02' },
    ]);
    expect(await troubles(free)).toEqual([]);
    expect(await vault.reachMany(study, [{ memberId: held, channel: 'email' }])).toEqual([
      { none: 'suppressed' },
    ]);
  });
});

describe('whose an address is', () => {
  it('is found among the members of the study, and nobody is looked at for an address of nobody', async () => {
    const [one] = [await person(), await person()];
    let pages = 0;
    async function* counted(size: number) {
      for await (const page of memberPages(town.db, study, size)) {
        pages += 1;
        yield page;
      }
    }
    expect(await vault.findMember(study, 'email', one!.email.toUpperCase(), counted(2))).toBe(one!.id);
    expect(pages).toBeGreaterThan(0);
    pages = 0;
    expect(await vault.findMember(study, 'email', one!.email, counted(2))).toBe(one!.id);
    expect(await vault.findMember(study, 'email', 'nobody@synthetic.example', counted(2))).toBeUndefined();
    expect(await vault.findMember('another-study', 'email', one!.email, counted(2))).toBeUndefined();
    expect(pages).toBe(0);
    await expect(vault.findMember(study, 'email', 'nobody', counted(2))).rejects.toMatchObject({
      code: 'vault.invalid_contact',
    });
  });

  it('is nobody’s where its owner is no member', async () => {
    await vault.put(study, randomUUID(), 'telegram', '77001');
    expect(await vault.findMember(study, 'telegram', '77001', memberPages(town.db, study))).toBeUndefined();
  });

  it('is looked for in every page, and no member stands in two', async () => {
    const ids = await town.rows<{ id: string }>('SELECT id FROM member');
    for (const size of [1, ids.length, ids.length + 1]) {
      const seen: string[] = [];
      for await (const page of memberPages(town.db, study, size)) {
        expect(page.length).toBeLessThanOrEqual(size);
        seen.push(...page);
      }
      expect(seen.sort()).toEqual(ids.map(({ id }) => id).sort());
    }
    const none: string[] = [];
    for await (const page of memberPages(town.db, 'another-study')) none.push(...page);
    expect(none).toEqual([]);
  });
});

describe('people who are added', () => {
  it('have the channels that are known, by one key', async () => {
    const both = { ...POSTAL, name: 'Борис Синтетический' };
    const members = await town.add(
      { email: newEmail() },
      { postal: { ...both, city: '  Београд ' } },
      { email: newEmail(), postal: { ...both, name: 'Вера Синтетическая' } },
    );
    const rows = await town.rows<{ id: string; channels: string[] }>('SELECT id, channels FROM member');
    expect(members.map((id) => rows.find((row) => row.id === id)?.channels)).toEqual([
      ['email'],
      ['letter'],
      ['email', 'letter'],
    ]);
    expect(JSON.parse((await vault.reach(study, members[1]!, 'letter')) ?? '')).toEqual(both);
    expect(await vault.reach(study, members[1]!, 'email')).toBeUndefined();
    const wanted = (['email', 'letter'] as const).map((channel) => ({ memberId: members[2]!, channel }));
    expect(await vault.reachMany(study, wanted)).toEqual([
      { to: `address-${count}@synthetic.example` },
      { to: expect.stringContaining('Вера') as string },
    ]);
    const keys = await admin.query('SELECT FROM member_key WHERE owner = ANY($1::bytea[])', [
      members.map(ownerOf),
    ]);
    expect(keys.rowCount).toBe(3);
  });

  it('are refused where one of them cannot be reached at all, or has another one’s postal address', async () => {
    const before = await town.rows('SELECT FROM member');
    await expect(town.add({ email: newEmail() }, {})).rejects.toMatchObject({
      code: 'vault.invalid_contact',
    });
    const again = { ...POSTAL, name: 'Борис  Синтетический' };
    await expect(town.add({ email: newEmail(), postal: again })).rejects.toMatchObject({
      code: 'vault.contact_taken',
      details: { channel: 'letter' },
    });
    await expect(town.add({ postal: { ...POSTAL, country: 'XXX' } })).rejects.toMatchObject({
      code: 'vault.invalid_contact',
      details: { channel: 'letter' },
    });
    expect(await town.rows('SELECT FROM member')).toHaveLength(before.length);
  });
});

it('trouble with a channel is noted once, the newest; a complaint stays until it is cleared', async () => {
  const { id: memberId } = await person();
  const note = (kind: 'bounced' | 'blocked' | 'complaint', sinceOn: string) =>
    addTrouble(town.db.manager, [{ memberId, channel: 'email', kind, reason: 'dsn_5.1.1', sinceOn }]);
  await note('bounced', '2026-03-02');
  await note('blocked', '2026-03-03');
  expect(await troubles(memberId)).toMatchObject([{ kind: 'blocked', since_on: '2026-03-03' }]);
  await note('complaint', '2026-03-04');
  await note('bounced', '2026-03-05');
  expect(await troubles(memberId)).toEqual([
    { channel: 'email', kind: 'complaint', reason: 'dsn_5.1.1', since_on: '2026-03-04' },
  ]);
  await clearTrouble(town.db.manager, memberId, 'telegram');
  expect(await troubles(memberId)).toHaveLength(1);
  await clearTrouble(town.db.manager, memberId, 'email');
  expect(await troubles(memberId)).toEqual([]);
});

it('a process without the vault gets to no address', async () => {
  const none = town.vaultWith({ vaultDatabaseUrl: undefined, masterKeys: undefined });
  const refused = { code: 'vault.no_access' };
  await expect(none.reachMany(study, [])).rejects.toMatchObject(refused);
  await expect(none.put(study, randomUUID(), 'telegram', '1')).rejects.toMatchObject(refused);
  await expect(none.suppressed(study, [])).rejects.toMatchObject(refused);
  await expect(none.openSealed(study, 'x', Buffer.of(1))).rejects.toMatchObject(refused);
});
