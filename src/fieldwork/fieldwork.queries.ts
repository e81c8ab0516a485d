import { DataSource } from 'typeorm';
import { type CaseState } from '../wave/case-state.js';
import { type AttemptCount, type CaseCount, type MoveCount } from './fieldwork.js';

/** Cases of a study by wave, host country and state. */
export const caseCounts = (db: DataSource, studyId: string): Promise<CaseCount[]> =>
  db.query(
    `SELECT w.letter AS wave, m.host_country AS country, c.state, count(*)::int AS cases
     FROM issued_case c JOIN wave w ON w.id = c.wave_id JOIN member m ON m.id = c.member_id
     WHERE w.study_id = $1 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [studyId],
  );

/** What became of the messages of a study, by wave and step. */
export const attemptCounts = (db: DataSource, studyId: string): Promise<AttemptCount[]> =>
  db.query(
    `SELECT w.letter AS wave, a.step, a.state, CASE WHEN a.state = 'suppressed' THEN a.reason END AS reason,
            count(*)::int AS attempts
     FROM contact_attempt a JOIN wave w ON w.id = a.wave_id
     WHERE w.study_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
    [studyId],
  );

/** Moves by countries, class and month. */
export const moveCounts = (db: DataSource, studyId: string): Promise<MoveCount[]> =>
  db.query(
    `SELECT v.from_country AS "from", v.to_country AS "to", to_char(v.moved_on, 'YYYY-MM') AS month, v.class,
            count(*)::int AS people
     FROM residence_move v JOIN member m ON m.id = v.member_id
     WHERE m.study_id = $1 GROUP BY 1, 2, 3, 4 ORDER BY 3, 1, 2`,
    [studyId],
  );

/** Cases under way whose person has done nothing since an instant. */
export async function stalledCases(db: DataSource, studyId: string, since: Date): Promise<number> {
  const rows = await db.query<{ stalled: number }[]>(
    `SELECT count(*)::int AS stalled FROM issued_case c JOIN wave w ON w.id = c.wave_id
     WHERE w.study_id = $1 AND c.state IN ('opened', 'started') AND c.last_active_at < $2`,
    [studyId, since],
  );
  return rows[0]?.stalled ?? 0;
}

/** Check-ins that were answered, or not, in the same way. */
export interface CheckInCases {
  wave: string;
  state: CaseState;
  /** To the items that keep in touch; of the places only whether any is told. */
  answers: Record<string, unknown>;
  members: number;
}

/** Cases of a study's check-ins, counted by all that decides what came of them. */
export const checkInCases = (db: DataSource, studyId: string): Promise<CheckInCases[]> =>
  db.query(
    `SELECT w.letter AS wave, c.state, said.answers, count(*)::int AS members
     FROM issued_case c
     JOIN wave w ON w.id = c.wave_id
     LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
     CROSS JOIN LATERAL (SELECT jsonb_strip_nulls(jsonb_build_object(
       'res_same', r.answers -> 'res_same', 'contact_ok', r.answers -> 'contact_ok', 'any_change', r.answers -> 'any_change',
       'spells', CASE WHEN jsonb_path_exists(r.answers, '$.spells[*].keyvalue()', '{}', true) THEN '[{"told": true}]'::jsonb END
     )) AS answers) AS said
     WHERE w.study_id = $1 AND w.definition ->> 'kind' = 'check-in'
     GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
    [studyId],
  );
