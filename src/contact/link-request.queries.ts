import { type DataSource, type EntityManager } from 'typeorm';
import { CASE_STATES, type CaseState, caseIsFinished } from '../wave/case-state.js';

/** Where a study's requests are sealed to; the key is null until a process with the vault has published it. */
export interface AskedStudy {
  id: string;
  locales: string[];
  public_key: Buffer | null;
}

export async function askedStudy(db: DataSource, code: string): Promise<AskedStudy | undefined> {
  const rows = await db.query<AskedStudy[]>(
    `SELECT s.id, s.definition -> 'locales' AS locales, k.public_key
     FROM study s LEFT JOIN sealing_key k ON k.study_id = s.id WHERE s.code = $1`,
    [code],
  );
  return rows[0];
}

/** The sealing keys as they are published; null where a study has none. */
export async function publishedKeys(db: DataSource): Promise<{ id: string; public_key: Buffer | null }[]> {
  return db.query('SELECT s.id, k.public_key FROM study s LEFT JOIN sealing_key k ON k.study_id = s.id');
}

export async function publishKey(db: DataSource, studyId: string, publicKey: Buffer): Promise<void> {
  await db.query(
    `INSERT INTO sealing_key (study_id, public_key) VALUES ($1, $2)
     ON CONFLICT ON CONSTRAINT sealing_key_pk DO UPDATE SET public_key = excluded.public_key`,
    [studyId, publicKey],
  );
}

/** What is asked for: a link to an open questionnaire, or one to the page of one's own. */
export type RequestPurpose = 'interview' | 'own_page' | 'new_address' | 'address_changed';

/**
 * Stores a request, due now, unless the study has `most` that nobody has looked at yet or that ended within a minute. Requests that are
 * stored in the same moment do not see each other.
 * @returns whether it was stored
 */
export async function storeRequest(
  db: DataSource,
  request: { id: string; studyId: string; sealed: Buffer; locale: string; purpose: RequestPurpose },
  now: Date,
  most: number,
): Promise<boolean> {
  const rows = await db.query<{ stored: number }[]>(
    `WITH recent AS (
       SELECT count(*) AS requests FROM link_request
       WHERE study_id = $2
         AND ((state = 'asked' AND tries = 0) OR (state <> 'asked' AND due_at > $5::timestamptz - interval '1 minute'))
     ), stored AS (
       INSERT INTO link_request (id, study_id, sealed, locale, state, due_at, purpose)
       SELECT $1, $2, $3, $4, 'asked', $5, $7 FROM recent WHERE requests < $6
       RETURNING 1
     ) SELECT count(*)::int AS stored FROM stored`,
    [request.id, request.studyId, request.sealed, request.locale, now, most, request.purpose],
  );
  return rows[0]?.stored === 1;
}

/**
 * Stores the request of a member who is known by their own session, due now; the address is the vault's. One that waits already is
 * enough.
 */
export async function storeOwnRequest(
  tx: EntityManager,
  request: { id: string; studyId: string; memberId: string; locale: string },
  now: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO link_request (id, study_id, member_id, locale, state, due_at, purpose)
     SELECT $1, $2, $3, $4, 'asked', $5, 'own_page'
     WHERE NOT EXISTS (SELECT FROM link_request WHERE member_id = $3 AND state = 'asked' AND purpose = 'own_page')`,
    [request.id, request.studyId, request.memberId, request.locale, now],
  );
}

/** Stores a request that stands for a change of address; one of that id that is there already stays. */
export async function storeChangeRequest(
  tx: EntityManager,
  request: {
    id: string;
    studyId: string;
    memberId: string;
    sealed: Buffer;
    locale: string;
    purpose: 'new_address' | 'address_changed';
    changeId: string | null;
  },
  dueAt: Date,
): Promise<void> {
  await tx.query(
    `INSERT INTO link_request (id, study_id, member_id, sealed, locale, state, due_at, purpose, change_id)
     VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, $8) ON CONFLICT ON CONSTRAINT link_request_pk DO NOTHING`,
    [
      request.id,
      request.studyId,
      request.memberId,
      request.sealed,
      request.locale,
      dueAt,
      request.purpose,
      request.changeId,
    ],
  );
}

/** How often a member has asked since then for a new address to be proved. */
export async function changesAsked(tx: EntityManager, memberId: string, since: Date): Promise<number> {
  const rows = await tx.query<{ asked: number }[]>(
    `SELECT count(*)::int AS asked FROM link_request WHERE member_id = $1 AND purpose = 'new_address' AND due_at > $2`,
    [memberId, since],
  );
  return rows[0]?.asked ?? 0;
}

/** A request that this process works on. */
export interface ClaimedRequest {
  id: string;
  claim: string;
  study_id: string;
  /** Null where the address is the one that the vault has of the member. */
  sealed: Buffer | null;
  locale: string;
  purpose: RequestPurpose;
  /** Known from the beginning where their own session asked, else once they are found. */
  member_id: string | null;
  change_id: string | null;
  /** How often it was begun, this time included. */
  tries: number;
}

/** Not behind a fence, and not in a study whose messages are held back. */
const MAY_BE_SENT = `s.sending_paused_at IS NULL AND NOT EXISTS (SELECT FROM sending_fence f WHERE f.fenced_at IS NOT NULL)`;

/**
 * Claims the request that is overdue the longest, until `lapsesAt`: then it is due again, whatever became of the claim.
 * @returns undefined when nothing is due
 */
export async function claimRequest(
  db: DataSource,
  claim: string,
  now: Date,
  lapsesAt: Date,
): Promise<ClaimedRequest | undefined> {
  const rows = await db.query<ClaimedRequest[]>(
    `WITH due AS (
       SELECT r.id FROM link_request r JOIN study s ON s.id = r.study_id
       WHERE r.state = 'asked' AND r.due_at <= $2 AND ${MAY_BE_SENT}
       ORDER BY r.due_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED
     ), claimed AS (
       UPDATE link_request r SET claim = $1, due_at = $3, tries = tries + 1 FROM due WHERE r.id = due.id
       RETURNING r.id, r.claim, r.study_id, r.sealed, r.locale, r.tries, r.purpose, r.member_id, r.change_id
     ) SELECT * FROM claimed`,
    [claim, now, lapsesAt],
  );
  return rows[0];
}

/** Whether `claimRequest` would find anything. */
export async function anyRequestDue(db: DataSource, now: Date): Promise<boolean> {
  const rows = await db.query<unknown[]>(
    `SELECT FROM link_request r JOIN study s ON s.id = r.study_id
     WHERE r.state = 'asked' AND r.due_at <= $1 AND ${MAY_BE_SENT} LIMIT 1`,
    [now],
  );
  return rows.length > 0;
}

type Held = Pick<ClaimedRequest, 'id' | 'claim'>;

/** Whether a request is there, and ours to answer: whoever was erased meanwhile gets nothing any more. */
export async function isStillClaimed(db: DataSource, { id, claim }: Held): Promise<boolean> {
  const rows = await db.query<unknown[]>('SELECT FROM link_request WHERE id = $1 AND claim = $2', [
    id,
    claim,
  ]);
  return rows.length > 0;
}

/** Ends a request that is still claimed by us; the address goes with it. */
export async function endRequest(
  db: DataSource,
  { id, claim }: Held,
  state: 'sent' | 'nobody' | 'too_many' | 'failed',
  at: Date,
): Promise<void> {
  await db.query(
    `UPDATE link_request SET state = $3, sealed = NULL, claim = NULL, due_at = $4 WHERE id = $1 AND claim = $2`,
    [id, claim, state, at],
  );
}

/** Puts a request off that is still claimed by us. */
export async function putOffRequest(
  db: DataSource,
  { id, claim, tries }: Held & { tries: number },
  until: Date,
): Promise<void> {
  await db.query(
    `UPDATE link_request SET claim = NULL, due_at = $3, tries = $4 WHERE id = $1 AND claim = $2`,
    [id, claim, until, tries],
  );
}

/**
 * Notes whose request it is, where fewer than `most` others of theirs, for the same, were answered since or are being answered. The member is locked
 * by the caller, so that two requests do not both count as the last one.
 * @returns whether it may be answered
 */
export async function admitRequest(
  tx: EntityManager,
  { id, claim, purpose }: Held & { purpose: RequestPurpose },
  memberId: string,
  since: Date,
  most: number,
): Promise<boolean> {
  const rows = await tx.query<{ admitted: number }[]>(
    `WITH others AS (
       SELECT count(*) AS requests FROM link_request
       WHERE member_id = $3 AND id <> $1 AND purpose = $6 AND (state = 'asked' OR (state = 'sent' AND due_at > $4))
     ), admitted AS (
       UPDATE link_request r SET member_id = $3 FROM others WHERE r.id = $1 AND r.claim = $2 AND requests < $5 RETURNING 1
     ) SELECT count(*)::int AS admitted FROM admitted`,
    [id, claim, memberId, since, most, purpose],
  );
  return rows[0]?.admitted === 1;
}

/** The letter of the newest open wave in which a member has a case that can still be answered; undefined where there is none. */
export async function answerableWave(
  tx: EntityManager,
  memberId: string,
  now: Date,
): Promise<{ id: string; letter: string } | undefined> {
  const rows = await tx.query<{ id: string; letter: string }[]>(
    `SELECT w.id, w.letter FROM issued_case c JOIN wave w ON w.id = c.wave_id
     WHERE c.member_id = $1 AND c.state = ANY($3::text[]) AND w.opened_at IS NOT NULL AND w.closed_at IS NULL
       AND coalesce(c.closes_at, w.closes_at) > $2
     ORDER BY w.opened_at DESC, w.letter DESC LIMIT 1`,
    [memberId, now, ANSWERABLE],
  );
  return rows[0];
}

const ANSWERABLE: readonly CaseState[] = CASE_STATES.filter((state) => !caseIsFinished(state));

/** A link of no planned message. Its way to stop messages is in nobody's hands. */
export async function addAskedLink(
  tx: EntityManager,
  memberId: string,
  waveId: string,
  tokenHash: Buffer,
  stopHash: Buffer,
): Promise<void> {
  await tx.query(
    `INSERT INTO personal_link (token_hash, member_id, wave_id, step, stop_hash) VALUES ($1, $2, $3, 'new-link', $4)`,
    [tokenHash, memberId, waveId, stopHash],
  );
}

/** A proof of a mailbox; of a new address where it names a change. */
export async function addProof(
  tx: EntityManager,
  memberId: string,
  tokenHash: Buffer,
  expiresAt: Date,
  changeId: string | null,
): Promise<void> {
  await tx.query(
    'INSERT INTO rights_link (token_hash, member_id, expires_at, change_id) VALUES ($1, $2, $3, $4)',
    [tokenHash, memberId, expiresAt, changeId],
  );
}

/**
 * Lets go of what is old: addresses that have waited for three days, for whatever reason; requests of nobody that ended an hour ago, as
 * anybody may make any number of them; all others after a week; proofs and sessions of own pages once they have lapsed; new addresses that
 * nobody proved within a day.
 */
export async function clearRequests(db: DataSource, now: Date): Promise<void> {
  await db.query(
    `WITH given_up AS (
       UPDATE link_request SET state = 'failed', sealed = NULL, claim = NULL, due_at = $1
       WHERE state = 'asked' AND due_at < $1::timestamptz - interval '3 days'
     ), unproved AS (
       DELETE FROM rights_link WHERE expires_at <= $1
     ), forgotten AS (
       DELETE FROM address_change WHERE proved_at IS NULL AND asked_at < $1::timestamptz - interval '1 day'
     ), ended AS (
       DELETE FROM rights_session WHERE least(idle_until, ends_at) <= $1
     )
     DELETE FROM link_request
     WHERE (state IN ('nobody', 'too_many') AND due_at < $1::timestamptz - interval '1 hour')
        OR (state IN ('sent', 'failed') AND due_at < $1::timestamptz - interval '7 days')`,
    [now],
  );
}
