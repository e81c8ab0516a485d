import { DataSource } from 'typeorm';
import { execute, type Statement } from '../kit/statement.queries.js';
import { type Answers } from './changes.js';

/** Answers that came after the close. */
export interface LateAnswers {
  memberId: string;
  waveId: string;
  saveId: string;
  bodyHash: Buffer;
  sessionId: string;
  /** The revision that they built on. */
  base: number;
  /** Whether the person sent them, or only saved on the way. */
  submitted: boolean;
  answers: Answers;
  locale: string;
  on: string;
}

/** More than a phone holds: one request under way, what followed it, and the submission, in a few tabs. */
const MOST = 20;

// The case before the member, as whoever ends a membership locks them: nothing is kept of a person who has left meanwhile.
const KEEP_LATE: Statement = {
  name: 'keep_late_answers',
  text: `WITH held AS MATERIALIZED (
      SELECT member_id FROM issued_case WHERE member_id = $1 AND wave_id = $2 FOR KEY SHARE
    ), stays AS (
      SELECT m.id FROM held JOIN member m ON m.id = held.member_id WHERE m.status = 'active' FOR SHARE OF m
    )
    INSERT INTO late_answers (member_id, wave_id, save_id, body_hash, session_id, base, submitted, answers, locale, kept_on)
    SELECT id, $2, $3::uuid, $4::bytea, $5::uuid, $6::integer, $7::boolean, $8::jsonb, $9, $10::date FROM stays
    WHERE (SELECT count(*) FROM late_answers WHERE member_id = $1 AND wave_id = $2) < ${MOST}
    ON CONFLICT ON CONSTRAINT late_answers_pk DO NOTHING
    RETURNING save_id`,
};

/** Keeps late answers apart. @returns false where nothing was kept: the id is known, there are too many, or the person has left */
export async function keepLate(db: DataSource, late: LateAnswers): Promise<boolean> {
  const rows = await execute(db, KEEP_LATE, [
    late.memberId,
    late.waveId,
    late.saveId,
    late.bodyHash,
    late.sessionId,
    late.base,
    late.submitted,
    JSON.stringify(late.answers),
    late.locale,
    late.on,
  ]);
  return rows.length > 0;
}

const LATE_HASH: Statement = {
  name: 'late_hash',
  text: 'SELECT body_hash FROM late_answers WHERE member_id = $1 AND wave_id = $2 AND save_id = $3',
};

/** The hash of what was kept under an id. */
export async function lateHash(
  db: DataSource,
  { member_id, wave_id }: { member_id: string; wave_id: string },
  saveId: string,
): Promise<Buffer | undefined> {
  const rows = await execute<{ body_hash: Buffer }>(db, LATE_HASH, [member_id, wave_id, saveId]);
  return rows[0]?.body_hash;
}

const HAS_LEFT: Statement = {
  name: 'has_left',
  text: `SELECT $1::uuid AS member_id WHERE NOT EXISTS (SELECT FROM member WHERE id = $1 AND status <> 'withdrawn')`,
};

/** Whether somebody has left, or was erased. */
export const hasLeft = async (db: DataSource, memberId: string): Promise<boolean> =>
  (await execute(db, HAS_LEFT, [memberId])).length > 0;

/** What staff may know of late answers without seeing any. */
export interface LateCase {
  member_id: string;
  state: string;
  /** How often something came, sent or saved. */
  kept: number;
  /** Whether the person sent the questionnaire. */
  submitted: boolean;
  /** Items in the largest of them. */
  items: number;
  last_on: string;
}

/** The cases of a wave with late answers, the newest first. */
export const lateCases = (db: DataSource, waveId: string): Promise<LateCase[]> =>
  db.query(
    `SELECT l.member_id, c.state, count(*)::int AS kept, bool_or(l.submitted) AS submitted, max(l.kept_on)::text AS last_on,
            max((SELECT count(*)::int FROM jsonb_object_keys(l.answers))) AS items
     FROM late_answers l JOIN issued_case c USING (member_id, wave_id) WHERE l.wave_id = $1
     GROUP BY l.member_id, c.state ORDER BY max(l.kept_on) DESC, l.member_id`,
    [waveId],
  );
