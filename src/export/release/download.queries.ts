import { type DataSource, type EntityManager } from 'typeorm';

/** A file that is ready to be downloaded. */
export interface DownloadFile {
  file: string;
  bytes: number;
  sha256: Buffer;
}

export const PART_BYTES = 1024 * 1024;

/** Releases whose files are not ready, with how many people were erased from them. */
export function releasesToPrepare(db: Pick<DataSource, 'query'>): Promise<{ id: string; erased: number }[]> {
  return db.query(
    `SELECT id, erased FROM release r WHERE published AND NOT EXISTS (SELECT FROM release_download d WHERE d.release_id = r.id)
     ORDER BY made_at`,
  );
}

/** Whether this transaction, and no other, prepares a release until it ends. */
export async function mayPrepare(tx: EntityManager, releaseId: string): Promise<boolean> {
  const [row] = await tx.query<[{ mine: boolean }]>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended($1, 7215011)) AS mine`,
    [releaseId],
  );
  return row.mine;
}

export async function insertPart(
  tx: EntityManager,
  part: { releaseId: string; file: string; nr: number; bytes: Buffer },
): Promise<void> {
  await tx.query('INSERT INTO release_part (release_id, file, nr, bytes) VALUES ($1, $2, $3, $4)', [
    part.releaseId,
    part.file,
    part.nr,
    part.bytes,
  ]);
}

/** Makes files ready that were written without those who are erased by now. @returns false where somebody was erased meanwhile */
export async function makeReady(
  tx: EntityManager,
  releaseId: string,
  erased: number,
  files: readonly DownloadFile[],
): Promise<boolean> {
  // Whoever is erased from here on waits for the end of this transaction, and then takes the parts away.
  const [row] = await tx.query<{ erased: number }[]>('SELECT erased FROM release WHERE id = $1 FOR SHARE', [
    releaseId,
  ]);
  if (row?.erased !== erased) return false;
  await tx.query(
    `INSERT INTO release_download (release_id, file, size, sha256)
     SELECT $1, * FROM unnest($2::text[], $3::bigint[], $4::bytea[])`,
    [
      releaseId,
      files.map(({ file }) => file),
      files.map(({ bytes }) => bytes),
      files.map(({ sha256 }) => sha256),
    ],
  );
  return true;
}

/** The files of a release that are ready, by name; none where they are being made. */
export async function readyFiles(db: Pick<DataSource, 'query'>, releaseId: string): Promise<DownloadFile[]> {
  const rows = await db.query<{ file: string; size: string; sha256: Buffer }[]>(
    'SELECT file, size, sha256 FROM release_download WHERE release_id = $1 ORDER BY file',
    [releaseId],
  );
  return rows.map(({ file, size, sha256 }) => ({ file, bytes: Number(size), sha256 }));
}

/** One part of a file; undefined where it is there no more. */
export async function partOf(
  db: Pick<DataSource, 'query'>,
  releaseId: string,
  file: string,
  nr: number,
): Promise<Buffer | undefined> {
  const [row] = await db.query<{ bytes: Buffer }[]>(
    'SELECT bytes FROM release_part WHERE release_id = $1 AND file = $2 AND nr = $3',
    [releaseId, file, nr],
  );
  return row?.bytes;
}
