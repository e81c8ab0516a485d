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

/**
 * Up to `limit` of the members that are stale, or of those named; who is held by another derivation waits for the next look.
 * @param after  id after which to look: the index still holds those before it, who were derived a moment ago
 */
export async function lockStale(
  tx: EntityManager,
  limit: number,
  named: readonly string[] | null,
  after: string,
): Promise<StaleMember[]> {
  return tx.query(
    `WITH hosts AS MATERIALIZED (
       SELECT id, ARRAY(SELECT jsonb_path_query(definition, '$.hostCountries[*].code') #>> '{}') AS codes FROM study)
     SELECT m.id, m.host_country, m.time_zone, m.residence_country, m.residence_region, h.codes AS hosts
     FROM member m JOIN hosts h ON h.id = m.study_id
     WHERE m.residence_coder IS NULL AND ${named ? 'm.id = ANY($2::uuid[])' : 'm.id > $2::uuid'}
     ORDER BY m.id LIMIT $1 FOR UPDATE OF m ${named ? '' : 'SKIP LOCKED'}`,
    [limit, named ?? after],
  );
}

/** Leaves the other cores to those who wait for an answer: starting helpers for a batch takes longer than they save. */
export async function readAlone(tx: EntityManager): Promise<void> {
  await tx.query('SET LOCAL max_parallel_workers_per_gather = 0');
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
    // OFFSET 0: first which of these members' cases count, then their answers by key. What the view hides is no ground to guess on.
    `WITH source AS MATERIALIZED (
       SELECT id, CASE WHEN definition ->> 'kind' = 'check-in' THEN NULL ELSE id END AS wave_id, opened_at FROM wave)
     SELECT member_id, wave_id, reported_on::text, answers
     FROM (
       SELECT r.member_id, s.wave_id, coalesce(r.submitted_on, r.saved_on) AS reported_on, 0 AS source, s.opened_at AS nth, 0 AS seq,
              jsonb_strip_nulls(jsonb_build_object('res_same', a.res_same, 'spells', a.spells, 'spells_fix', a.spells_fix)) AS answers
       FROM (SELECT member_id, wave_id FROM interview WHERE member_id = ANY($1::uuid[]) OFFSET 0) AS i
       JOIN response r ON r.member_id = i.member_id AND r.wave_id = i.wave_id
       JOIN source s ON s.id = r.wave_id
       CROSS JOIN LATERAL jsonb_to_record(r.answers) AS a(res_same jsonb, spells jsonb, spells_fix jsonb)
       WHERE num_nonnulls(a.res_same, a.spells, a.spells_fix) > 0
       UNION ALL
       SELECT member_id, NULL, reported_on, 1, NULL, seq, answers FROM residence_report WHERE member_id = ANY($1::uuid[])
     ) AS said
     ORDER BY member_id, reported_on, source, nth, seq`,
    [memberIds],
  );
}

/** The derived rows of some members, as the tables hold them; each with a value for every column of `COLUMNS`. */
export interface Derived {
  revisions: Row[];
  spells: Row[];
  moves: Row[];
  members: Row[];
}

type Row = Readonly<Record<string, string | number | null>>;

const COLUMNS = {
  revisions: {
    member_id: 'uuid',
    nr: 'integer',
    source_wave_id: 'text',
    kind: 'text',
    reported_on: 'date',
    issues: 'jsonb',
  },
  spells: {
    member_id: 'uuid',
    since_nr: 'integer',
    seq: 'integer',
    until_nr: 'integer',
    country: 'text',
    region: 'text',
    moved_in_on: 'date',
    moved_out_on: 'date',
    precision: 'text',
    dating: 'text',
    stated_from: 'date',
    stated_to: 'date',
    legal_basis: 'text',
    source_wave_id: 'text',
    last_confirmed_on: 'date',
    fed_forward: 'text',
  },
  moves: {
    member_id: 'uuid',
    seq: 'integer',
    from_country: 'text',
    to_country: 'text',
    moved_on: 'date',
    not_before_on: 'date',
    class: 'text',
    precision: 'text',
    dating: 'text',
    source_wave_id: 'text',
  },
  members: { id: 'uuid', country: 'text', region: 'text', zone: 'text' },
} as const;

/** Rows as one array a column: PostgreSQL reads them in half the time that the same rows take as JSON. */
function unnested(rows: readonly Row[], columns: Readonly<Record<string, string>>) {
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  return {
    names: names.join(', '),
    from: `unnest(${arrays.join(', ')}) AS d(${names.join(', ')})`,
    values: names.map((name) => rows.map((row) => row[name])),
  };
}

/** Puts what was derived in the place of what was derived before. */
export async function replaceDerived(
  tx: EntityManager,
  memberIds: readonly string[],
  { members, ...derived }: Derived,
  coder: string,
): Promise<void> {
  const tables = {
    revisions: 'residence_revision',
    spells: 'residence_spell',
    moves: 'residence_move',
  } as const;
  for (const part of ['revisions', 'spells', 'moves'] as const) {
    const { names, from, values } = unnested(derived[part], COLUMNS[part]);
    await tx.query(`DELETE FROM ${tables[part]} WHERE member_id = ANY($1::uuid[])`, [memberIds]);
    await tx.query(`INSERT INTO ${tables[part]} (${names}) SELECT * FROM ${from}`, values);
  }
  const { from, values } = unnested(members, COLUMNS.members);
  await tx.query(
    `UPDATE member m SET residence_country = d.country, residence_region = d.region, time_zone = d.zone, residence_coder = $${values.length + 1}
     FROM ${from} WHERE m.id = d.id`,
    [...values, coder],
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
     WHERE s.member_id = $1 AND s.until_nr IS NULL ORDER BY s.moved_in_on, s.moved_out_on, s.since_nr, s.seq`,
    [memberId],
  );
}
