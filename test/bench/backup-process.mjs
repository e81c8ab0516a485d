// One measurement in a process of its own: `copy` drains COPY of every table of both databases, `create`, `verify` and `restore` run the
// real ones. Sends `{ rows, seconds, growthMb, bytes }` over IPC and ends.
import { stat } from 'node:fs/promises';
import pg from 'pg';
import { BackupService } from '../../dist/src/backup/backup.service.js';
import { restore } from '../../dist/src/backup/restore.node.js';
import { RestoreService } from '../../dist/src/backup/restore.service.js';
import { verifyBackup } from '../../dist/src/backup/verify.node.js';
import { readConfig } from '../../dist/src/kit/config.js';
import { migrate } from '../../dist/src/kit/migrate.node.js';
import { inApp } from './application.mjs';
import { drained, watch } from './watch.mjs';

const [what, file] = process.argv.slice(2);
const KEY = Buffer.alloc(32, 9);
const SYSTEM = { kind: 'system' };
const WAYS = { copy, create, verify, restore: restored };

process.send(await WAYS[what](), () => process.disconnect());

async function copy() {
  const sum = { rows: 0, seconds: 0, growthMb: 0, bytes: 0 };
  for (const url of [process.env.DATABASE_URL, process.env.VAULT_DATABASE_URL])
    for (const table of await tablesOf(url)) {
      const one = await drained(url, `COPY "${table}" TO STDOUT`);
      for (const figure of ['rows', 'seconds', 'bytes']) sum[figure] += one[figure];
      sum.growthMb = Math.max(sum.growthMb, one.growthMb);
    }
  return sum;
}

async function tablesOf(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migrations'`,
  );
  await client.end();
  return rows.map(({ name }) => name);
}

function create() {
  return inApp(process.env, async (services) => {
    let made;
    const watched = await watch(async () => (made = await services(BackupService).create(file, KEY, SYSTEM)));
    return { ...watched, rows: made.rows, bytes: made.bytes };
  });
}

async function verify() {
  let content;
  const watched = await watch(async () => (content = await verifyBackup(file, KEY)));
  return { ...watched, rows: content.rows, bytes: (await stat(file)).size };
}

async function restored() {
  const config = readConfig(process.env);
  let content;
  const watched = await watch(async () => {
    content = await restore({
      ...{ file, key: KEY, config, now: new Date(), progress: () => undefined },
      finish: async (found) => {
        await migrate(config.databaseUrl, config.vaultDatabaseUrl, undefined, { restoring: true });
        await inApp(process.env, (services) => services(RestoreService).finish(found, [], SYSTEM));
      },
    });
  });
  return { ...watched, rows: content.rows, bytes: (await stat(file)).size };
}
