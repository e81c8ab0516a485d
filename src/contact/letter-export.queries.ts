import { type DataSource, type EntityManager } from 'typeorm';
import { type AttemptKey } from './attempt.js';

/** A letter that is about to be written to a file. */
export interface LeavingOnPaper extends AttemptKey {
  locale: string;
  linkHash: Buffer;
  stopHash: Buffer;
}

/** Marks attempts as leaving on paper, with their links; the caller holds them. */
export async function markLeaving(
  tx: EntityManager,
  leaving: readonly LeavingOnPaper[],
  now: Date,
): Promise<void> {
  await tx.query(
    `WITH l AS (
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::bytea[])
         AS u(member_id, wave_id, step, locale, link_hash, stop_hash)
     ), leaving AS (
       UPDATE contact_attempt a SET state = 'sending', channel = 'letter', claim = NULL, claimed_at = $7, tries = tries + 1,
         reason = NULL, locale = l.locale
       FROM l WHERE a.member_id = l.member_id AND a.wave_id = l.wave_id AND a.step = l.step
     )
     INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash)
     SELECT link_hash, member_id, wave_id, step, stop_hash FROM l`,
    [
      leaving.map((l) => l.member_id),
      leaving.map((l) => l.wave_id),
      leaving.map((l) => l.step),
      leaving.map((l) => l.locale),
      leaving.map((l) => l.linkHash),
      leaving.map((l) => l.stopHash),
      now,
    ],
  );
}

/** Attempts of which nothing has left: planned again as they were. */
export async function unmarkLeaving(
  db: DataSource,
  keys: readonly AttemptKey[],
  waveId: string,
  now: Date,
): Promise<void> {
  await db.query(
    `UPDATE contact_attempt a SET state = 'planned', reason = 'not_written', claimed_at = NULL, tries = tries - 1, due_at = $4
     FROM unnest($2::uuid[], $3::text[]) AS l(member_id, step)
     WHERE a.wave_id = $1 AND a.member_id = l.member_id AND a.step = l.step AND a.state = 'sending'`,
    [waveId, keys.map(({ member_id }) => member_id), keys.map(({ step }) => step), now],
  );
}
