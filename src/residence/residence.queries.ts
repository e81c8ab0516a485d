import { EntityManager } from 'typeorm';

/** Members of whom spells and moves are to be derived, held until the transaction ends. */
export interface StaleMember {
  id: string;
  host_country: string;
  time_zone: string | null;
  residence_country: string | null;
  residence_region: string | null;
  /** The study's host countries. */
  hosts: string[];
}

/** Up to `limit` of the members that are stale, or of those named; who is held by another derivation waits for the next look. */
export async function lockStale(
  tx: EntityManager,
  limit: number,
  named: readonly string[] | null,
): Promise<StaleMember[]> {
  return tx.query(
    `SELECT m.id, m.host_country, m.time_zone, m.residence_country, m.residence_region,
            ARRAY(SELECT jsonb_path_query(y.definition, '$.hostCountries[*].code') #>> '{}') AS hosts
     FROM member m JOIN study y ON y.id = m.study_id
     WHERE m.residence_coder IS NULL AND ($2::uuid[] IS NULL OR m.id = ANY($2))
     ORDER BY m.id LIMIT $1 FOR UPDATE OF m ${named ? '' : 'SKIP LOCKED'}`,
    [limit, named],
  );
}

/** Whose spells and moves another version of the code derived. */
export async function makeStale(db: EntityManager, coder: string): Promise<void> {
  await db.query('UPDATE member SET residence_coder = NULL WHERE residence_coder <> $1', [coder]);
}

/** Marks one member: something was said that may change where they live. */
export async function markStale(db: EntityManager, memberId: string): Promise<void> {
  await db.query('UPDATE member SET residence_coder = NULL WHERE id = $1', [memberId]);
}

export interface ReportRow {
  member_id: string;
  /** Null between waves. */
  wave_id: string | null;
  reported_on: string;
  answers: Record<string, unknown>;
}

/**
 * What members said about residence, each one's in order: in complete and partial interviews, and between waves. What was entered
 * in a case that ended otherwise does not count.
 */
export async function reportsOf(db: EntityManager, memberIds: readonly string[]): Promise<ReportRow[]> {
  return db.query(
    `SELECT member_id, wave_id, reported_on::text, answers
     FROM (
       SELECT r.member_id, CASE WHEN w.definition ->> 'kind' = 'check-in' THEN NULL ELSE r.wave_id END AS wave_id,
              coalesce(r.submitted_on, r.saved_on) AS reported_on, 0 AS source, w.opened_at AS nth, 0 AS seq,
              jsonb_strip_nulls(jsonb_build_object('res_same', r.answers -> 'res_same', 'spells', r.answers -> 'spells',
                                                   'spells_fix', r.answers -> 'spells_fix')) AS answers
       FROM response r
       JOIN issued_case c ON c.member_id = r.member_id AND c.wave_id = r.wave_id AND c.state IN ('complete', 'partial')
       JOIN wave w ON w.id = r.wave_id
       WHERE r.member_id = ANY($1::uuid[])
       UNION ALL
       SELECT member_id, NULL, reported_on, 1, NULL, seq, answers FROM residence_report WHERE member_id = ANY($1::uuid[])
     ) AS said
     WHERE answers <> '{}'
     ORDER BY member_id, reported_on, source, nth, seq`,
    [memberIds],
  );
}

/** The derived rows of some members, as the tables hold them. */
export interface Derived {
  revisions: object[];
  spells: object[];
  moves: object[];
  members: object[];
}

/** Puts what was derived in the place of what was derived before. */
export async function replaceDerived(
  tx: EntityManager,
  memberIds: readonly string[],
  { revisions, spells, moves, members }: Derived,
  coder: string,
): Promise<void> {
  for (const table of ['residence_move', 'residence_spell', 'residence_revision'])
    await tx.query(`DELETE FROM ${table} WHERE member_id = ANY($1::uuid[])`, [memberIds]);
  await tx.query(
    `INSERT INTO residence_revision (member_id, nr, source_wave_id, kind, reported_on, issues)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(member_id uuid, nr integer, source_wave_id text, kind text, reported_on date, issues jsonb)`,
    [JSON.stringify(revisions)],
  );
  await tx.query(
    `INSERT INTO residence_spell (member_id, since_nr, seq, until_nr, country, region, moved_in_on, moved_out_on, precision, dating,
       stated_from, stated_to, legal_basis, source_wave_id, last_confirmed_on, fed_forward)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS s(member_id uuid, since_nr integer, seq integer, until_nr integer, country text,
       region text, moved_in_on date, moved_out_on date, precision text, dating text, stated_from date, stated_to date,
       legal_basis text, source_wave_id text, last_confirmed_on date, fed_forward text)`,
    [JSON.stringify(spells)],
  );
  await tx.query(
    `INSERT INTO residence_move (member_id, seq, from_country, to_country, moved_on, not_before_on, class, precision, dating, source_wave_id)
     SELECT * FROM jsonb_to_recordset($1::jsonb) AS m(member_id uuid, seq integer, from_country text, to_country text, moved_on date,
       not_before_on date, class text, precision text, dating text, source_wave_id text)`,
    [JSON.stringify(moves)],
  );
  await tx.query(
    `UPDATE member m SET residence_country = p.country, residence_region = p.region, time_zone = p.zone, residence_coder = $2
     FROM jsonb_to_recordset($1::jsonb) AS p(id uuid, country text, region text, zone text) WHERE m.id = p.id`,
    [JSON.stringify(members), coder],
  );
}

/** Stores what was said between waves, as said. */
export async function addReport(
  tx: EntityManager,
  memberId: string,
  reporter: 'respondent' | 'staff',
  answers: object,
  on: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO residence_report (member_id, seq, reporter, answers, reported_on)
     SELECT $1, coalesce(max(seq), 0) + 1, $2, $3, $4 FROM residence_report WHERE member_id = $1`,
    [memberId, reporter, JSON.stringify(answers), on],
  );
}

export interface StandingSpell {
  country: string;
  region: string | null;
  stated_from: string | null;
  stated_to: string | null;
  moved_out_on: string | null;
  last_confirmed_on: string;
  /** Letter of the wave that knew it last; null where that was between waves. */
  known_wave: string | null;
}

/** The spells of a member as they stand, in the order of time. */
export async function standingSpells(db: EntityManager, memberId: string): Promise<StandingSpell[]> {
  return db.query(
    `SELECT s.country, s.region, s.stated_from::text, s.stated_to::text, s.moved_out_on::text, s.last_confirmed_on::text,
            (SELECT w.letter FROM residence_revision v LEFT JOIN wave w ON w.id = v.source_wave_id
             WHERE v.member_id = s.member_id AND v.reported_on = s.last_confirmed_on ORDER BY v.nr DESC LIMIT 1) AS known_wave
     FROM residence_spell s
     WHERE s.member_id = $1 AND s.until_nr IS NULL ORDER BY s.moved_in_on, s.since_nr, s.seq`,
    [memberId],
  );
}

/** Holds an active member until the transaction ends; false where there is none with this id. */
export async function isActive(tx: EntityManager, memberId: string): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `SELECT FROM member WHERE id::text = $1 AND status = 'active' FOR UPDATE`,
    [memberId],
  );
  return rows.length > 0;
}
