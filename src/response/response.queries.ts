import { DataSource } from 'typeorm';
import { isUniqueViolation } from '../kit/sql.js';
import { execute, type Statement } from '../kit/statement.queries.js';
import { type CaseState } from '../wave/case-state.js';
import { type Answers } from './changes.js';
import { type SessionCase } from './session-case.js';

const SESSION_CASE: Statement = {
  name: 'session_case',
  text: `SELECT s.id AS session_id, s.open_items, m.id AS member_id, m.status AS member_status, w.id AS wave_id, w.letter,
           w.study_id, y.xmin::text AS study_version, w.opened_at, coalesce(c.closes_at, w.closes_at) AS closes_at, w.closed_at,
           w.partial_rule, w.crucial, c.state AS case_state,
           coalesce(c.questionnaire_id, w.questionnaire_id) AS questionnaire_id, c.revision, c.locale,
           y.definition -> 'locales' AS locales, r.submitted_on IS NOT NULL AS submitted, r.answers, r.page, r.reached,
           f.feed, f.compared
    FROM respondent_session s
    JOIN issued_case c USING (member_id, wave_id)
    JOIN member m ON m.id = s.member_id
    JOIN wave w ON w.id = s.wave_id
    JOIN study y ON y.id = w.study_id
    LEFT JOIN response r ON r.member_id = s.member_id AND r.wave_id = s.wave_id
    LEFT JOIN case_feed f ON f.member_id = s.member_id AND f.wave_id = s.wave_id
    WHERE s.token_hash = $1 AND s.expires_on >= $2`,
};

/** The case behind a session, or undefined when there is no such session or it has lapsed. */
export async function sessionCase(
  db: DataSource,
  sessionHash: Buffer,
  today: string,
): Promise<SessionCase | undefined> {
  const rows = await execute<SessionCase>(db, SESSION_CASE, [sessionHash, today]);
  return rows[0];
}

const LEFT_SESSION: Statement = {
  name: 'left_session',
  text: 'SELECT token_hash FROM left_session WHERE token_hash = $1',
};

/** Whether a session was that of somebody who has been erased since. */
export const isOfOneWhoLeft = async (db: DataSource, sessionHash: Buffer): Promise<boolean> =>
  (await execute(db, LEFT_SESSION, [sessionHash])).length > 0;

/** All that one save writes. */
export interface Save {
  memberId: string;
  waveId: string;
  questionnaireId: string;
  /** The revision and state that the save builds on: where they have moved, nothing is written. */
  base: number;
  stateBefore: CaseState;
  stateAfter: CaseState;
  event: string | null;
  saveId: string;
  bodyHash: Buffer;
  sessionId: string;
  changes: Answers;
  answers: Answers;
  record: object;
  children: object;
  coder: string;
  answeredShare: number;
  page: string | null;
  reached: string | null;
  locale: string;
  on: string;
  activeAt: Date | null;
}

/** What a submission adds to a save: the case ends, and what was said is passed on to consents. */
export interface Submission {
  hash: Buffer;
  receipt: string;
  disposition: string;
  edition: string;
  consents: { purpose: string; given: boolean; version: string }[];
  /** Whether something was said that may change where the member lives. */
  residence: boolean;
  /** The end of the hour: as exactly as an act of a respondent is kept. The plan's thanks count from it. */
  hourEndsAt: Date;
}

// The first step moves the case on from exactly the revision and state that the save builds on; where another save,
// a withdrawal or the close of the wave came first it yields no row, and nothing else is written either.
const SAVE = (spoken: string) => `
  WITH moved AS (
    UPDATE issued_case SET revision = revision + 1, state = $5, questionnaire_id = $3, locale = $18, last_active_at = $20,
      finished_on = CASE WHEN $22::bytea IS NULL THEN NULL ELSE $19::date END, disposition = $24, disposition_edition = $25
    WHERE member_id = $1 AND wave_id = $2 AND revision = $4 AND state = $6
    RETURNING revision
  ), numbered AS (
    INSERT INTO revision (member_id, wave_id, revision, save_id, body_hash, session_id, changes, saved_on)
    SELECT $1, $2, revision, $8::uuid, $9::bytea, $10::uuid, $11::jsonb, $19::date FROM moved
  ), happened AS (
    INSERT INTO case_event (member_id, wave_id, seq, event, state, happened_on)
    SELECT $1, $2, (SELECT coalesce(max(seq), 0) + 1 FROM case_event WHERE member_id = $1 AND wave_id = $2), $7, $5, $19::date
    FROM moved WHERE $7::text IS NOT NULL
  ), spoken AS (
    ${spoken}
  ), answered AS (
    INSERT INTO response (member_id, wave_id, questionnaire_id, answers, record, children, coder, answered_share, page,
                          reached, locale, saved_on, submitted_on, submission_id, submission_hash, receipt)
    SELECT $1, $2, $3, $12::jsonb, $13::jsonb, $14::jsonb, $15, $16::real, $17, $21, $18, $19::date,
           CASE WHEN $22::bytea IS NULL THEN NULL ELSE $19::date END,
           CASE WHEN $22::bytea IS NULL THEN NULL ELSE $8::uuid END, $22::bytea, $23
    FROM moved
    ON CONFLICT (member_id, wave_id) DO UPDATE SET
      answers = excluded.answers, record = excluded.record, children = excluded.children, coder = excluded.coder,
      answered_share = excluded.answered_share, page = excluded.page, reached = excluded.reached,
      locale = excluded.locale, saved_on = excluded.saved_on, submitted_on = excluded.submitted_on,
      submission_id = excluded.submission_id, submission_hash = excluded.submission_hash, receipt = excluded.receipt
  )`;

const PASSED_ON = `, closed AS (
    UPDATE personal_link SET revoked = true FROM moved WHERE member_id = $1 AND wave_id = $2
  ), consented AS (
    INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
    SELECT $1, $2, c.purpose, c.given, c.version, $18, $19::date
    FROM moved, jsonb_to_recordset($26::jsonb) AS c(purpose text, given boolean, version text)
  ), thanked AS (
    INSERT INTO contact_attempt (member_id, wave_id, step, state, channel, falls_due_at, due_at)
    SELECT $1, $2, s.step, 'planned', coalesce(s.channels ->> 0, 'email'), t.at, t.at
    FROM moved, wave w, jsonb_to_recordset(coalesce(w.contact_plan, w.definition -> 'contactPlan'))
           AS s(step text, kind text, channels jsonb, "afterDays" integer, "afterHours" integer),
         LATERAL (SELECT $28::timestamptz + (coalesce(s."afterDays", 0) * 24 + coalesce(s."afterHours", 0)) * interval '1 hour' AS at) AS t
    WHERE w.id = $2 AND s.kind = 'thanks' AND $5 IN ('complete', 'partial')
  )`;

const SPOKEN = 'UPDATE member SET locale = $18 FROM moved WHERE id = $1 AND locale <> $18';
// What was said about residence counts from now on: spells and moves are to be derived again.
const SPOKEN_AND_LIVED = `UPDATE member SET locale = $18, residence_coder = CASE WHEN $27 THEN NULL ELSE residence_coder END
    FROM moved WHERE id = $1 AND (locale <> $18 OR $27)`;

const SAVE_STATEMENT: Statement = { name: 'save', text: `${SAVE(SPOKEN)} SELECT revision FROM moved` };
const SUBMIT_STATEMENT: Statement = {
  name: 'submit',
  text: `${SAVE(SPOKEN_AND_LIVED)}${PASSED_ON} SELECT revision FROM moved`,
};

const parameters = (save: Save, submission: Submission | undefined): unknown[] => [
  save.memberId,
  save.waveId,
  save.questionnaireId,
  save.base,
  save.stateAfter,
  save.stateBefore,
  save.event,
  save.saveId,
  save.bodyHash,
  save.sessionId,
  JSON.stringify(save.changes),
  JSON.stringify(save.answers),
  JSON.stringify(save.record),
  JSON.stringify(save.children),
  save.coder,
  save.answeredShare,
  save.page,
  save.locale,
  save.on,
  save.activeAt,
  save.reached,
  submission?.hash ?? null,
  submission?.receipt ?? null,
  submission?.disposition ?? null,
  submission?.edition ?? null,
];

/**
 * Writes a save, and with a submission all that follows from it, in one statement: all or nothing.
 * @returns the new revision, or undefined, with nothing written, when the case has moved on meanwhile or the save id
 *   stands in an earlier revision
 */
export async function writeSave(
  db: DataSource,
  save: Save,
  submission?: Submission,
): Promise<number | undefined> {
  try {
    const rows = submission
      ? await execute<{ revision: number }>(db, SUBMIT_STATEMENT, [
          ...parameters(save, submission),
          JSON.stringify(submission.consents),
          submission.residence,
          submission.hourEndsAt,
        ])
      : await execute<{ revision: number }>(db, SAVE_STATEMENT, parameters(save, undefined));
    return rows[0]?.revision;
  } catch (cause) {
    if (isUniqueViolation(cause, 'revision_save_unique')) return undefined;
    throw cause;
  }
}

const STORED_SAVE: Statement = {
  name: 'stored_save',
  text: `SELECT v.revision, v.body_hash, r.receipt, r.submitted_on
    FROM revision v LEFT JOIN response r ON r.member_id = v.member_id AND r.wave_id = v.wave_id AND r.submission_id = v.save_id
    WHERE v.member_id = $1 AND v.wave_id = $2 AND v.save_id = $3`,
};

/** What was stored under a save id, to answer the same save again with the same words. */
export interface StoredSave {
  revision: number;
  body_hash: Buffer;
  receipt: string | null;
  submitted_on: string | null;
}

export async function storedSave(
  db: DataSource,
  { member_id, wave_id }: Pick<SessionCase, 'member_id' | 'wave_id'>,
  saveId: string,
): Promise<StoredSave | undefined> {
  const rows = await execute<StoredSave>(db, STORED_SAVE, [member_id, wave_id, saveId]);
  return rows[0];
}

const REVISIONS_OF: Statement = {
  name: 'revisions_of',
  text: `SELECT changes, session_id AS "sessionId" FROM revision WHERE member_id = $1 AND wave_id = $2 ORDER BY revision`,
};

/** All revisions of a case in order: who answered what in which session. */
export async function revisionsOf(
  db: DataSource,
  memberId: string,
  waveId: string,
): Promise<{ changes: Answers; sessionId: string }[]> {
  return execute(db, REVISIONS_OF, [memberId, waveId]);
}

const KEEP_OPEN_ITEMS: Statement = {
  name: 'keep_open_items',
  text: 'UPDATE respondent_session SET open_items = $2 WHERE token_hash = $1',
};

/** What a session may write from now on; null where it may write everything. */
export async function keepOpenItems(
  db: DataSource,
  sessionHash: Buffer,
  items: string[] | null,
): Promise<void> {
  await execute(db, KEEP_OPEN_ITEMS, [sessionHash, items === null ? null : JSON.stringify(items)]);
}
