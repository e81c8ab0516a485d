import { type DataSource } from 'typeorm';

/** How a study's messages stand. */
export interface MessageCounts {
  byState: Record<string, number>;
  /** Planned ones that are to be looked at now or were before. */
  due: number;
  oldestDueAt: Date | null;
}

export async function messageCounts(db: DataSource, studyId: string, now: Date): Promise<MessageCounts> {
  const rows = await db.query<{ state: string; messages: number; due: number; oldest: Date | null }[]>(
    `SELECT a.state, count(*)::int AS messages, (count(*) FILTER (WHERE a.state = 'planned' AND a.due_at <= $2))::int AS due,
            min(a.due_at) FILTER (WHERE a.state = 'planned' AND a.due_at <= $2) AS oldest
     FROM contact_attempt a JOIN wave w ON w.id = a.wave_id WHERE w.study_id = $1 GROUP BY a.state ORDER BY a.state`,
    [studyId, now],
  );
  const planned = rows.find(({ state }) => state === 'planned');
  return {
    byState: Object.fromEntries(rows.map(({ state, messages }) => [state, messages])),
    due: planned?.due ?? 0,
    oldestDueAt: planned?.oldest ?? null,
  };
}

/** A channel whose server was found away. */
export interface ChannelAway {
  channel: string;
  failures: number;
  retryAt: Date | null;
  reason: string | null;
}

export const channelsAway = (db: DataSource): Promise<ChannelAway[]> =>
  db.query(`SELECT channel, failures, retry_at AS "retryAt", reason FROM channel_state ORDER BY channel`);

/** How many cases of a wave were issued, and how many messages planned for them, sent ones included. */
export async function progressOf(
  db: DataSource,
  waveId: string,
): Promise<{ issued: number; planned: number }> {
  const rows = await db.query<{ issued: number; planned: number }[]>(
    `SELECT (SELECT count(*) FROM issued_case WHERE wave_id = $1)::int AS issued,
            (SELECT count(*) FROM contact_attempt WHERE wave_id = $1)::int AS planned`,
    [waveId],
  );
  return rows[0] ?? { issued: 0, planned: 0 };
}
