import { type EntityManager } from 'typeorm';
import { OPEN_CASE, type OpenCase, UNDER_WAY } from './wave.queries.js';

/** A case with whether it is still under way. */
export interface HeldCase extends OpenCase {
  under_way: boolean;
}

/** A case, locked; undefined where none was issued. */
export async function lockCase(
  tx: EntityManager,
  memberId: string,
  waveId: string,
): Promise<HeldCase | undefined> {
  await tx.query('SELECT FROM issued_case WHERE member_id = $1 AND wave_id = $2 FOR UPDATE', [
    memberId,
    waveId,
  ]);
  // A statement of its own, as for a wave's cases: it sees what the save wrote that held the case until just now.
  const rows = await tx.query<HeldCase[]>(
    `SELECT held.*, ${UNDER_WAY} AS under_way FROM (${OPEN_CASE} WHERE c.member_id = $1 AND c.wave_id = $2) AS held
     JOIN issued_case c USING (member_id, wave_id)`,
    [memberId, waveId],
  );
  return rows[0];
}

/** The cases of a member that are not finished, locked. */
export async function lockCasesOf(tx: EntityManager, memberId: string): Promise<OpenCase[]> {
  const locked = await tx.query<{ wave_id: string }[]>(
    `SELECT c.wave_id FROM issued_case c WHERE c.member_id = $1 AND ${UNDER_WAY} FOR UPDATE`,
    [memberId],
  );
  return tx.query(`${OPEN_CASE} WHERE c.member_id = $1 AND c.wave_id = ANY($2::text[])`, [
    memberId,
    locked.map(({ wave_id }) => wave_id),
  ]);
}

/** What staff decided about a case instead of the computed disposition. */
export interface Override {
  memberId: string;
  waveId: string;
  code: string;
  edition: string;
  reason: string;
  by: string;
  on: string;
}

/** Appends a decision: none before it is changed. */
export async function addOverride(tx: EntityManager, given: Override): Promise<void> {
  await tx.query(
    `INSERT INTO disposition_override (member_id, wave_id, seq, disposition, disposition_edition, reason, decided_by, decided_on)
     SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM disposition_override WHERE member_id = $1 AND wave_id = $2),
            $3, $4, $5, $6, $7`,
    [given.memberId, given.waveId, given.code, given.edition, given.reason, given.by, given.on],
  );
}

/** Notes something in the history of a case whose state it leaves as it is. */
export async function noteEvent(
  tx: EntityManager,
  { memberId, waveId, reason, on }: Pick<Override, 'memberId' | 'waveId' | 'reason' | 'on'>,
  event: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on, reason)
     SELECT c.member_id, c.wave_id,
            (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $1 AND wave_id = $2), $3, c.state, $4, $5
     FROM issued_case c WHERE c.member_id = $1 AND c.wave_id = $2`,
    [memberId, waveId, event, on, reason],
  );
}
