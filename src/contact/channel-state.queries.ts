import { type DataSource } from 'typeorm';
import { type Channel } from '../study/channel.js';

/** How often a channel's server was found away in a row, and until when it is left alone. */
export interface ChannelState {
  failures: number;
  retryAt: Date | null;
}

export async function channelState(db: DataSource, channel: Channel): Promise<ChannelState> {
  const rows = await db.query<{ failures: number; retry_at: Date | null }[]>(
    'SELECT failures, retry_at FROM channel_state WHERE channel = $1',
    [channel],
  );
  return { failures: rows[0]?.failures ?? 0, retryAt: rows[0]?.retry_at ?? null };
}

/** The server is away: all processes leave it alone for a while. Many failures at once count as one. */
export async function channelIsAway(
  db: DataSource,
  channel: Channel,
  reason: string,
  now: Date,
  backOffSeconds: (failures: number) => number,
): Promise<void> {
  const { failures, retryAt } = await channelState(db, channel);
  if (retryAt && retryAt > now) return;
  await db.query(
    `INSERT INTO channel_state (channel, retry_at, failures, reason) VALUES ($1, $2, 1, $3)
     ON CONFLICT (channel) DO UPDATE SET retry_at = excluded.retry_at, failures = $4, reason = excluded.reason
       WHERE channel_state.failures = $5`,
    [channel, new Date(now.getTime() + backOffSeconds(failures) * 1000), reason, failures + 1, failures],
  );
}

export async function channelIsBack(db: DataSource, channel: Channel): Promise<void> {
  await db.query('DELETE FROM channel_state WHERE channel = $1', [channel]);
}

/**
 * Takes a share of what all processes together may begin in the present slot of time, by the database's own clock.
 * @param perMinute  messages
 * @returns how many may begin now, and in how many milliseconds the next slot begins
 */
export async function takeRate(
  db: DataSource,
  channel: Channel,
  perMinute: number,
  wanted: number,
): Promise<{ granted: number; nextSlotMs: number }> {
  const slotSeconds = perMinute >= 60 ? 1 : Math.ceil(60 / perMinute);
  const most = Math.max(1, Math.floor((perMinute * slotSeconds) / 60));
  const rows = await db.query<{ granted: number; next_ms: number }[]>(
    `WITH at AS (SELECT extract(epoch FROM clock_timestamp())::float8 AS s),
          slot AS (SELECT floor(s / $2)::bigint AS nr, ceil(($2 - s + floor(s / $2) * $2) * 1000)::int AS next_ms FROM at),
          cleared AS (DELETE FROM send_rate r USING slot WHERE r.channel = $1 AND r.slot < slot.nr - 60),
          taken AS (
            INSERT INTO send_rate AS r (channel, slot, taken) SELECT $1, nr, least($3::int, $4::int) FROM slot
            ON CONFLICT ON CONSTRAINT send_rate_pk DO UPDATE SET taken = least(r.taken + $3::int, $4::int)
            RETURNING new.taken - coalesce(old.taken, 0) AS granted
          )
     SELECT taken.granted, slot.next_ms FROM taken, slot`,
    [channel, slotSeconds, wanted, most],
  );
  return { granted: rows[0]?.granted ?? 0, nextSlotMs: rows[0]?.next_ms ?? slotSeconds * 1000 };
}
