import { type Pool, type PoolClient, type QueryConfig } from 'pg';
import { type DataSource, type EntityManager } from 'typeorm';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** A statement of a busy path. Its name is its own: a connection refuses one name for two texts. */
export interface Statement {
  name: string;
  text: string;
}

/** A database that does not answer within this time counts as away: whoever waits is told to try again. */
const PATIENCE_MS = 8000;

/**
 * Runs a statement that each connection parses and plans once and only executes from then on; planning a join takes
 * PostgreSQL longer than running it. PgBouncer in transaction mode carries such statements from 1.21 on, where
 * `max_prepared_statements` is not 0 (it is 200 by default since 1.24).
 */
export async function execute<Row extends object>(
  db: DataSource,
  statement: Statement,
  values: unknown[],
): Promise<Row[]> {
  const pool = (db.driver as PostgresDriver).master as Pool;
  const { rows } = await pool.query<Row>({ ...statement, values, query_timeout: PATIENCE_MS } as QueryConfig);
  return rows;
}

/** The same as part of the caller's transaction. */
export async function executeIn<Row extends object>(
  tx: EntityManager,
  { name, text }: Statement,
  values: unknown[],
): Promise<Row[]> {
  if (!tx.queryRunner) throw new Error(`The statement ${name} needs a transaction`);
  const client = (await tx.queryRunner.connect()) as Pick<PoolClient, 'query'>;
  const { rows } = await client.query<Row>({ name, text, values });
  return rows;
}
