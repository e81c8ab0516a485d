import { type DataSource, type EntityManager } from 'typeorm';
import { type Channel } from '../study/channel.js';
import { type AttemptKey, type DueRow } from './attempt.queries.js';
import { factsOfAttempts } from './facts.queries.js';

/**
 * The due attempts of a wave that are planned for paper, or are to members who can be written to on paper, locked together with their
 * cases and members. What another process holds is left for the next export. The facts are read after the locks are held.
 */
export async function lockDueOnPaper(tx: EntityManager, waveId: string, now: Date): Promise<DueRow[]> {
  const held = await tx.query<(AttemptKey & { channel: Channel; tries: number; reason: string | null })[]>(
    `SELECT a.member_id, a.wave_id, a.step, a.channel, a.tries, a.reason
     FROM contact_attempt a
     JOIN issued_case c ON c.member_id = a.member_id AND c.wave_id = a.wave_id
     JOIN member m ON m.id = a.member_id
     WHERE a.wave_id = $1 AND a.state = 'planned' AND a.due_at <= $2 AND (a.channel = 'letter' OR 'letter' = ANY(m.channels))
     ORDER BY a.due_at, a.member_id, a.step
     FOR UPDATE OF a, c SKIP LOCKED FOR NO KEY UPDATE OF m SKIP LOCKED`,
    [waveId, now],
  );
  const claims = await tx.query<{ member_id: string }[]>(
    `SELECT DISTINCT member_id FROM contact_attempt
     WHERE member_id = ANY($1::uuid[]) AND state = 'planned' AND claim IS NOT NULL AND due_at > $2`,
    [held.map(({ member_id }) => member_id), now],
  );
  const busy = new Set(claims.map(({ member_id }) => member_id));
  const facts = new Map((await factsOfAttempts(tx, held, now)).map((row) => [keyOf(row), row]));
  return held.flatMap(({ reason, ...attempt }) => {
    const row = facts.get(keyOf(attempt));
    return row ? [{ ...row, ...attempt, last_reason: reason, busy: busy.has(row.member_id) }] : [];
  });
}

const keyOf = ({ member_id, step }: Pick<AttemptKey, 'member_id' | 'step'>): string => `${member_id}/${step}`;

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
