import { AuditService } from '../../../src/access/audit.service.js';
import { readBackup, writeBackup } from '../../../src/backup/backup-file.node.js';
import { BackupService } from '../../../src/backup/backup.service.js';
import { type BackupHeader } from '../../../src/backup/header.js';
import { type BackupRecord } from '../../../src/backup/record.js';
import { verifyBackup } from '../../../src/backup/verify.node.js';
import { mainDataSource, migrationsIn } from '../../../src/kit/db.node.js';
import { migrate } from '../../../src/kit/migrate.node.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { BACKUP_KEY, emptyPlace, stateOf } from '../../make/backup-desk.js';
import { aGoodBackup } from '../../make/good-backup.js';

const KEY = Buffer.from(BACKUP_KEY, 'base64');
const { field, desk, place, pathOf, isEmpty } = aGoodBackup(2);

/** The good backup written once more, changed by somebody who has the key. */
async function rewritten(
  name: string,
  change: { header?: (header: BackupHeader) => BackupHeader; table?: (name: string) => boolean },
): Promise<void> {
  const { header: changed = (header) => header, table: stays = () => true } = change;
  await readBackup(pathOf('good'), KEY, async (header, records) => {
    await writeBackup(pathOf(name), KEY, changed(header), tablesThat(records, stays));
  });
}

async function* tablesThat(
  records: AsyncIterable<BackupRecord>,
  stay: (name: string) => boolean,
): AsyncGenerator<BackupRecord> {
  let stays = true;
  const total = { tables: 0, rows: 0 };
  for await (const record of records) {
    if (record.kind === 'table') stays = stay(record.table);
    if (record.kind === 'sequence') stays = true;
    if (record.kind === 'table_end' && stays) {
      total.tables += 1;
      total.rows += record.rows;
    }
    if (record.kind === 'end') yield { ...record, ...total };
    else if (stays) yield record;
  }
}

it('rows that the database refuses are in the end of none of them', async () => {
  await rewritten('torn', { table: (name) => name !== 'member' });
  await expect(desk().verify('torn')).resolves.toMatchObject({ code: 0 });
  await expect(desk().restore('torn', place())).rejects.toMatchObject({ code: '23503' });
  await isEmpty();
  expect((await desk().restore('good', place())).code).toBe(0);
});

it('what a newer version has made is left to it', async () => {
  const withOneMore = ({ migrations, ...header }: BackupHeader) => ({
    ...header,
    migrations: { ...migrations, main: [...migrations.main, 'DoWhatNobodyKnows1999999999999'] },
  });
  await rewritten('newer', { header: withOneMore });
  await expect(desk().restore('newer', place())).rejects.toMatchObject({
    code: 'backup.newer',
    details: { unknown: ['DoWhatNobodyKnows1999999999999'] },
  });
  await isEmpty();
});

it('what an older version has made is brought up to date', async () => {
  const old = await emptyPlace(field().config);
  const { ownerUrl, vaultUrl } = old.database;
  const source = mainDataSource(ownerUrl);
  const all = await migrationsIn('.');
  source.setOptions({ migrations: all.filter(({ name }) => /0000[1-8]$/.test(name)) });
  const vault = new VaultService(old.config);
  try {
    await source.initialize();
    await source.runMigrations();
    await migrate(field().database.url, vaultUrl, field().database.ownerUrl); // the vault alone is new
    await source.query(`INSERT INTO study (id, code, definition, loaded_at) VALUES ('s', 'st', '{}', now())`);
    const config = { ...old.config, databaseUrl: ownerUrl };
    const backups = new BackupService(source, field().clock, config, new AuditService(field().clock), vault);
    await backups.create(pathOf('old'), KEY, anna);
  } finally {
    await vault.onApplicationShutdown();
    await source.destroy();
    await old.database.drop();
  }
  expect((await verifyBackup(pathOf('old'), KEY)).migrations.main).toHaveLength(8);
  expect((await desk().restore('old', place())).code).toBe(0);
  expect((await stateOf(place().database)).schema).toEqual((await stateOf(field().database)).schema);
  expect(await place().database.asOwner('SELECT id FROM study')).toEqual([{ id: 's' }]);
});

it('a vault from before it kept a lookup secret is refused under another master key, before anybody is missed', async () => {
  await rewritten('secretless', { table: (name) => name !== 'vault_secret' });
  const masterKeys = [{ version: 1, key: Buffer.alloc(32, 5) }];
  await expect(
    desk().restore('secretless', { ...place(), config: { ...place().config, masterKeys } }),
  ).rejects.toMatchObject({ code: 'backup.other_vault_key' });
  await isEmpty();
});
