import { DataSource } from 'typeorm';
import { execute, type Statement } from '../kit/statement.queries.js';
import { type CaseState } from '../wave/case-state.js';

/** The case that a personal link opens. */
export interface LinkedCase {
  member_id: string;
  member_status: 'active' | 'withdrawn' | 'dead';
  wave_id: string;
  letter: string;
  opened_at: Date | null;
  closes_at: Date | null;
  closed_at: Date | null;
  case_state: CaseState;
  revision: number;
  submitted: boolean;
  revoked: boolean;
  locales: string[];
}

// Whoever follows a link is told within the same time as who saves that the database is away: hence `execute`.
const LINKED_CASE: Statement = {
  name: 'linked_case',
  text: `SELECT m.id AS member_id, m.status AS member_status, w.id AS wave_id, w.letter, w.opened_at,
           coalesce(c.closes_at, w.closes_at) AS closes_at, w.closed_at,
           c.state AS case_state, c.revision, r.submitted_on IS NOT NULL AS submitted, l.revoked,
           s.definition -> 'locales' AS locales
    FROM personal_link l
    JOIN issued_case c USING (member_id, wave_id)
    JOIN member m ON m.id = l.member_id
    JOIN wave w ON w.id = l.wave_id
    JOIN study s ON s.id = w.study_id
    LEFT JOIN response r ON r.member_id = l.member_id AND r.wave_id = l.wave_id
    WHERE l.token_hash = $1`,
};

export async function linkedCase(db: DataSource, tokenHash: Buffer): Promise<LinkedCase | undefined> {
  const rows = await execute<LinkedCase>(db, LINKED_CASE, [tokenHash]);
  return rows[0];
}

const SESSION_IS_FOR: Statement = {
  name: 'session_is_for',
  text: `SELECT member_id FROM respondent_session
    WHERE token_hash = $1 AND member_id = $2 AND wave_id = $3 AND expires_on >= $4`,
};

/** True when this session is open for the same case already. */
export async function sessionIsFor(
  db: DataSource,
  sessionHash: Buffer,
  { member_id, wave_id }: LinkedCase,
  today: string,
): Promise<boolean> {
  const rows = await execute(db, SESSION_IS_FOR, [sessionHash, member_id, wave_id, today]);
  return rows.length > 0;
}

const BEGIN_SESSION: Statement = {
  name: 'begin_session',
  text: `WITH begun AS (
       INSERT INTO respondent_session (token_hash, id, member_id, wave_id, open_items, expires_on)
       VALUES ($1, $2, $3, $4, $5, $6)
     ), moved AS (
       UPDATE issued_case SET state = $8, last_active_at = $9, locale = coalesce($11, locale),
         questionnaire_id = coalesce(questionnaire_id, (SELECT w.questionnaire_id FROM wave w WHERE w.id = $4))
       WHERE member_id = $3 AND wave_id = $4 AND state = $7
       RETURNING $7::text <> $8::text AS forward
     )
     INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
     SELECT $3, $4, (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $3 AND wave_id = $4), 'open', $8, $10
     FROM moved WHERE forward`,
};

/** Begins a session and notes that the case was opened, with the version that it keeps from now on, in one statement. */
export async function beginSession(
  db: DataSource,
  session: {
    tokenHash: Buffer;
    id: string;
    memberId: string;
    waveId: string;
    openItems: string[] | null;
    expiresOn: string;
    stateBefore: CaseState;
    stateAfter: CaseState;
    activeAt: Date;
    on: string;
    locale: string | null;
  },
): Promise<void> {
  await execute(db, BEGIN_SESSION, [
    session.tokenHash,
    session.id,
    session.memberId,
    session.waveId,
    session.openItems === null ? null : JSON.stringify(session.openItems),
    session.expiresOn,
    session.stateBefore,
    session.stateAfter,
    session.activeAt,
    session.on,
    session.locale,
  ]);
}

const END_SESSION: Statement = {
  name: 'end_session',
  text: 'DELETE FROM respondent_session WHERE token_hash = $1',
};

export async function endSession(db: DataSource, sessionHash: Buffer): Promise<void> {
  await execute(db, END_SESSION, [sessionHash]);
}
