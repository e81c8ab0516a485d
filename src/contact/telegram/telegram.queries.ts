import { type DataSource, type EntityManager } from 'typeorm';
import { clearTrouble } from '../../vault/trouble.queries.js';

/** Who asks for a code, as far as joining a chat goes. */
export interface CodeOwner {
  member_id: string;
  study_id: string;
  residence_country: string | null;
}

/** Whether they belong to the panel still is asked where it matters. */
export async function codeOwner(db: DataSource, memberId: string): Promise<CodeOwner | undefined> {
  const rows = await db.query<CodeOwner[]>(
    'SELECT id AS member_id, study_id, residence_country FROM member WHERE id = $1',
    [memberId],
  );
  return rows[0];
}

/** Keeps a code, voids those that the member had, and forgets those that have lapsed. The caller holds the member's row. */
export async function keepCode(
  tx: EntityManager,
  codeHash: Buffer,
  memberId: string,
  locale: string,
  { today, expiresOn }: { today: string; expiresOn: string },
): Promise<void> {
  await tx.query('DELETE FROM telegram_start WHERE member_id = $1 OR expires_on < $2', [memberId, today]);
  await tx.query(
    'INSERT INTO telegram_start (code_hash, member_id, locale, expires_on) VALUES ($1, $2, $3, $4)',
    [codeHash, memberId, locale, expiresOn],
  );
}

export interface ClaimedCode {
  code_hash: Buffer;
  member_id: string;
  study_id: string;
  locale: string;
}

/** Takes a code away, for good once the transaction has committed; undefined where it is unknown or has lapsed. */
export async function claimCode(
  tx: EntityManager,
  codeHashes: readonly Buffer[],
  today: string,
): Promise<ClaimedCode | undefined> {
  const rows = await tx.query<ClaimedCode[]>(
    `WITH claimed AS (
       DELETE FROM telegram_start WHERE code_hash = ANY($1::bytea[]) RETURNING code_hash, member_id, locale, expires_on
     ) SELECT c.code_hash, c.member_id, m.study_id, c.locale
       FROM claimed c JOIN member m ON m.id = c.member_id WHERE c.expires_on >= $2`,
    [codeHashes, today],
  );
  return rows[0];
}

/** The member is reached by Telegram from now on: whatever stood in the way of the earlier chat no longer does. */
export async function openChannel(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query(
    `UPDATE member SET channels = array_append(channels, 'telegram') WHERE id = $1 AND NOT 'telegram' = ANY(channels)`,
    [memberId],
  );
  await clearTrouble(tx, memberId, 'telegram');
  await tx.query(
    `DELETE FROM message_stop WHERE member_id = $1 AND channel = 'telegram' AND purpose = 'all'`,
    [memberId],
  );
}

/** Nothing more by Telegram to these members. */
export async function stopTelegram(
  tx: EntityManager,
  memberIds: readonly string[],
  on: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO message_stop (member_id, channel, purpose, stopped_on) SELECT id, 'telegram', 'all', $2 FROM unnest($1::uuid[]) AS id
     ON CONFLICT ON CONSTRAINT message_stop_pk DO NOTHING`,
    [memberIds, on],
  );
}

/** The person takes messages from the bot again; a trouble of another kind stays. */
export async function clearBlocked(tx: EntityManager, memberIds: readonly string[]): Promise<void> {
  await tx.query(
    `DELETE FROM channel_trouble WHERE member_id = ANY($1::uuid[]) AND channel = 'telegram' AND kind = 'blocked'`,
    [memberIds],
  );
}

/** Those of some members who can be written to by Telegram, with the language of their messages. */
export async function reachedBy(
  tx: EntityManager,
  memberIds: readonly string[],
): Promise<{ locale: string; stopped: boolean }[]> {
  return tx.query(
    `SELECT m.locale, EXISTS (
       SELECT FROM message_stop s WHERE s.member_id = m.id AND s.channel = 'telegram' AND s.purpose = 'all') AS stopped
     FROM member m WHERE m.id = ANY($1::uuid[]) AND m.status = 'active' AND 'telegram' = ANY(m.channels) ORDER BY m.id`,
    [memberIds],
  );
}

/**
 * Notes that an update is worked off in this transaction, and forgets old ones. Where another transaction works on the same one,
 * this waits for its end.
 * @returns false where it was worked off before
 */
export async function markSeen(tx: EntityManager, updateId: number, on: string): Promise<boolean> {
  const rows = await tx.query<{ seen: number }[]>(
    `WITH cleared AS (DELETE FROM telegram_update WHERE seen_on < $2::date - 30),
          seen AS (INSERT INTO telegram_update (update_id, seen_on) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING 1)
     SELECT count(*)::int AS seen FROM seen`,
    [updateId, on],
  );
  return rows[0]?.seen === 1;
}
