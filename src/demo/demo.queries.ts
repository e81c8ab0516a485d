import { DataSource } from 'typeorm';

/** An hour of the morning in every host country, in which messages go out anyway. */
const DAILY_LOOK = `timestamptz '2000-01-01 08:00Z'`;

/**
 * The next instant at which the study itself has something to do: send a message, end a case, close a wave. Steps that wait for their
 * condition are looked at once a day, not every few hours: hours in which nobody acts would have to be lived through for them alone.
 */
export async function nextOwed(db: DataSource): Promise<Date | undefined> {
  const rows = await db.query<{ at: Date | null }[]>(
    `SELECT least(
       (SELECT min(due_at) FROM contact_attempt WHERE state = 'planned' AND reason IS DISTINCT FROM 'condition'),
       (SELECT date_bin('1 day', min(due_at) - interval '1 microsecond', ${DAILY_LOOK}) + interval '1 day'
        FROM contact_attempt WHERE state = 'planned' AND reason = 'condition'),
       (SELECT min(c.closes_at) FROM issued_case c WHERE c.finished_on IS NULL),
       (SELECT min(closes_at) FROM wave WHERE opened_at IS NOT NULL AND closed_at IS NULL)
     ) AS at`,
  );
  return rows[0]?.at ?? undefined;
}

/** A member with the final disposition of each survey that was issued to them, staff's decisions first. */
export interface MemberCodes {
  cohort: string;
  country: string;
  codes: Record<string, string>;
}

export const memberCodes = (db: DataSource, studyId: string): Promise<MemberCodes[]> =>
  db.query(
    `SELECT m.cohort, m.host_country AS country,
            jsonb_object_agg(w.letter, coalesce(o.disposition, c.disposition)) AS codes
     FROM member m
     JOIN issued_case c ON c.member_id = m.id AND c.finished_on IS NOT NULL
     JOIN wave w ON w.id = c.wave_id AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in'
     LEFT JOIN LATERAL (
       SELECT disposition FROM disposition_override WHERE member_id = c.member_id AND wave_id = c.wave_id
       ORDER BY seq DESC LIMIT 1
     ) AS o ON true
     WHERE m.study_id = $1 GROUP BY m.id ORDER BY m.id`,
    [studyId],
  );
