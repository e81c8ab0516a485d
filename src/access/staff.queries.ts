import { type DataSource, type EntityManager } from 'typeorm';
import { type Passkey } from './passkey.node.js';
import { type Role } from './role.js';

type Db = DataSource | EntityManager;

export interface AccountRow {
  id: string;
  email: Buffer;
  password_hash: string | null;
  totp_secret: Buffer | null;
  totp_step: number | null;
  invited_at: Date;
  accepted_at: Date | null;
  revoked_at: Date | null;
}

const ACCOUNT = 'id, email, password_hash, totp_secret, totp_step, invited_at, accepted_at, revoked_at';

export async function accountByIndex(db: Db, emailIndex: Buffer): Promise<AccountRow | undefined> {
  const rows = await db.query<AccountRow[]>(`SELECT ${ACCOUNT} FROM staff_account WHERE email_index = $1`, [
    emailIndex,
  ]);
  return rows[0];
}

/** An account that is open; locked until the transaction ends. */
export async function lockedAccount(tx: EntityManager, id: string): Promise<AccountRow | undefined> {
  const rows = await tx.query<AccountRow[]>(
    `SELECT ${ACCOUNT} FROM staff_account WHERE id = $1 AND revoked_at IS NULL FOR UPDATE`,
    [id],
  );
  return rows[0];
}

/** Makes an account, or opens a revoked one anew, as somebody is invited. @returns its id */
export async function openAccount(
  tx: EntityManager,
  account: { id: string; emailIndex: Buffer; email: Buffer },
  now: Date,
): Promise<string> {
  const [row] = await tx.query<[{ id: string }]>(
    `INSERT INTO staff_account (id, email_index, email, invited_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT ON CONSTRAINT staff_account_email_unique DO UPDATE
       SET invited_at = $4, revoked_at = NULL, accepted_at = NULL, password_hash = NULL
     RETURNING id`,
    [account.id, account.emailIndex, account.email, now],
  );
  return row.id;
}

/** @returns whether it was not there yet */
export async function insertGrant(
  tx: EntityManager,
  accountId: string,
  role: Role,
  studyId: string | null,
  now: Date,
): Promise<boolean> {
  const made = await tx.query<unknown[]>(
    `INSERT INTO staff_grant (account_id, role, study_id, granted_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT ON CONSTRAINT staff_grant_unique DO NOTHING RETURNING role`,
    [accountId, role, studyId, now],
  );
  return made.length > 0;
}

/** @returns whether there was one */
export async function deleteGrant(
  tx: EntityManager,
  accountId: string,
  role: Role,
  studyId: string | null,
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `WITH gone AS (DELETE FROM staff_grant WHERE account_id = $1 AND role = $2 AND study_id IS NOT DISTINCT FROM $3 RETURNING role)
     SELECT role FROM gone`,
    [accountId, role, studyId],
  );
  return rows.length > 0;
}

/** The id of a study that is named by id or code. */
export async function studyIdOf(db: Db, named: string): Promise<string | undefined> {
  const rows = await db.query<{ id: string }[]>('SELECT id FROM study WHERE id = $1 OR code = $1', [named]);
  return rows[0]?.id;
}

/** Ends whatever lets somebody in: sessions, links, and every proof of who they are but the password. */
export async function deleteProofs(tx: EntityManager, accountId: string): Promise<void> {
  for (const table of ['staff_session', 'staff_link', 'staff_passkey', 'staff_recovery_code'])
    await tx.query(`DELETE FROM ${table} WHERE account_id = $1`, [accountId]);
  await tx.query('UPDATE staff_account SET totp_secret = NULL, totp_step = NULL WHERE id = $1', [accountId]);
}

export async function closeAccount(tx: EntityManager, accountId: string, now: Date): Promise<void> {
  await tx.query('DELETE FROM staff_grant WHERE account_id = $1', [accountId]);
  await tx.query('UPDATE staff_account SET revoked_at = $2, password_hash = NULL WHERE id = $1', [
    accountId,
    now,
  ]);
}

/** Makes an account one that was invited and has not accepted. */
export const forgetPassword = (tx: EntityManager, accountId: string): Promise<unknown> =>
  tx.query('UPDATE staff_account SET accepted_at = NULL, password_hash = NULL WHERE id = $1', [accountId]);

export const setPassword = (db: Db, accountId: string, passwordHash: string): Promise<unknown> =>
  db.query('UPDATE staff_account SET password_hash = $2 WHERE id = $1', [accountId, passwordHash]);

export type LinkPurpose = 'invitation' | 'second_factor';

export async function replaceLink(
  tx: EntityManager,
  link: { tokenHash: Buffer; accountId: string; purpose: LinkPurpose; lapsesAt: Date },
): Promise<void> {
  await tx.query('DELETE FROM staff_link WHERE account_id = $1', [link.accountId]);
  await tx.query(
    'INSERT INTO staff_link (token_hash, account_id, purpose, lapses_at) VALUES ($1, $2, $3, $4)',
    [link.tokenHash, link.accountId, link.purpose, link.lapsesAt],
  );
}

/** The account that a link still opens. */
export async function accountOfLink(
  db: Db,
  tokenHash: Buffer,
  purpose: LinkPurpose,
  now: Date,
): Promise<AccountRow | undefined> {
  const rows = await db.query<AccountRow[]>(
    `SELECT ${ACCOUNT} FROM staff_account
     WHERE revoked_at IS NULL
       AND id = (SELECT account_id FROM staff_link WHERE token_hash = $1 AND purpose = $2 AND lapses_at > $3)`,
    [tokenHash, purpose, now],
  );
  return rows[0];
}

/** Uses a link up. @returns whether it was still there */
export async function consumeLink(tx: EntityManager, tokenHash: Buffer): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    'WITH gone AS (DELETE FROM staff_link WHERE token_hash = $1 RETURNING account_id) SELECT account_id FROM gone',
    [tokenHash],
  );
  return rows.length > 0;
}

/** What an account proves itself with from now on. A password that is null stays as it is. */
export async function acceptAccount(
  tx: EntityManager,
  accountId: string,
  proofs: {
    passwordHash: string | null;
    totp: { secret: Buffer; step: number } | null;
    passkey: Passkey | null;
    recoveryHashes: Buffer[];
  },
  now: Date,
): Promise<void> {
  await deleteProofs(tx, accountId);
  await tx.query(
    `UPDATE staff_account SET accepted_at = coalesce(accepted_at, $2), password_hash = coalesce($3, password_hash),
       totp_secret = $4, totp_step = $5 WHERE id = $1`,
    [accountId, now, proofs.passwordHash, proofs.totp?.secret ?? null, proofs.totp?.step ?? null],
  );
  if (proofs.passkey) {
    const { credentialId, publicKey, counter, transports } = proofs.passkey;
    await tx.query(
      'INSERT INTO staff_passkey (credential_id, account_id, public_key, counter, transports) VALUES ($1, $2, $3, $4, $5)',
      [credentialId, accountId, publicKey, counter, transports],
    );
  }
  await tx.query('INSERT INTO staff_recovery_code (account_id, code_hash) SELECT $1, unnest($2::bytea[])', [
    accountId,
    proofs.recoveryHashes,
  ]);
}

export const passkeysOf = (db: Db, accountId: string): Promise<Passkey[]> =>
  db.query(
    `SELECT credential_id AS "credentialId", public_key AS "publicKey", counter, transports FROM staff_passkey
     WHERE account_id = $1 ORDER BY credential_id`,
    [accountId],
  );

export const setPasskeyCounter = (
  tx: EntityManager,
  credentialId: Buffer,
  counter: number,
): Promise<unknown> =>
  tx.query('UPDATE staff_passkey SET counter = $2 WHERE credential_id = $1', [credentialId, counter]);

export const setTotpStep = (tx: EntityManager, accountId: string, step: number): Promise<unknown> =>
  tx.query('UPDATE staff_account SET totp_step = $2 WHERE id = $1', [accountId, step]);

/** Uses a recovery code up. @returns whether it was still there */
export async function consumeRecoveryCode(
  tx: EntityManager,
  accountId: string,
  codeHash: Buffer,
): Promise<boolean> {
  const rows = await tx.query<unknown[]>(
    `WITH gone AS (DELETE FROM staff_recovery_code WHERE account_id = $1 AND code_hash = $2 RETURNING account_id)
     SELECT account_id FROM gone`,
    [accountId, codeHash],
  );
  return rows.length > 0;
}

export interface ListedAccount extends AccountRow {
  passkeys: number;
  recovery_codes: number;
  grants: { role: Role; study: string | null }[];
}

/** Every account with its grants, in the order in which they were invited. */
export const listAccounts = (db: Db): Promise<ListedAccount[]> =>
  db.query(
    `SELECT ${ACCOUNT}, (SELECT count(*)::int FROM staff_passkey WHERE account_id = a.id) AS passkeys,
       (SELECT count(*)::int FROM staff_recovery_code WHERE account_id = a.id) AS recovery_codes,
       (SELECT coalesce(json_agg(json_build_object('role', role, 'study', study_id) ORDER BY role, study_id), '[]')
        FROM staff_grant WHERE account_id = a.id) AS grants
     FROM staff_account a ORDER BY invited_at, id`,
  );
