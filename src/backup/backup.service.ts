import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import { type Actor } from '../access/actor.js';
import { AuditService } from '../access/audit.service.js';
import { Clock } from '../kit/clock.js';
import { CONFIG, type Config } from '../kit/config.js';
import { NoVaultAccess } from '../vault/vault.problems.js';
import { VaultService } from '../vault/vault.service.js';
import { mustNotExist, writeBackup } from './backup-file.node.js';
import { backedUp, type BackedUpTable, RowSum } from './contents.node.js';
import { type BackupHeader, type Database, DATABASES } from './header.js';
import { type BackupRecord } from './record.js';
import { keyIdOf } from './sealing.node.js';
import { copyTarget, migrationsOf, openSnapshots, sequencesOf, tablesOf } from './snapshot.queries.js';

type Clients = Record<Database, pg.Client>;

/** A backup that was written. */
export interface BackupMade {
  file: string;
  keyId: string;
  /** ISO 8601, UTC. */
  madeAt: string;
  tables: number;
  rows: number;
  /** How large the file is. */
  bytes: number;
}

/** Backs both databases up, each as it was at the same moment, into one sealed file. */
@Injectable()
export class BackupService {
  constructor(
    @Inject(DataSource) private readonly db: DataSource,
    @Inject(Clock) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(VaultService) private readonly vault: VaultService,
  ) {}

  /**
   * Streams, so that memory does not grow with the databases; the service goes on meanwhile, but for migrations, which wait.
   * @param key  32 bytes
   * @throws BackupExists, NoVaultAccess, WritesUnderWay; what is wrong with the vault's key
   */
  async create(
    file: string,
    key: Buffer,
    actor: Actor,
    progress: (text: string) => void = () => undefined,
  ): Promise<BackupMade> {
    await mustNotExist(file);
    await this.vault.ping(); // a vault that this key does not open is not what should be kept
    const madeAt = this.clock.now().toISOString();
    const keyId = keyIdOf(key);
    // Whatever becomes of the file, that somebody took everything is known, and the backup knows it of itself.
    await this.db.transaction((tx) =>
      this.audit.append(tx, { act: 'backup.begun', actor, detail: { madeAt } }),
    );
    const made = { file, keyId, madeAt, tables: 0, rows: 0 };
    const noted = ({ database, table, rows }: BackedUpTable) => {
      made.tables += 1;
      made.rows += rows;
      progress(`${database}: ${table}, ${rows} rows`);
    };
    const bytes = await this.onSnapshots(async (clients) => {
      const migrations = { main: await migrationsOf(clients.main), vault: await migrationsOf(clients.vault) };
      const header: BackupHeader = { keyId, salt: randomBytes(32).toString('hex'), madeAt, migrations };
      return writeBackup(file, key, header, contentsOf(clients, noted));
    });
    const { tables, rows } = made;
    await this.db.transaction((tx) =>
      this.audit.append(tx, { act: 'backup.created', actor, detail: { madeAt, tables, rows, bytes } }),
    );
    return { ...made, bytes };
  }

  private async onSnapshots<Result>(work: (clients: Clients) => Promise<Result>): Promise<Result> {
    const { databaseUrl, vaultDatabaseUrl } = this.config;
    if (vaultDatabaseUrl === undefined) throw NoVaultAccess({});
    const clients = { main: clientOf(databaseUrl), vault: clientOf(vaultDatabaseUrl) };
    try {
      for (const client of Object.values(clients)) await client.connect();
      await openSnapshots(clients);
      return await work(clients);
    } finally {
      for (const client of Object.values(clients)) await client.end();
    }
  }
}

/** A connection that is lost while nothing is asked of it is told by what is asked next. */
function clientOf(connectionString: string): pg.Client {
  const client = new pg.Client({
    connectionString,
    application_name: 'onward-backup',
    connectionTimeoutMillis: 5000,
  });
  return client.on('error', () => undefined);
}

async function* contentsOf(
  clients: Clients,
  noted: (table: BackedUpTable) => void,
): AsyncGenerator<BackupRecord> {
  const total = { tables: 0, rows: 0 };
  const tables = [];
  for (const database of DATABASES) tables.push(...(await tablesOf(clients[database], database)));
  for (const table of tables) {
    yield table;
    const sum = new RowSum();
    const copy = clients[table.database].query(copyTo(`COPY ${copyTarget(table)} TO STDOUT`));
    for await (const bytes of copy as AsyncIterable<Buffer>) {
      sum.add(bytes);
      yield { kind: 'rows', bytes };
    }
    const end = sum.end();
    yield end;
    total.tables += 1;
    total.rows += end.rows;
    noted(backedUp(table, end));
  }
  for (const database of DATABASES) yield* await sequencesOf(clients[database], database);
  yield { kind: 'end', ...total };
}
