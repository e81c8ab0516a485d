import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { restore } from '../../../src/backup/restore.node.js';
import { migrate } from '../../../src/kit/migrate.node.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { appOn, BACKUP_KEY, stateOf } from '../../make/backup-desk.js';
import { aGoodBackup } from '../../make/good-backup.js';

const { field, desk, place, pathOf, isEmpty } = aGoodBackup(3);

describe('refuses, and leaves alone,', () => {
  it('databases that hold something, naming what', async () => {
    await desk().restore('good', place());
    const before = await stateOf(place().database);
    await expect(desk().restore('good', place())).rejects.toMatchObject({
      code: 'backup.not_empty',
      details: { database: 'main', tables: expect.arrayContaining(['member', 'personal_link']) as string[] },
    });
    expect(await stateOf(place().database)).toEqual(before);
  });

  it('a vault in use beside an empty main database', async () => {
    await appOn(
      place().config,
      field().clock,
    )(async (services) => {
      await services(VaultService).put(field().study.id, randomUUID(), 'email', 'somebody@synthetic.example');
    });
    await expect(desk().restore('good', place())).rejects.toMatchObject({
      code: 'backup.not_empty',
      details: { database: 'vault', tables: ['contact_point', 'member_key'] },
    });
  });

  it('databases that something still works on', async () => {
    await appOn(
      place().config,
      field().clock,
    )(async () => {
      await expect(desk().restore('good', place())).rejects.toMatchObject({ code: 'backup.still_in_use' });
    });
    expect((await desk().restore('good', place())).code).toBe(0); // tables that the application made, with nothing of anybody in them
  });

  it('a role that owns nothing, and a process without the vault', async () => {
    const { config } = place();
    await expect(
      desk().restore('good', { ...place(), config: { ...config, databaseOwnerUrl: undefined } }),
    ).rejects.toMatchObject({ code: 'backup.owner_needed', details: { database: 'main', role: 'onward' } });
    await expect(
      desk().restore('good', { ...place(), config: { ...config, vaultDatabaseUrl: undefined } }),
    ).rejects.toMatchObject({ code: 'vault.no_access' });
    await isEmpty();
  });

  it('another key, and tombstones that are none, before it touches anything', async () => {
    await expect(desk().verify('good', Buffer.alloc(32, 8).toString('base64'))).rejects.toMatchObject({
      code: 'backup.wrong_key',
    });
    await writeFile(pathOf('odd'), 'no tombstone at all\n');
    await expect(desk().restore('good', place(), '--tombstones', pathOf('odd'))).rejects.toMatchObject({
      code: 'vault.no_tombstone',
    });
    await expect(desk().restore('good', place(), '--tombstones', pathOf('nowhere'))).rejects.toMatchObject({
      code: 'ENOENT',
    });
    await expect(desk().restore('good', place(), '--tombstones', '/dev/zero')).rejects.toMatchObject({
      code: 'backup.no_tombstones',
    });
    await isEmpty();
  });
});

it('a failure leaves both databases empty; meanwhile no process starts on them, and afterwards the next restore does', async () => {
  const { url, ownerUrl, vaultUrl } = place().database;
  const request = {
    file: pathOf('good'),
    key: Buffer.from(BACKUP_KEY, 'base64'),
    config: place().config,
    now: field().clock.now(),
    progress: () => undefined,
  };
  const reached: string[] = [];
  await expect(
    restore({
      ...request,
      finish: async ({ tables }) => {
        reached.push(...tables.map(({ table }) => table));
        await expect(migrate(url, vaultUrl, ownerUrl)).rejects.toMatchObject({ code: 'kit.half_restored' });
        await migrate(url, vaultUrl, ownerUrl, { restoring: true });
        throw new Error('the plug was pulled');
      },
    }),
  ).rejects.toThrow('the plug was pulled');
  expect(reached).toContain('member');
  await isEmpty();

  // With another master key nobody could be found who was erased.
  const other = { masterKeys: [{ version: 1, key: Buffer.alloc(32, 5) }] };
  await expect(
    desk().restore('good', { ...place(), config: { ...place().config, ...other } }),
  ).rejects.toMatchObject({
    code: 'vault.key_wrong',
  });
  await isEmpty();

  // A process that was killed can empty nothing: what it left is known by its mark.
  for (const sql of [
    'CREATE TABLE restore_under_way ()',
    'CREATE TABLE member (id uuid)',
    'INSERT INTO member DEFAULT VALUES',
  ])
    await place().database.asOwner(sql);
  await expect(migrate(url, vaultUrl, ownerUrl)).rejects.toMatchObject({ code: 'kit.half_restored' });
  expect((await desk().restore('good', place())).code).toBe(0);
  await migrate(url, vaultUrl, ownerUrl);
});
