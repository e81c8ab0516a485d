import { ClientBase } from 'pg';
import { standingConsents } from '../consent/standing-sql.js';
import { type WaveFile } from '../study/study.js';
import { type PartialRule } from '../wave/disposition.js';

/**
 * Numbers the people of a study for one export, in a temporary table that ends with the transaction: nine digits from a
 * keyed hash of the member's id, so that they tell nothing without the key and differ from export to export.
 * Whoever has no number stands in no file.
 * @param key      secret of this export; the same key gives the same numbers
 * @param purpose  a consent: only those who gave it, as it stands now
 */
export async function numberPeople(
  db: ClientBase,
  studyId: string,
  key: Buffer,
  purpose: string | null,
): Promise<void> {
  await db.query(
    'CREATE TEMP TABLE export_pidp (member_id uuid, pidp integer, round integer) ON COMMIT DROP',
  );
  await db.query(
    `INSERT INTO export_pidp SELECT m.id, ${PIDP('m.id', '0')}, 0 FROM member m
     WHERE m.study_id = $2 AND ($3::text IS NULL OR EXISTS (
       SELECT FROM ${standingConsents('m.id')} AS k WHERE k.purpose = $3 AND k.given))`,
    [key, studyId, purpose],
  );
  for (let round = 1; ; round += 1) {
    // Two people with one number: all but the first draw again. Ordered by id, so that a key always ends alike.
    const { rowCount } = await db.query(
      `UPDATE export_pidp p SET pidp = ${PIDP('p.member_id', '$2::text')}, round = $2::int
       FROM (SELECT member_id, row_number() OVER (PARTITION BY pidp ORDER BY round, member_id) AS nr FROM export_pidp) AS d
       WHERE d.member_id = p.member_id AND d.nr > 1`,
      [key, String(round)],
    );
    if (!rowCount) break;
  }
  await db.query('ALTER TABLE export_pidp DROP COLUMN round, ADD PRIMARY KEY (pidp)');
  await db.query('ANALYZE export_pidp');
}

const PIDP = (id: string, round: string) =>
  `100000000 + (('x' || substr(encode(sha256($1::bytea || convert_to(${id}::text || '/' || ${round}, 'UTF8')), 'hex'), 1, 15))::bit(60)::bigint % 900000000)::int`;

/** Staff's last decision on each case, in a temporary table that ends with the transaction. */
export async function gatherOverrides(db: ClientBase, studyId: string): Promise<void> {
  await db.query(
    `CREATE TEMP TABLE export_override (member_id uuid, wave_id text, disposition text, PRIMARY KEY (member_id, wave_id)) ON COMMIT DROP`,
  );
  await db.query(
    `INSERT INTO export_override
     SELECT DISTINCT ON (o.member_id, o.wave_id) o.member_id, o.wave_id, o.disposition
     FROM disposition_override o JOIN wave w ON w.id = o.wave_id
     WHERE w.study_id = $1 ORDER BY o.member_id, o.wave_id, o.seq DESC`,
    [studyId],
  );
  await db.query('ANALYZE export_override');
}

/** The questionnaire versions that a wave's answers were given to, the newest first, with the wave's own at the head. */
export async function versionsAnswered(db: ClientBase, waveId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT v.id FROM questionnaire_version v
     WHERE v.id IN (SELECT questionnaire_id FROM response WHERE wave_id = $1 UNION SELECT questionnaire_id FROM wave WHERE id = $1)
     ORDER BY v.id = (SELECT questionnaire_id FROM wave WHERE id = $1) DESC, v.imported_at DESC`,
    [waveId],
  );
  return rows.map((row) => row.id);
}

export interface ExportedWave {
  id: string;
  letter: string;
  definition: WaveFile;
  opened: boolean;
  /** As it was fixed when the wave was opened; null before. */
  partial_rule: PartialRule | null;
}

/** Every wave of a study, by letter. */
export async function wavesOf(db: ClientBase, studyId: string): Promise<ExportedWave[]> {
  const { rows } = await db.query<ExportedWave>(
    `SELECT id, letter, definition, opened_at IS NOT NULL AS opened, partial_rule FROM wave WHERE study_id = $1 ORDER BY letter`,
    [studyId],
  );
  return rows;
}
