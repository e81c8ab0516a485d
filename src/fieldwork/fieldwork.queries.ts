import { DataSource } from 'typeorm';
import { type AttemptCount, type CaseCount } from './fieldwork.js';

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

export interface Relocation {
  from: string;
  to: string;
  month: string;
  people: number;
}

/** Moves between countries: each spell that follows another one in a different country, by month. */
export const relocations = (db: DataSource, studyId: string): Promise<Relocation[]> =>
  db.query(
    `SELECT previous AS "from", country AS "to", to_char(moved_in_on, 'YYYY-MM') AS month, count(*)::int AS people
     FROM (
       SELECT s.country, s.moved_in_on,
              lag(s.country) OVER (PARTITION BY s.member_id, s.source_wave_id ORDER BY s.moved_in_on, s.seq) AS previous
       FROM residence_spell s JOIN member m ON m.id = s.member_id
       WHERE m.study_id = $1
     ) AS spell
     WHERE previous <> country GROUP BY 1, 2, 3 ORDER BY 3, 1, 2`,
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
