import { EntityManager } from 'typeorm';

/**
 * Issues a case to every eligible member that has none in the wave, and notes it in the case's history.
 * @returns how many were issued
 */
export async function issueCases(db: EntityManager, waveId: string, on: string): Promise<number> {
  const rows = await db.query<{ issued: number }[]>(
    `WITH issued AS (
       INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on)
       SELECT m.id, w.id, 'issued', m.locale, $2
       FROM wave w JOIN member m ON m.study_id = w.study_id
       WHERE w.id = $1 AND m.status = 'active'
       ON CONFLICT ON CONSTRAINT issued_case_pk DO NOTHING
       RETURNING member_id
     ), noted AS (
       INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
       SELECT member_id, $1, 1, 'issue', 'issued', $2 FROM issued
     )
     SELECT count(*)::int AS issued FROM issued`,
    [waveId, on],
  );
  return rows[0]?.issued ?? 0;
}

/** A case that the close of its wave ends. */
export interface OpenCase {
  member_id: string;
  state: string;
  answered_share: number | null;
  ever_opened: boolean;
}

const UNDER_WAY = `('issued', 'invited', 'opened', 'started')`;

/** Up to `limit` cases of a wave that are not finished, locked so that no save slips in between. */
export async function lockOpenCases(db: EntityManager, waveId: string, limit: number): Promise<OpenCase[]> {
  const locked = await db.query<{ member_id: string }[]>(
    `SELECT member_id FROM issued_case WHERE wave_id = $1 AND state IN ${UNDER_WAY}
     ORDER BY member_id LIMIT $2 FOR UPDATE`,
    [waveId, limit],
  );
  // A statement of its own, so that it sees what a save that held the case until just now has written.
  return db.query(
    `SELECT c.member_id, c.state, r.answered_share,
            EXISTS (SELECT FROM case_event e WHERE e.member_id = c.member_id AND e.wave_id = c.wave_id AND e.event = 'open') AS ever_opened
     FROM issued_case c LEFT JOIN response r USING (member_id, wave_id)
     WHERE c.wave_id = $1 AND c.member_id = ANY($2::uuid[])`,
    [waveId, locked.map((c) => c.member_id)],
  );
}

/** Waves whose window has passed, and closed ones in which a crash left cases under way. */
export async function wavesToClose(db: EntityManager, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT id FROM wave w WHERE opened_at IS NOT NULL AND CASE WHEN closed_at IS NULL THEN closes_at <= $1
       ELSE EXISTS (SELECT FROM issued_case c WHERE c.wave_id = w.id AND c.state IN ${UNDER_WAY}) END`,
    [now],
  );
  return rows.map((row) => row.id);
}

/** Holds a wave until the transaction ends, so that it is not opened and closed at once. */
export async function lockWave(db: EntityManager, waveId: string): Promise<void> {
  await db.query('SELECT FROM wave WHERE id = $1 FOR UPDATE', [waveId]);
}

/** Ends cases: state, disposition and history, one row each. */
export async function endCases(
  db: EntityManager,
  waveId: string,
  ends: { memberId: string; event: string; state: string; disposition: string }[],
  edition: string,
  on: string,
): Promise<void> {
  await db.query(
    `WITH ended AS (
       SELECT * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) AS e(member_id, event, state, disposition)
     ), moved AS (
       UPDATE issued_case c SET state = e.state, disposition = e.disposition, disposition_edition = $6,
         finished_on = $7, last_active_at = NULL
       FROM ended e WHERE c.member_id = e.member_id AND c.wave_id = $1
     ), closed AS (
       UPDATE personal_link l SET revoked = true FROM ended e WHERE l.member_id = e.member_id AND l.wave_id = $1
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT e.member_id, $1, (SELECT coalesce(max(seq), 0) + 1 FROM case_event h WHERE h.member_id = e.member_id AND h.wave_id = $1),
            e.event, e.state, $7::date
     FROM ended e`,
    [
      waveId,
      ends.map((e) => e.memberId),
      ends.map((e) => e.event),
      ends.map((e) => e.state),
      ends.map((e) => e.disposition),
      edition,
      on,
    ],
  );
}
