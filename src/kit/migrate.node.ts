import { runMigrations } from 'bullmq';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { mainDataSource, migrationsIn, vaultDataSource } from './db.node.js';

/**
 * Brings the main database, the vault (where this process has access to it) and the queue's schema up to date. Safe to
 * call at once from many processes: an advisory lock lets one migrate while the others wait.
 */
export async function migrate(url: string, vaultUrl: string | undefined): Promise<void> {
  await migrateOne(mainDataSource(url), '.');
  if (vaultUrl !== undefined) await migrateOne(vaultDataSource(vaultUrl), 'vault');
  await migrateQueue(url);
}

const MIGRATION_LOCK = 7_215_004;

async function migrateOne(source: DataSource, folder: '.' | 'vault'): Promise<void> {
  source.setOptions({ migrations: await migrationsIn(folder) });
  await source.initialize();
  const lock = source.createQueryRunner();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await source.runMigrations();
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await lock.release();
    await source.destroy();
  }
}

/** Makes the queue's schema, where it is not there. */
export async function migrateQueue(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS bullmq');
    await runMigrations(client, 'bullmq');
  } finally {
    await client.end();
  }
}
