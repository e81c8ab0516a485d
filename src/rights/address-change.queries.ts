import { type DataSource, type EntityManager } from 'typeorm';

/** A new address that waits: for its proof, or for the vault. */
export interface AddressChange {
  id: string;
  memberId: string;
  studyId: string;
  sealed: Buffer;
  locale: string;
}

/** One that waits for the vault, with the handle of its receipt. */
export interface ProvedChange extends AddressChange {
  receipt: Buffer;
}

/** Lets go of what the member asked for before and has not proved, with the letters and links that go with it. */
export async function dropUnproved(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query(
    `WITH unsent AS (
       DELETE FROM link_request WHERE member_id = $1 AND purpose = 'new_address' AND state = 'asked' AND claim IS NULL
     ) DELETE FROM address_change WHERE member_id = $1 AND proved_at IS NULL`,
    [memberId],
  );
}

export async function addChange(
  tx: EntityManager,
  change: Pick<AddressChange, 'id' | 'memberId' | 'sealed' | 'locale'>,
  now: Date,
): Promise<void> {
  await tx.query(
    'INSERT INTO address_change (id, member_id, sealed, locale, asked_at) VALUES ($1, $2, $3, $4, $5)',
    [change.id, change.memberId, change.sealed, change.locale, now],
  );
}

/** @param receipt  handle of the receipt that was given for it */
export async function markProved(
  tx: EntityManager,
  changeId: string,
  receipt: Buffer,
  now: Date,
): Promise<void> {
  await tx.query('UPDATE address_change SET proved_at = $2, receipt = $3 WHERE id = $1', [
    changeId,
    now,
    receipt,
  ]);
}

/** The change that was proved first, locked from other workers; undefined where none waits for the vault. */
export async function lockProved(tx: EntityManager): Promise<ProvedChange | undefined> {
  const rows = await tx.query<ProvedChange[]>(
    `SELECT c.id, c.member_id AS "memberId", m.study_id AS "studyId", c.sealed, c.locale, c.receipt
     FROM address_change c JOIN member m ON m.id = c.member_id
     WHERE c.proved_at IS NOT NULL ORDER BY c.proved_at LIMIT 1 FOR UPDATE OF c SKIP LOCKED FOR NO KEY UPDATE OF m`,
  );
  return rows[0];
}

export async function endChange(tx: EntityManager, changeId: string): Promise<void> {
  await tx.query('DELETE FROM address_change WHERE id = $1', [changeId]);
}

/** The member can be written to by e-mail from now on, where they could not before. */
export async function openEmail(tx: EntityManager, memberId: string): Promise<void> {
  await tx.query(
    `UPDATE member SET channels = array_append(channels, 'email') WHERE id = $1 AND NOT 'email' = ANY(channels)`,
    [memberId],
  );
}

/** The key by which addresses of a study are sealed; undefined until a process with the vault has published it. */
export async function sealingKeyOf(db: DataSource, studyId: string): Promise<Buffer | undefined> {
  const rows = await db.query<{ public_key: Buffer }[]>(
    'SELECT public_key FROM sealing_key WHERE study_id = $1',
    [studyId],
  );
  return rows[0]?.public_key;
}

/** Takes back the letter about a change that came to nothing. */
export async function dropNotice(tx: EntityManager, changeId: string): Promise<void> {
  await tx.query(`DELETE FROM link_request WHERE id = $1 AND purpose = 'address_changed'`, [changeId]);
}
