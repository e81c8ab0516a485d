import pg from 'pg';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { BackupService } from '../../../src/backup/backup.service.js';
import { openSnapshots } from '../../../src/backup/snapshot.queries.js';
import { verifyBackup } from '../../../src/backup/verify.node.js';
import { ErasureEndService } from '../../../src/rights/erasure-end.service.js';
import { ErasureService } from '../../../src/rights/erasure.service.js';
import { BOTH_DATABASES_LOCK } from '../../../src/vault/both-databases.queries.js';
import { VaultService } from '../../../src/vault/vault.service.js';
import { anna } from '../../make/actors.js';
import { addPeople } from '../../make/app.js';
import { backupDesk, type BackupDesk, BACKUP_KEY } from '../../make/backup-desk.js';
import { type Field, inTheField } from '../../make/field.js';
import { SECRET, STUDY, telegramTown } from '../contact/telegram/telegram-town.js';
import { runCommand } from '../../make/command.js';
import { telegramCommands } from '../../../src/contact/telegram/telegram.cli.js';

let field: Field;
let desk: BackupDesk;
const open: pg.Client[] = [];
beforeAll(async () => {
  field = await inTheField(3);
  desk = await backupDesk(() => field.clock);
});
afterEach(async () => {
  for (const client of open.splice(0)) await client.end();
});
afterAll(async () => {
  await desk.close();
  await field.close();
});

async function connected(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  open.push(client);
  return client;
}

/** Comes back once somebody waits for the lock that this test has. */
async function untilSomebodyWaits(client: pg.Client): Promise<void> {
  for (let waits = false; !waits;) {
    const { rowCount } = await client.query(
      `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = $1 AND NOT granted
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      [BOTH_DATABASES_LOCK],
    );
    waits = rowCount === 1;
  }
}

/** What is done while a backup catches both databases waits for it, and is done then. */
async function waitsForABackup(url: string, act: () => Promise<unknown>): Promise<void> {
  const client = await connected(url);
  await client.query('SELECT pg_advisory_lock($1)', [BOTH_DATABASES_LOCK]);
  const acting = act();
  await untilSomebodyWaits(client);
  await client.query('SELECT pg_advisory_unlock($1)', [BOTH_DATABASES_LOCK]);
  await acting;
}

it('a backup waits for whoever has written to one database and not yet to the other', async () => {
  const [main, vault, watch] = [
    await connected(field.database.url),
    await connected(field.database.vaultUrl),
    await connected(field.database.url),
  ];
  const memberId = randomUUID();
  await main.query('BEGIN');
  await main.query('SELECT pg_advisory_xact_lock_shared($1)', [BOTH_DATABASES_LOCK]);
  await main.query(
    `INSERT INTO member (id, study_id, cohort, recruitment_source, host_country, locale, channels, status, synthetic, joined_on)
     VALUES ($1, $2, 'baseline', 'test', 'SRB', 'ru', '{email}', 'active', true, '2026-03-01')`,
    [memberId, field.study.id],
  );
  await field.services(VaultService).put(field.study.id, memberId, 'email', 'half-way@synthetic.example');
  const file = join(desk.folder, 'between');
  const key = Buffer.from(BACKUP_KEY, 'base64');
  const creating = field.services(BackupService).create(file, key, anna);
  await untilSomebodyWaits(watch);
  await main.query('COMMIT');
  await creating;
  const rowsOf = (tables: Awaited<ReturnType<typeof verifyBackup>>['tables'], name: string) =>
    tables.find(({ table }) => table === name)?.rows;
  const { tables } = await verifyBackup(file, key);
  expect([rowsOf(tables, 'member'), rowsOf(tables, 'member_key')]).toEqual([4, 4]);
  expect((await vault.query('SELECT FROM member_key')).rowCount).toBe(4);
});

it('it lets others go on in between, and gives up at last', async () => {
  const [main, vault, holder] = [
    await connected(field.database.url),
    await connected(field.database.vaultUrl),
    await connected(field.database.url),
  ];
  await holder.query('SELECT pg_advisory_lock_shared($1)', [BOTH_DATABASES_LOCK]);
  await expect(openSnapshots({ main, vault }, { tries: 3, patienceMs: 5 })).rejects.toMatchObject({
    code: 'backup.writes_under_way',
  });
  await holder.query('SELECT pg_advisory_unlock_shared($1)', [BOTH_DATABASES_LOCK]);
  await openSnapshots({ main, vault }, { tries: 1, patienceMs: 1000 });
  // Once both are caught nobody waits any more.
  const { rows } = await holder.query('SELECT pg_try_advisory_lock($1) AS free', [BOTH_DATABASES_LOCK]);
  expect(rows).toEqual([{ free: true }]);
});

describe('waits for the moment in which a backup begins:', () => {
  it('an enrolment', async () => {
    await waitsForABackup(field.database.url, () =>
      addPeople(field.services, field.study, [{ email: 'later@synthetic.example' }]),
    );
  });

  it('the vault’s part of an erasure', async () => {
    const end = field.services(ErasureEndService);
    await end.run();
    await waitsForABackup(field.database.url, async () => {
      await field.services(ErasureService).erase(field.members[2] ?? '', anna);
      await end.run();
    });
    while ((await end.owed()).length > 0) await end.run(); // a worker that was told of it may have it
  });

  it('joining a chat to a membership', async () => {
    const town = await telegramTown();
    try {
      const worker = await town.start({ TELEGRAM_WEBHOOK_SECRET: SECRET });
      await runCommand(worker.services, telegramCommands, 'telegram', 'set-webhook', '--url', worker.url);
      const person = await town.person();
      const code = await person.askForCode();
      await waitsForABackup(town.database.url, () =>
        town.server.post(town.server.says(4107, `/start ${code}`)),
      );
      expect(await worker.services(VaultService).reach(STUDY, person.id, 'telegram')).toBe('4107');
      while (open.length > 0) await open.pop()?.end();
    } finally {
      await town.close();
    }
  });
});

it('a backup holds every table, with every column that is stored', async () => {
  await desk.create(field.services, 'whole');
  const verified = await desk.verify('whole');
  const [{ tables }] = verified.json as [
    { tables: { database: string; table: string; columns: string[] }[] },
  ];
  const found: { table: string; columns: string[] }[] = [];
  for (const url of [field.database.url, field.database.vaultUrl]) {
    const { rows } = await (
      await connected(url)
    ).query<{ table: string; columns: string[] }>(
      `SELECT table_name::text AS table, array_agg(column_name::text ORDER BY ordinal_position) AS columns
       FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'migrations' AND is_generated = 'NEVER' GROUP BY 1`,
    );
    found.push(...rows);
  }
  const sorted = (all: { table: string; columns: string[] }[]) =>
    all.map(({ table, columns }) => `${table} ${columns.join()}`).sort();
  expect(sorted(tables)).toEqual(sorted(found));
});
