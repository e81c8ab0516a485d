import { type DataSource, type EntityManager } from 'typeorm';
import { type ErasedCount } from './erased.js';

/**
 * Every table that holds something of one member under `member_id`, in an order in which nothing refers to what is gone already. The
 * member's own row goes last.
 */
export const TABLES_OF_A_MEMBER = [
  'contact_event',
  'contact_attempt',
  'personal_link',
  'respondent_session',
  'telegram_start',
  'rights_session',
  'rights_link',
  'link_request',
  'address_change',
  'late_answers',
  'revision',
  'response',
  'case_feed',
  'case_event',
  'disposition_override',
  'consent',
  'consent_change',
  'issued_case',
  'experiment_arm',
  'residence_move',
  'residence_spell',
  'residence_revision',
  'residence_report',
  'tracing_attempt',
  'tracing_task',
  'channel_trouble',
  'message_stop',
  'member_pause',
  'release_person',
] as const;

/**
 * A member with all that can grow, locked: attempts, cases, then the member, as whatever sends, saves or ends a membership does. From
 * then on nothing new can hang on the member. Before all that an address that is just being kept for them is waited for: that takes two
 * connections, whose waiting for one another the database would not see.
 * @returns the study; undefined where there is no such member, or none any more
 */
export async function lockWhole(tx: EntityManager, memberId: string): Promise<string | undefined> {
  await tx.query('SELECT FROM address_change WHERE member_id = $1 ORDER BY id FOR UPDATE', [memberId]);
  await tx.query('SELECT FROM contact_attempt WHERE member_id = $1 ORDER BY wave_id, step FOR UPDATE', [
    memberId,
  ]);
  await lockAllCases(tx, memberId);
  const rows = await tx.query<{ study_id: string }[]>(
    'SELECT study_id FROM member WHERE id = $1 FOR UPDATE',
    [memberId],
  );
  await lockAllCases(tx, memberId); // those that were issued while this waited
  await tx.query('SELECT FROM revision WHERE member_id = $1 FOR UPDATE', [memberId]); // a seal that is being made is waited for
  return rows[0]?.study_id;
}

async function lockAllCases(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query('SELECT FROM issued_case WHERE member_id = $1 ORDER BY wave_id FOR UPDATE', [memberId]);
}

/**
 * Counts a member and their cases as erased, each case by its last disposition; one under way ends by it as withdrawn.
 * @param withdrawn  the code of that
 * @returns how many cases there were
 */
export async function countErased(
  tx: EntityManager,
  memberId: string,
  studyId: string,
  withdrawn: string,
): Promise<number> {
  const [counted] = await tx.query<[{ cases: number }]>(
    `WITH gone AS (
       SELECT c.wave_id, coalesce(
         (SELECT o.disposition FROM disposition_override o
          WHERE o.member_id = c.member_id AND o.wave_id = c.wave_id ORDER BY o.seq DESC LIMIT 1), c.disposition, $3) AS disposition
       FROM issued_case c WHERE c.member_id = $1
     ), members AS (
       INSERT INTO erased_members (study_id, erased) VALUES ($2, 1)
       ON CONFLICT ON CONSTRAINT erased_members_pk DO UPDATE SET erased = erased_members.erased + 1
     ), cases AS (
       INSERT INTO erased_cases (wave_id, disposition, erased) SELECT wave_id, disposition, 1 FROM gone ORDER BY wave_id
       ON CONFLICT ON CONSTRAINT erased_cases_pk DO UPDATE SET erased = erased_cases.erased + 1
     )
     SELECT count(*)::int AS cases FROM gone`,
    [memberId, studyId, withdrawn],
  );
  return counted.cases;
}

/** Deletes all that hangs on a member, and the member. Of their sessions stays that their holder has left, as long as they would have lasted. */
export async function deleteWhole(tx: EntityManager, memberId: string, today: string): Promise<void> {
  await tx.query(
    `INSERT INTO left_session (token_hash, expires_on)
     SELECT token_hash, expires_on FROM respondent_session WHERE member_id = $1 AND expires_on >= $2`,
    [memberId, today],
  );
  for (const table of TABLES_OF_A_MEMBER)
    await tx.query(`DELETE FROM ${table} WHERE member_id = $1`, [memberId]);
  await tx.query('UPDATE member SET recruiter_id = NULL WHERE recruiter_id = $1', [memberId]);
  await tx.query('DELETE FROM member WHERE id = $1', [memberId]);
}

/** What the vault has still to do. */
export interface Owed {
  memberId: string;
  studyId: string;
  /** YYYY-MM-DD */
  erasedOn: string;
  /** The handle of the receipt that says so when it is done. */
  receipt: Buffer | null;
}

const OWED = 'member_id AS "memberId", study_id AS "studyId", erased_on::text AS "erasedOn", receipt';

export async function addOwed(
  tx: EntityManager,
  { memberId, studyId, erasedOn, receipt }: Owed,
): Promise<void> {
  await tx.query(
    'INSERT INTO erasure_owed (member_id, study_id, erased_on, receipt) VALUES ($1, $2, $3, $4)',
    [memberId, studyId, erasedOn, receipt],
  );
}

/** One that the vault owes, locked; what another process works on is left to it. */
export async function lockOwed(tx: EntityManager): Promise<Owed | undefined> {
  const rows = await tx.query<Owed[]>(
    `SELECT ${OWED} FROM erasure_owed ORDER BY erased_on, member_id LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
  return rows[0];
}

export async function endOwed(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query('DELETE FROM erasure_owed WHERE member_id = $1', [memberId]);
}

/** All that the vault owes, the longest first. */
export const owedErasures = (db: DataSource): Promise<Owed[]> =>
  db.query(`SELECT ${OWED} FROM erasure_owed ORDER BY erased_on, member_id`);

/** Forgets devices whose sessions would have lapsed by now. */
export async function clearLeft(db: DataSource, today: string): Promise<void> {
  await db.query('DELETE FROM left_session WHERE expires_on < $1', [today]);
}

/** Members first, then cases in the order of waves and codes. */
export const erasedCounts = (db: DataSource, studyId: string): Promise<ErasedCount[]> =>
  db.query(
    `SELECT NULL AS wave, NULL AS disposition, erased FROM erased_members WHERE study_id = $1
     UNION ALL SELECT w.letter, e.disposition, e.erased FROM erased_cases e JOIN wave w ON w.id = e.wave_id WHERE w.study_id = $1
     ORDER BY wave NULLS FIRST, disposition`,
    [studyId],
  );
