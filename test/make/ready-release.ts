import { DataSource } from 'typeorm';
import { type Services } from '../../src/kit/cli.js';

/** Where the release of `readyRelease` is, as routes name it. */
export const READY = { kind: 'SUF', version: '1.0', file: 'xwave.csv' };

/** Puts in a release of nobody whose one file is ready to be downloaded; once. */
export async function readyRelease(
  { services, study }: { services: Services; study: { id: string } },
  content = 'pidp\r\n',
): Promise<void> {
  const db = services(DataSource);
  const { kind, version, file } = READY;
  const definition = { name: `nrd-${version}`, directory: `nrd_${kind}_v${version}` };
  await db.query(
    `WITH made AS (
       INSERT INTO release (id, study_id, kind, version, made_at, people, definition, published)
       SELECT gen_random_uuid(), $1, $2, $3, '2026-03-02T08:00:00Z', 0, $4, true
       WHERE NOT EXISTS (SELECT FROM release WHERE study_id = $1) RETURNING id
     ), ready AS (
       INSERT INTO release_download (release_id, file, size, sha256)
       SELECT id, $5, octet_length($6::bytea), sha256($6::bytea) FROM made
     ) INSERT INTO release_part (release_id, file, nr, bytes) SELECT id, $5, 0, $6::bytea FROM made`,
    [study.id, kind, version, JSON.stringify(definition), file, Buffer.from(content)],
  );
}
