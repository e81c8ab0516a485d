import { DataSource } from 'typeorm';

/**
 * True for exactly one of all processes that ask for the same slot: the one that may do the scheduled work.
 * Slots older than a day are cleared on the way.
 */
export async function claimSlot(db: DataSource, name: string, slot: Date): Promise<boolean> {
  const rows = await db.query<{ claimed: number }[]>(
    `WITH cleared AS (DELETE FROM cron_run WHERE name = $1 AND slot < $2::timestamptz - interval '1 day'),
          claim AS (INSERT INTO cron_run (name, slot) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*)::int AS claimed FROM claim`,
    [name, slot],
  );
  return rows[0]?.claimed === 1;
}

/** The beginning of the slot that an instant falls into. */
export const slotOf = (instant: Date, seconds: number): Date =>
  new Date(Math.floor(instant.getTime() / (seconds * 1000)) * seconds * 1000);
