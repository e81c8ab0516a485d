import { type DataSource, type EntityManager } from 'typeorm';
import { type CheckedReceipt, type ReceiptState, type RightsAct } from './receipt.js';

export async function addReceipt(
  tx: EntityManager,
  receipt: { codeHash: Buffer; studyId: string; act: RightsAct; on: string; state: ReceiptState },
): Promise<void> {
  await tx.query(
    'INSERT INTO rights_receipt (code_hash, study_id, act, done_on, state) VALUES ($1, $2, $3, $4, $5)',
    [receipt.codeHash, receipt.studyId, receipt.act, receipt.on, receipt.state],
  );
}

export async function finishReceipt(
  db: DataSource | EntityManager,
  codeHash: Buffer,
  state: ReceiptState,
): Promise<void> {
  await db.query('UPDATE rights_receipt SET state = $2 WHERE code_hash = $1', [codeHash, state]);
}

export async function receiptOf(db: DataSource, codeHash: Buffer): Promise<CheckedReceipt | undefined> {
  const rows = await db.query<CheckedReceipt[]>(
    'SELECT act, done_on::text AS "on", state FROM rights_receipt WHERE code_hash = $1',
    [codeHash],
  );
  return rows[0];
}
