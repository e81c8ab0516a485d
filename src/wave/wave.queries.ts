import { EntityManager } from 'typeorm';
import { type StudyFile } from '../study/study.js';
import { type CaseState } from './case-state.js';
import { type PlanBefore } from './plan-edits.js';

/** A case that is not finished. */
export interface OpenCase {
  member_id: string;
  wave_id: string;
  state: CaseState;
  answered_share: number | null;
  ever_opened: boolean;
}

/** A case whose mail bounced may still be opened, until its wave closes. */
export const UNDER_WAY = `c.state IN ('issued', 'invited', 'opened', 'started', 'undeliverable') AND c.finished_on IS NULL`;

/**
 * Up to `limit` cases of a wave that are not finished, locked so that no save slips in between.
 * @param endedBy  only those whose own window had closed by then
 */
export async function lockOpenCases(
  db: EntityManager,
  waveId: string,
  limit: number,
  endedBy: Date | null = null,
): Promise<OpenCase[]> {
  const locked = await db.query<{ member_id: string }[]>(
    `SELECT c.member_id FROM issued_case c
     WHERE c.wave_id = $1 AND ${UNDER_WAY} AND ($3::timestamptz IS NULL OR c.closes_at <= $3)
     ORDER BY c.member_id LIMIT $2 FOR UPDATE`,
    [waveId, limit, endedBy],
  );
  // A statement of its own, so that it sees what a save that held the case until just now has written.
  return db.query(`${OPEN_CASE} WHERE c.wave_id = $1 AND c.member_id = ANY($2::uuid[])`, [
    waveId,
    locked.map((c) => c.member_id),
  ]);
}

export const OPEN_CASE = `
  SELECT c.member_id, c.wave_id, c.state, r.answered_share,
         EXISTS (SELECT FROM case_event e WHERE e.member_id = c.member_id AND e.wave_id = c.wave_id AND e.event = 'open') AS ever_opened
  FROM issued_case c LEFT JOIN response r USING (member_id, wave_id)`;

/**
 * Waves to close: those whose window has passed, and closed ones in which a crash left cases under way. Of other open waves only
 * the cases end (`whole` is false) whose member's own window has closed.
 */
export async function wavesToClose(db: EntityManager, now: Date): Promise<{ id: string; whole: boolean }[]> {
  return db.query(
    `SELECT w.id, w.closed_at IS NOT NULL OR w.closes_at <= $1 AS whole FROM wave w
     WHERE w.opened_at IS NOT NULL AND CASE
       WHEN w.closed_at IS NULL THEN w.closes_at <= $1
         OR EXISTS (SELECT FROM issued_case c WHERE c.wave_id = w.id AND ${UNDER_WAY} AND c.closes_at <= $1)
       ELSE EXISTS (SELECT FROM issued_case c WHERE c.wave_id = w.id AND ${UNDER_WAY}) END
     ORDER BY w.opened_at`,
    [now],
  );
}

/** The waves of a study that are loaded already, held, against the contact plans of its file. */
export async function plansBefore(db: EntityManager, { id, waves }: StudyFile): Promise<PlanBefore[]> {
  return db.query(
    `SELECT w.letter, w.contact_plan IS NOT NULL AS edited, w.definition -> 'contactPlan' <> n.plan AS file_changed,
            coalesce(w.contact_plan, w.definition -> 'contactPlan') <> n.plan AS differs
     FROM wave w JOIN unnest($2::text[], $3::jsonb[]) AS n(letter, plan) USING (letter)
     WHERE w.study_id = $1 FOR NO KEY UPDATE OF w`,
    [id, waves.map((wave) => wave.id), waves.map((wave) => JSON.stringify(wave.contactPlan))],
  );
}

/** Holds a wave until the transaction ends, so that it is not opened and closed at once; who answers it need not wait. */
export async function lockWave(db: EntityManager, waveId: string): Promise<void> {
  await db.query('SELECT FROM wave WHERE id = $1 FOR NO KEY UPDATE', [waveId]);
}

/** Opens a wave, with the study's partial rule and crucial items as they stand now: from then on they are fixed. */
export async function markOpened(
  db: EntityManager,
  waveId: string,
  openedAt: Date,
  closesAt: Date,
): Promise<void> {
  await db.query(
    `UPDATE wave w SET opened_at = $2, closes_at = $3, partial_rule = y.definition -> 'partialRule',
       crucial = y.definition -> 'crucial'
     FROM study y WHERE w.id = $1 AND y.id = w.study_id`,
    [waveId, openedAt, closesAt],
  );
}

/** Closes a wave; once closed it keeps its instant. @returns whether it was not closed before */
export async function markClosed(tx: EntityManager, waveId: string, at: Date): Promise<boolean> {
  const rows = await tx.query<{ isNew: boolean }[]>(
    `WITH before AS (SELECT closed_at FROM wave WHERE id = $1 FOR NO KEY UPDATE),
          closed AS (UPDATE wave SET closed_at = coalesce(wave.closed_at, $2), issuing = false FROM before WHERE id = $1)
     SELECT closed_at IS NULL AS "isNew" FROM before`,
    [waveId, at],
  );
  return rows[0]?.isNew ?? false;
}

/** How a case ends. */
export interface CaseEnd {
  memberId: string;
  waveId: string;
  event: string;
  state: CaseState;
  disposition: string;
  reason?: string;
}

/** Ends cases: state, disposition and history, one row each. Their links open nothing any more. */
export async function endCases(
  db: EntityManager,
  ends: readonly CaseEnd[],
  edition: string,
  on: string,
): Promise<void> {
  await db.query(
    `WITH ended AS (
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
         AS e(member_id, wave_id, event, state, disposition, reason)
     ), moved AS (
       UPDATE issued_case c SET state = e.state, disposition = e.disposition, disposition_edition = $7,
         finished_on = $8, last_active_at = NULL
       FROM ended e WHERE c.member_id = e.member_id AND c.wave_id = e.wave_id
     ), closed AS (
       UPDATE personal_link l SET revoked = true FROM ended e
       WHERE l.member_id = e.member_id AND l.wave_id = e.wave_id
     ), spoke AS (
       UPDATE member m SET residence_coder = NULL FROM ended e WHERE m.id = e.member_id AND e.state = 'partial'
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on, reason)
     SELECT e.member_id, e.wave_id,
            (SELECT coalesce(max(seq), 0) + 1 FROM case_event h WHERE h.member_id = e.member_id AND h.wave_id = e.wave_id),
            e.event, e.state, $8::date, e.reason
     FROM ended e`,
    [
      ends.map((e) => e.memberId),
      ends.map((e) => e.waveId),
      ends.map((e) => e.event),
      ends.map((e) => e.state),
      ends.map((e) => e.disposition),
      ends.map((e) => e.reason ?? null),
      edition,
      on,
    ],
  );
}
