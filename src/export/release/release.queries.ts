import { type ClientBase } from 'pg';
import { type DataSource, type EntityManager } from 'typeorm';
import { type ReleaseKind } from '../../access/analyst-token.js';
import { type Dataset } from '../column.js';
import { literal } from '../sql-text.js';
import { type ReleaseDefinition } from './definition.js';
import { type ReleasedFile } from './released-file.js';

/** A release with all that is known of it besides its files. */
export interface ReleaseRow<Definition> {
  id: string;
  studyId: string;
  kind: ReleaseKind;
  version: string;
  madeAt: Date;
  /** Who stood in it when it was made, and how many of them were erased since. */
  people: number;
  erased: number;
  definition: Definition;
}

const RELEASE = `id, study_id AS "studyId", kind, version, made_at AS "madeAt", people, erased, definition`;

/** Every release of a study, in the order of time; where a version or a kind is given, of these. */
export async function findReleases<Definition>(
  db: Pick<DataSource | EntityManager, 'query'>,
  studyId: string,
  { version = null, kind = null }: { version?: string | null; kind?: ReleaseKind | null } = {},
): Promise<ReleaseRow<Definition>[]> {
  return db.query(
    `SELECT ${RELEASE} FROM release
     WHERE study_id = $1 AND published AND ($2::text IS NULL OR version = $2) AND ($3::text IS NULL OR kind = $3)
     ORDER BY made_at, kind`,
    [studyId, version, kind],
  );
}

/** One release that is published. */
export async function findRelease<Definition>(
  db: Pick<DataSource | EntityManager, 'query'>,
  id: string,
): Promise<ReleaseRow<Definition> | undefined> {
  const rows = await db.query<ReleaseRow<Definition>[]>(
    `SELECT ${RELEASE} FROM release WHERE id = $1 AND published`,
    [id],
  );
  return rows[0];
}

/** Writes a release that nobody sees yet, with whoever has a number in `export_pidp`. */
export async function insertRelease(
  db: ClientBase,
  release: Omit<ReleaseRow<object>, 'people' | 'erased'>,
): Promise<void> {
  const { id, studyId, kind, version, madeAt, definition } = release;
  await db.query(
    `INSERT INTO release (id, study_id, kind, version, made_at, people, definition)
     VALUES ($1, $2, $3, $4, $5, (SELECT count(*) FROM export_pidp), $6)`,
    [id, studyId, kind, version, madeAt, JSON.stringify(definition)],
  );
  await db.query(
    'INSERT INTO release_person (member_id, release_id, pidp) SELECT member_id, $1, pidp FROM export_pidp ORDER BY member_id',
    [id],
  );
}

/** Writes a file of a release with its rows, in the order in which the dataset gives them. */
export async function insertFile(
  db: ClientBase,
  releaseId: string,
  nr: number,
  { dataset, file, personCell }: { dataset: Dataset; file: ReleasedFile; personCell: number | null },
): Promise<void> {
  await db.query(
    'INSERT INTO release_file (release_id, nr, name, definition, person_cell) VALUES ($1, $2, $3, $4, $5)',
    [releaseId, nr, file.name, JSON.stringify(file), personCell],
  );
  const cells = dataset.columns.map(({ sql }) => `(${sql})::text`).join(', ');
  const isOfPeople = dataset.columns.some(({ name }) => name === 'pidp');
  await db.query(
    `INSERT INTO release_row (release_id, file_nr, seq, pidp, cells)
     SELECT ${literal(releaseId)}, ${nr}, row_number() OVER (), ${isOfPeople ? 't.pidp' : 'NULL'}, ARRAY[${cells}]::text[]
     FROM ${dataset.from}`,
  );
}

/** What is told of the waves of a release: the days of opening and close, and the questionnaire that was asked. */
export async function wavesReleased(
  db: ClientBase,
  waves: readonly { waveId: string }[],
): Promise<ReleaseDefinition['waves']> {
  const { rows } = await db.query<ReleaseDefinition['waves'][number]>(
    `SELECT letter, definition -> 'title' AS title, (opened_at AT TIME ZONE 'UTC')::date::text AS "openedOn",
       (closed_at AT TIME ZONE 'UTC')::date::text AS "closedOn",
       jsonb_build_object('id', definition ->> 'questionnaire', 'sha256', questionnaire_id) AS questionnaire
     FROM wave WHERE id = ANY($1) ORDER BY letter`,
    [waves.map(({ waveId }) => waveId)],
  );
  return rows;
}

/** From now on everybody sees it. @returns how many people stand in it */
export async function publish(tx: EntityManager, id: string): Promise<number> {
  const [row] = await tx.query<[{ people: number }]>(
    `WITH published AS (UPDATE release SET published = true WHERE id = $1 RETURNING people) SELECT people FROM published`,
    [id],
  );
  return row.people;
}

/** Takes away what a release that was broken off has left. */
export async function discard(db: Pick<DataSource, 'query'>, id: string): Promise<void> {
  await db.query('SELECT release_discard($1)', [id]);
}

/** The files of a release, in their order. */
export async function filesOf(
  db: ClientBase,
  releaseId: string,
): Promise<{ nr: number; definition: ReleasedFile }[]> {
  const { rows } = await db.query<{ nr: number; definition: ReleasedFile }>(
    'SELECT nr, definition FROM release_file WHERE release_id = $1 ORDER BY nr',
    [releaseId],
  );
  return rows;
}

/** The statement that reads a file's rows in binary form, as `blocksOf` understands them. */
export const readStatement = (releaseId: string, nr: number): string =>
  `COPY (SELECT cells FROM release_row WHERE release_id = ${literal(releaseId)} AND file_nr = ${nr} ORDER BY seq)
   TO STDOUT (FORMAT binary)`;

/** How many of a release were erased, within a snapshot. */
export async function erasedIn(db: ClientBase, releaseId: string): Promise<number> {
  const { rows } = await db.query<{ erased: number }>('SELECT erased FROM release WHERE id = $1', [
    releaseId,
  ]);
  return rows[0]?.erased ?? 0;
}

/**
 * Notes what files are, where that was never noted for as many erased people.
 * @returns names of files that were something else before
 */
export async function noteDigests(
  db: Pick<EntityManager, 'query'>,
  releaseId: string,
  erased: number,
  digests: readonly { file: string; choice: string; sha256: Buffer }[],
): Promise<string[]> {
  const rows: { file: string }[] = await db.query(
    `WITH given AS (
       SELECT * FROM unnest($3::text[], $4::text[], $5::bytea[]) AS g(file, choice, sha256)
     ), noted AS (
       INSERT INTO release_digest (release_id, erased, choice, file, sha256)
       SELECT $1, $2, choice, file, sha256 FROM given
       ON CONFLICT ON CONSTRAINT release_digest_pk DO NOTHING
     )
     SELECT g.file FROM given g
     JOIN release_digest d ON d.release_id = $1 AND d.erased = $2 AND d.choice = g.choice AND d.file = g.file
     WHERE d.sha256 <> g.sha256 ORDER BY 1`,
    [
      releaseId,
      erased,
      digests.map(({ file }) => file),
      digests.map(({ choice }) => choice),
      digests.map(({ sha256 }) => sha256),
    ],
  );
  return rows.map(({ file }) => file);
}
