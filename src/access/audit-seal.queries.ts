import { type EntityManager } from 'typeorm';
import { type SealedRevision } from './audit-canonical.js';

const COLUMNS = `member_id AS "memberId", wave_id AS "waveId", revision, seal_salt AS salt, save_id AS "saveId",
  encode(body_hash, 'hex') AS "bodyHash", session_id AS "sessionId", changes::text AS changes, to_char(saved_on, 'YYYY-MM-DD') AS "savedOn"`;
const ORDER = 'member_id, wave_id COLLATE "C", revision';

/**
 * Puts revisions that stand in no seal yet into the next one. Rows of a save that has not committed are not seen, and another sealer's
 * are left to it.
 * @returns them in the order of the seal; none, and no seal, where there are none
 */
export async function sealNext(
  tx: EntityManager,
  limit: number,
): Promise<{ seal: number; revisions: SealedRevision[] }> {
  const rows = await tx.query<(SealedRevision & { seal: number })[]>(
    `WITH next AS (
       SELECT member_id, wave_id, revision FROM revision WHERE sealed_in IS NULL
       ORDER BY member_id, wave_id, revision LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED
     ), sealed AS (
       UPDATE revision r SET sealed_in = (SELECT nextval('answer_seal')), seal_salt = gen_random_uuid()
       FROM next n WHERE r.member_id = n.member_id AND r.wave_id = n.wave_id AND r.revision = n.revision RETURNING r.*
     )
     SELECT sealed_in AS seal, ${COLUMNS} FROM sealed ORDER BY ${ORDER}`,
    [limit],
  );
  return { seal: rows[0]?.seal ?? 0, revisions: rows };
}

/**
 * A member's sealed revisions, each with its position in its seal, from 1. Those of the seal that still stand and the leaves of those that
 * were erased fill its positions between them, in its order.
 */
export const sealedOf = (
  tx: EntityManager,
  memberId: string,
): Promise<(SealedRevision & { seal: number; position: number })[]> =>
  tx.query(
    `WITH concerned AS (
       SELECT DISTINCT sealed_in FROM revision WHERE member_id = $1 AND sealed_in IS NOT NULL
     ), standing AS (
       SELECT r.*, row_number() OVER (PARTITION BY sealed_in ORDER BY ${ORDER}) AS nth
       FROM revision r JOIN concerned USING (sealed_in)
     ), size AS (
       SELECT s.sealed_in, max(s.nth) + (SELECT count(*) FROM erased_leaf e WHERE e.sealed_in = s.sealed_in) AS leaves
       FROM standing s GROUP BY s.sealed_in
     ), free AS (
       SELECT sealed_in, position, row_number() OVER (PARTITION BY sealed_in ORDER BY position) AS nth
       FROM size, generate_series(1, leaves) AS g(position)
       WHERE NOT EXISTS (SELECT FROM erased_leaf e WHERE e.sealed_in = size.sealed_in AND e.position = g.position)
     )
     SELECT s.sealed_in AS seal, f.position::int AS position, ${COLUMNS}
     FROM standing s JOIN free f USING (sealed_in, nth) WHERE member_id = $1`,
    [memberId],
  );

/** What stands for a revision whose answers were erased. */
export interface ErasedLeaf {
  seal: number;
  /** From 1, in the order of the seal. */
  position: number;
  /** 64 hexadecimal digits */
  leaf: string;
}

export async function keepLeaves(tx: EntityManager, leaves: readonly ErasedLeaf[]): Promise<void> {
  await tx.query(
    `INSERT INTO erased_leaf (sealed_in, position, leaf)
     SELECT seal, position, decode(leaf, 'hex') FROM unnest($1::bigint[], $2::int[], $3::text[]) AS l(seal, position, leaf)`,
    [leaves.map(({ seal }) => seal), leaves.map(({ position }) => position), leaves.map(({ leaf }) => leaf)],
  );
}

/** Declares a cursor over the leaves of erased revisions, in the order of their seals. */
export async function openErased(tx: EntityManager): Promise<void> {
  await tx.query(
    `DECLARE erased_revision NO SCROLL CURSOR FOR
     SELECT sealed_in AS seal, position, encode(leaf, 'hex') AS leaf FROM erased_leaf ORDER BY sealed_in, position`,
  );
}

export const nextErased = (tx: EntityManager, rows: number): Promise<ErasedLeaf[]> =>
  tx.query(`FETCH ${rows} FROM erased_revision`);

/** Declares a cursor over all sealed revisions, in the order of their seals. Part of a transaction that reads one moment. */
export async function openSealed(tx: EntityManager): Promise<void> {
  await tx.query(
    `DECLARE sealed_revision NO SCROLL CURSOR FOR
     SELECT sealed_in AS seal, ${COLUMNS} FROM revision WHERE sealed_in IS NOT NULL ORDER BY sealed_in, ${ORDER}`,
  );
}

export const nextSealed = (tx: EntityManager, rows: number): Promise<(SealedRevision & { seal: number })[]> =>
  tx.query(`FETCH ${rows} FROM sealed_revision`);
