import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { DataSource, DataSourceOptions, MigrationInterface } from 'typeorm';
import { ROOT } from './paths.node.js';

pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text); // a date is a date, in no time zone
pg.types.setTypeParser(pg.types.builtins.INT8, Number); // counts; nothing here passes 2^53

const options = (url: string, name: string): DataSourceOptions => ({
  type: 'postgres',
  url,
  poolSize: 16,
  applicationName: `onward-${name}`,
  installExtensions: false,
  migrationsTransactionMode: 'each',
  extra: {
    connectionTimeoutMillis: 5000,
    statement_timeout: 60_000,
    idle_in_transaction_session_timeout: 60_000,
  },
});

export const mainDataSource = (url: string, entities: EntityClass[] = []): DataSource =>
  new DataSource({ ...options(url, 'main'), entities });

/** An entity class; the app names them, kit knows none. */
export type EntityClass = new () => object;

export const vaultDataSource = (url: string): DataSource => new DataSource(options(url, 'vault'));

/** The migrations in a folder of `migrations/`, in the order of their names. They import no app code. */
export async function migrationsIn(folder: '.' | 'vault'): Promise<(new () => MigrationInterface)[]> {
  const directory = join(ROOT.migrations, folder);
  const files = readdirSync(directory)
    .filter((file) => /^\d{8}-\d{5}-[a-z0-9-]+\.(ts|js)$/.test(file))
    .sort();
  const found: (new () => MigrationInterface)[] = [];
  for (const file of files) {
    const loaded = (await import(pathToFileURL(join(directory, file)).href)) as Record<
      string,
      new () => MigrationInterface
    >;
    found.push(...Object.values(loaded).filter((member) => typeof member === 'function'));
  }
  return found;
}
