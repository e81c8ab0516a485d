import { type DataSource, type EntityManager } from 'typeorm';
import { DAY_MS } from '../kit/clock.js';
import { delayMs, type DelayRule } from './delay.js';
import { SignInDelayed } from './access.problems.js';

/**
 * Counts a try as failed before it is looked at, so that many at once are no way around the delay. `forgiven` takes it back.
 * @throws SignInDelayed when it comes too early; then it does not count
 */
export async function countTry(db: DataSource, key: Buffer, rule: DelayRule, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('DELETE FROM sign_in_delay WHERE retry_at < $1', [new Date(now.getTime() - DAY_MS)]);
    // In one statement: between two the row may go, as somebody's success starts the count over.
    const [known] = await tx.query<[{ failures: number; retry_at: Date }]>(
      `INSERT INTO sign_in_delay VALUES ($1, 0, $2)
       ON CONFLICT ON CONSTRAINT sign_in_delay_pk DO UPDATE SET failures = sign_in_delay.failures RETURNING failures, retry_at`,
      [key, now],
    );
    const wait = known.retry_at.getTime() - now.getTime();
    if (wait > 0) throw SignInDelayed({ retryAfterSeconds: Math.ceil(wait / 1000) });
    const failures = known.failures + 1;
    await tx.query('UPDATE sign_in_delay SET failures = $2, retry_at = $3 WHERE key = $1', [
      key,
      failures,
      new Date(now.getTime() + delayMs(rule, failures)),
    ]);
  });
}

/** Takes the last try back: it did not fail. */
export const forgiven = (db: DataSource | EntityManager, key: Buffer, now: Date): Promise<unknown> =>
  db.query('UPDATE sign_in_delay SET failures = greatest(failures - 1, 0), retry_at = $2 WHERE key = $1', [
    key,
    now,
  ]);

/** Starts these counts over. @returns how many tries had failed, all told */
export async function forgetFailures(tx: EntityManager, keys: Buffer[]): Promise<number> {
  const [{ failed }] = await tx.query<[{ failed: number }]>(
    `WITH gone AS (DELETE FROM sign_in_delay WHERE key = ANY ($1::bytea[]) RETURNING failures)
     SELECT coalesce(sum(failures), 0)::int AS failed FROM gone`,
    [keys],
  );
  return failed;
}
