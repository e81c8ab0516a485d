import { type DataSource, type EntityManager } from 'typeorm';
import { standingConsents } from '../consent/standing-sql.js';
import { dateOf } from '../kit/clock.js';
import { type PanelRow } from './member-facts.js';

/**
 * What the panel's tables say of the members of a wave's study, a page at a time in the order of their ids.
 * An interview is a complete or partial case of a survey (a check-in is none), on the day of its last answers.
 * @param after    the last id of the page before
 * @param waiting  only active members without a case in the wave
 */
export async function panelPage(
  db: EntityManager,
  waveId: string,
  { after, limit, waiting }: { after: string | null; limit: number; waiting: boolean },
): Promise<PanelRow[]> {
  return db.query(
    `SELECT m.id AS member_id, m.status, m.cohort, m.recruitment_source, m.synthetic, m.host_country,
            m.recruiter_id IS NOT NULL OR m.coupon IS NOT NULL AS referred,
            coalesce(m.residence_country, m.host_country) AS country, m.joined_on, m.has_case,
            k.interviews, k.last_interview_on, coalesce(k.cases, '{}') AS cases, coalesce(d.consents, '{}') AS consents
     FROM (
       SELECT p.*, h.member_id IS NOT NULL AS has_case
       FROM wave w JOIN member p ON p.study_id = w.study_id
       LEFT JOIN issued_case h ON h.member_id = p.id AND h.wave_id = w.id
       WHERE w.id = $1 AND ($2::uuid IS NULL OR p.id > $2)
         AND (NOT $4 OR p.status = 'active' AND h.member_id IS NULL)
       ORDER BY p.id LIMIT $3
     ) AS m
     LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE spoke)::int AS interviews, max(spoke_on) FILTER (WHERE spoke) AS last_interview_on,
              jsonb_object_agg(letter, jsonb_build_array(state, disposition)) AS cases
       FROM (
         SELECT w.letter, c.state, coalesce(o.disposition, c.disposition) AS disposition,
                coalesce(r.submitted_on, r.saved_on, c.finished_on) AS spoke_on,
                coalesce(coalesce(o.disposition, c.disposition) IN ('1.1', '1.2'), false) AND w.definition ->> 'kind' IS DISTINCT FROM 'check-in' AS spoke
         FROM issued_case c
         JOIN wave w ON w.id = c.wave_id
         LEFT JOIN response r ON r.member_id = c.member_id AND r.wave_id = c.wave_id
         LEFT JOIN LATERAL (
           SELECT disposition FROM disposition_override WHERE member_id = c.member_id AND wave_id = c.wave_id
           ORDER BY seq DESC LIMIT 1
         ) AS o ON true
         WHERE c.member_id = m.id
       ) AS each_case
     ) AS k ON true
     LEFT JOIN LATERAL (
       SELECT jsonb_object_agg(purpose, given) AS consents FROM ${standingConsents('m.id')} AS standing
     ) AS d ON true
     ORDER BY m.id`,
    [waveId, after, limit, waiting],
  );
}

/**
 * Issues cases to members, and notes that in the cases' histories. Whoever left meanwhile or has a case gets none. Their contact
 * plan counts from `now`.
 * @param cases  with the end of the member's own window, where they have one
 * @returns the members who got one
 */
export async function issueCases(
  db: EntityManager,
  waveId: string,
  cases: readonly { memberId: string; closesAt: Date | null }[],
  now: Date,
): Promise<string[]> {
  const rows = await db.query<{ member_id: string }[]>(
    `WITH stays AS (
       SELECT m.id, m.locale, due.closes_at
       FROM unnest($2::uuid[], $3::timestamptz[]) AS due(id, closes_at) JOIN member m USING (id)
       WHERE m.status = 'active' FOR SHARE OF m
     ), issued AS (
       INSERT INTO issued_case (member_id, wave_id, state, locale, issued_on, plan_from, closes_at)
       SELECT id, $1, 'issued', locale, $4, $5, closes_at FROM stays
       ON CONFLICT ON CONSTRAINT issued_case_pk DO NOTHING
       RETURNING member_id
     ), noted AS (
       INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
       SELECT member_id, $1, 1, 'issue', 'issued', $4 FROM issued
     )
     SELECT member_id FROM issued`,
    [waveId, cases.map((c) => c.memberId), cases.map((c) => c.closesAt), dateOf(now), now],
  );
  return rows.map(({ member_id }) => member_id);
}

/** Open waves with a declared window, opened to the end: members come into it from day to day. */
export async function wavesStillIssuing(db: DataSource, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    `SELECT id FROM wave WHERE opened_at IS NOT NULL AND closed_at IS NULL AND closes_at > $1
       AND NOT issuing AND definition ? 'window'`,
    [now],
  );
  return rows.map(({ id }) => id);
}

/** Open waves whose opening goes on or was cut off. */
export async function wavesOpening(db: DataSource, now: Date): Promise<string[]> {
  const rows = await db.query<{ id: string }[]>(
    'SELECT id FROM wave WHERE issuing AND closed_at IS NULL AND closes_at > $1',
    [now],
  );
  return rows.map(({ id }) => id);
}

/** Which opening of a wave is to be worked off: it changes when the wave is opened again. */
export async function openingOf(db: DataSource, waveId: string): Promise<string | undefined> {
  const rows = await db.query<{ opening: string }[]>('SELECT xmin::text AS opening FROM wave WHERE id = $1', [
    waveId,
  ]);
  return rows[0]?.opening;
}

/**
 * Everyone was looked at since an opening.
 * @returns false where the wave was opened again meanwhile: who has joined since may have been passed over
 */
export async function endIssuing(
  db: DataSource,
  waveId: string,
  opening: string | undefined,
): Promise<boolean> {
  await db.query('UPDATE wave SET issuing = false WHERE id = $1 AND issuing AND xmin::text = $2', [
    waveId,
    opening,
  ]);
  const rows = await db.query<{ issuing: boolean }[]>('SELECT issuing FROM wave WHERE id = $1', [waveId]);
  return !rows[0]?.issuing;
}
