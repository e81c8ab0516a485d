import pg from 'pg';

/** A row that another connection holds, so that whoever wants it next has to wait. */
export interface HeldRow {
  /** The holding connection, within its transaction. */
  client: pg.Client;
  /** Resolves once so many others wait for a lock in the same database. @throws after ten seconds */
  waiters(count: number): Promise<void>;
  /** Commits and ends. */
  release(): Promise<void>;
}

/** Locks the case of a member, by a transaction of its own, until it is released. */
export const holdCase = (url: string, memberId: string): Promise<HeldRow> =>
  holding(url, 'SELECT FROM issued_case WHERE member_id = $1 FOR UPDATE', [memberId]);

/** Holds what a statement locks, by a transaction of its own, until it is released. */
export async function holding(url: string, sql: string, values: unknown[] = []): Promise<HeldRow> {
  const client = new pg.Client({ connectionString: url });
  const watcher = new pg.Client({ connectionString: url });
  await Promise.all([client.connect(), watcher.connect()]);
  await client.query('BEGIN');
  await client.query(sql, values);
  return {
    client,
    async waiters(count) {
      for (const end = Date.now() + 10_000; Date.now() < end;) {
        const { rows } = await watcher.query<{ waiting: number }>(
          `SELECT count(*)::int AS waiting FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        if ((rows[0]?.waiting ?? 0) >= count) return;
      }
      throw new Error(`Fewer than ${count} others wait for a lock`);
    },
    async release() {
      await client.query('COMMIT');
      await Promise.all([client.end(), watcher.end()]);
    },
  };
}
