import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { type DataSource, type QueryRunner } from 'typeorm';
import { AppModule } from '../../src/app.module.js';
import { backupCommands } from '../../src/backup/backup.cli.js';
import { DATABASES } from '../../src/backup/header.js';
import { type InApp, type Services } from '../../src/kit/cli.js';
import { type Clock } from '../../src/kit/clock.js';
import { type Config } from '../../src/kit/config.js';
import { mainDataSource, vaultDataSource } from '../../src/kit/db.node.js';
import { NestLog } from '../../src/kit/log.node.js';
import { migrate } from '../../src/kit/migrate.node.js';
import { dataOf, schemaOf } from '../migration/snapshot.js';
import { runCommand, type Said } from './command.js';
import { testDatabase, type TestDatabase } from './postgres.js';

/** The key that these backups are sealed under. */
export const BACKUP_KEY = Buffer.alloc(32, 9).toString('base64');

/** An application without pages and without work on some databases, as a command has it. */
export const appOn =
  (config: Config, clock: Clock, options: { restoring?: boolean } = {}): InApp =>
  async (work) => {
    await migrate(config.databaseUrl, config.vaultDatabaseUrl, config.databaseOwnerUrl, options);
    const app = await NestFactory.createApplicationContext(AppModule.for(config, clock, 'cli'), {
      logger: new NestLog(),
      abortOnError: false,
    });
    try {
      return await work((token) => app.get(token as never, { strict: false }));
    } finally {
      await app.close();
    }
  };

/** Two new databases without a table, and what is told to processes that work on them. */
export interface EmptyPlace {
  database: TestDatabase;
  config: Config;
}

const EMPTY = { name: 'empty', migrate: () => Promise.resolve() };

/** Somewhere to restore to. @param config  of the installation that was backed up */
export async function emptyPlace(config: Config, differs: Partial<Config> = {}): Promise<EmptyPlace> {
  const database = await testDatabase(EMPTY);
  const { url, ownerUrl, vaultUrl } = database;
  return {
    database,
    config: {
      ...config,
      databaseUrl: url,
      databaseOwnerUrl: ownerUrl,
      vaultDatabaseUrl: vaultUrl,
      ...differs,
    },
  };
}

/** Someone at the command line, with a folder for their files. */
export interface BackupDesk {
  folder: string;
  create(services: Services, name: string, ...words: string[]): Promise<Said>;
  verify(name: string, key?: string): Promise<Said>;
  restore(name: string, place: EmptyPlace, ...words: string[]): Promise<Said>;
  close(): Promise<void>;
}

/** @param clock  of the installation, asked for when it is needed */
export async function backupDesk(clock: () => Clock): Promise<BackupDesk> {
  const folder = await mkdtemp(join(tmpdir(), 'onward-backups-'));
  const nowhere = (() => Promise.reject(new Error('This command needs no application'))) as InApp;
  const noServices: Services = () => {
    throw new Error('This command needs no services');
  };
  const noConfig = () => Promise.reject<Config>(new Error('This command needs no configuration'));
  return {
    folder,
    create: (services, name, ...words) => {
      const add = backupCommands({ env: { BACKUP_KEY }, settings: noConfig, inRestored: nowhere });
      return runCommand(services, add, 'backup', 'create', '--out', join(folder, name), ...words);
    },
    verify: (name, key = BACKUP_KEY) => {
      const add = backupCommands({ env: { BACKUP_KEY: key }, settings: noConfig, inRestored: nowhere });
      return runCommand(noServices, add, 'backup', 'verify', join(folder, name), '--json');
    },
    restore: (name, { config }, ...words) => {
      const inRestored = appOn(config, clock(), { restoring: true });
      const add = backupCommands({
        env: { BACKUP_KEY },
        settings: () => Promise.resolve(config),
        inRestored,
      });
      return runCommand(noServices, add, 'backup', 'restore', join(folder, name), ...words);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** All that both databases hold, by table, and how they are made; as their owners see them. */
export async function stateOf({ ownerUrl, vaultUrl }: Pick<TestDatabase, 'ownerUrl' | 'vaultUrl'>) {
  const sources = { main: mainDataSource(ownerUrl), vault: vaultDataSource(vaultUrl) };
  const state = { data: {} as Record<string, string>, schema: {} as Record<string, string[]> };
  for (const database of DATABASES)
    await withRunner(sources[database], async (db) => {
      for (const [table, sum] of Object.entries(await dataOf(db))) state.data[`${database} ${table}`] = sum;
      state.schema[database] = await schemaOf(db);
    });
  return state;
}

/** Every row of both databases as text, behind the name of its table. */
export async function everyRow({
  ownerUrl,
  vaultUrl,
}: Pick<TestDatabase, 'ownerUrl' | 'vaultUrl'>): Promise<string[]> {
  const rows: string[] = [];
  for (const source of [mainDataSource(ownerUrl), vaultDataSource(vaultUrl)])
    await withRunner(source, async (db) => {
      for (const table of Object.keys(await dataOf(db)))
        for (const { row } of (await db.query(`SELECT t::text AS row FROM "${table}" t`)) as {
          row: string;
        }[])
          rows.push(`${table} ${row}`);
    });
  return rows;
}

async function withRunner<Result>(
  source: DataSource,
  work: (db: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const db = (await source.initialize()).createQueryRunner();
  try {
    return await work(db);
  } finally {
    await source.destroy();
  }
}
