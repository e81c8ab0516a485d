import { DataSource } from 'typeorm';

// What staff decided last, else what was computed; null while the case is under way.
const DISPOSITION = `coalesce(
  (SELECT o.disposition FROM disposition_override o WHERE o.member_id = c.member_id AND o.wave_id = c.wave_id ORDER BY o.seq DESC LIMIT 1),
  c.disposition)`;

export interface WaveCodes {
  wave: string;
  recruitment: 'opt-in' | 'panel';
  disposition: string | null;
  cases: number;
  invited: number;
}

/** Cases of the opened survey waves of a study by disposition; null is under way. */
export const casesByDisposition = (db: DataSource, studyId: string): Promise<WaveCodes[]> =>
  db.query(
    `SELECT w.letter AS wave, w.definition ->> 'recruitment' AS recruitment, d.disposition, count(*)::int AS cases,
            count(*) FILTER (WHERE d.invited)::int AS invited
     FROM wave w
     CROSS JOIN LATERAL (
       SELECT ${DISPOSITION} AS disposition,
              EXISTS (SELECT FROM contact_attempt a WHERE a.member_id = c.member_id AND a.wave_id = c.wave_id AND a.state = 'sent') AS invited
       FROM issued_case c WHERE c.wave_id = w.id
     ) AS d
     WHERE w.study_id = $1 AND w.opened_at IS NOT NULL AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in'
     GROUP BY 1, 2, 3 ORDER BY 1, 3`,
    [studyId],
  );

export interface PatternRow {
  country: string;
  status: string;
  /** Wave to disposition, of the waves in which a case was issued. */
  codes: Record<string, string | null>;
  people: number;
}

/** Members of a study by what became of them in all its survey waves: as many rows as there are different fates. */
export const fates = (db: DataSource, studyId: string): Promise<PatternRow[]> =>
  db.query(
    `SELECT country, status, codes, count(*)::int AS people
     FROM (
       SELECT m.host_country AS country, m.status, jsonb_object_agg(w.letter, ${DISPOSITION}) AS codes
       FROM member m
       JOIN issued_case c ON c.member_id = m.id
       JOIN wave w ON w.id = c.wave_id AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in'
       WHERE m.study_id = $1 GROUP BY m.id
     ) AS fate
     GROUP BY 1, 2, 3`,
    [studyId],
  );

export interface SeamRow {
  member_id: string;
  interviews: string[];
  changes: string[];
}

/** Months of interviews and of changes of home of a thousand members after one, of those with two interviews or more. */
export const seamsAfter = (
  db: DataSource,
  studyId: string,
  after: string | null,
  limit: number,
): Promise<SeamRow[]> =>
  db.query(
    `SELECT m.id AS member_id, t.interviews,
            ARRAY(SELECT to_char(s.moved_in_on, 'YYYY-MM') FROM residence_spell s
                  WHERE s.member_id = m.id AND s.until_nr IS NULL AND s.dating <> 'undated'
                    AND EXISTS (SELECT FROM residence_spell b WHERE b.member_id = m.id AND b.until_nr IS NULL AND b.moved_in_on < s.moved_in_on)) AS changes
     FROM member m
     CROSS JOIN LATERAL (
       SELECT array_agg(to_char(coalesce(r.submitted_on, r.saved_on), 'YYYY-MM')) AS interviews
       FROM response r
       JOIN interview i ON i.member_id = r.member_id AND i.wave_id = r.wave_id
       JOIN wave w ON w.id = r.wave_id AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in'
       WHERE r.member_id = m.id
     ) AS t
     WHERE m.study_id = $1 AND ($2::uuid IS NULL OR m.id > $2) AND cardinality(t.interviews) > 1
     ORDER BY m.id LIMIT $3`,
    [studyId, after, limit],
  );
