import { type DataSource, type EntityManager } from 'typeorm';
import { noteEvents } from './attempt.queries.js';

/** What is known of the database since it was last confirmed to be the one that sends. */
export interface Fence {
  identity: string;
  mark: bigint;
  fencedAt: Date | null;
  /** In words for staff. */
  reason: string | null;
}

/**
 * What a restored database does not share with the one that it was: its server, that server's timeline (another one after a recovery to
 * a point in time, or on a standby that took over), or its number among the server's databases. Any role may ask.
 */
export async function databaseIdentity(db: DataSource | EntityManager): Promise<string> {
  const rows = await db.query<{ identity: string }[]>(
    `SELECT concat_ws('/', s.system_identifier, c.timeline_id, d.oid) AS identity
     FROM pg_control_system() AS s, pg_control_checkpoint() AS c, pg_database AS d WHERE d.datname = current_database()`,
  );
  return rows[0]?.identity ?? '';
}

/** The fence, held; a new database gets one with its identity. */
export async function lockFence(tx: EntityManager, identity: string): Promise<Fence> {
  await tx.query('INSERT INTO sending_fence (database_identity) VALUES ($1) ON CONFLICT DO NOTHING', [
    identity,
  ]);
  const [row] = await tx.query<FenceRow[]>(`${FENCE} FOR UPDATE`);
  return row ? fenceOf(row) : { identity, mark: 0n, fencedAt: null, reason: null };
}

export async function fenceNow(db: DataSource): Promise<Fence | undefined> {
  const [row] = await db.query<FenceRow[]>(FENCE);
  return row && fenceOf(row);
}

type FenceRow = { identity: string; mark: string; fenced_at: Date | null; reason: string | null };
const FENCE =
  'SELECT database_identity AS identity, mark::text AS mark, fenced_at, reason FROM sending_fence';
const fenceOf = ({ identity, mark, fenced_at, reason }: FenceRow): Fence => ({
  identity,
  mark: BigInt(mark),
  fencedAt: fenced_at,
  reason,
});

export async function setFence(
  tx: EntityManager,
  { identity, mark, fencedAt, reason }: Fence,
): Promise<void> {
  await tx.query('UPDATE sending_fence SET database_identity = $1, mark = $2, fenced_at = $3, reason = $4', [
    identity,
    mark.toString(),
    fencedAt,
    reason,
  ]);
}

/**
 * What fell due until an instant may have left after the backup was made: nobody knows, and nothing of it is sent by itself.
 * @returns how many messages that are
 */
export async function overdueToUnknown(tx: EntityManager, now: Date): Promise<number> {
  const rows = await tx.query<{ unknown: number }[]>(
    `WITH lost AS (
       UPDATE contact_attempt SET state = 'unknown', reason = 'after_restore', claim = NULL, claimed_at = falls_due_at
       WHERE state = 'planned' AND falls_due_at <= $1 RETURNING member_id, wave_id, step, channel
     ), noted AS (
       ${noteEvents('lost l', { event: `'unknown'`, channel: 'l.channel', reason: `'after_restore'`, at: '$1' })}
     )
     SELECT count(*)::int AS unknown FROM lost`,
    [now],
  );
  return rows[0]?.unknown ?? 0;
}

/** What only waited because messages were held back is looked at now. @param studyId  null is every study */
export async function lookNow(
  tx: EntityManager,
  reason: 'study_paused' | 'sending_fenced',
  studyId: string | null,
  now: Date,
): Promise<void> {
  await tx.query(
    `UPDATE contact_attempt a SET due_at = $2 FROM wave w
     WHERE w.id = a.wave_id AND a.state = 'planned' AND a.claim IS NULL AND a.reason = $1 AND a.due_at > $2
       AND ($3::text IS NULL OR w.study_id = $3)`,
    [reason, now, studyId],
  );
}
