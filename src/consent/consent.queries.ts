import { type DataSource, type EntityManager } from 'typeorm';
import { standingConsents } from './standing-sql.js';

/** One decision of a member about a purpose. */
export interface Decided {
  purpose: string;
  given: boolean;
  textVersion: string;
  /** YYYY-MM-DD */
  decidedOn: string;
}

/** What stands now of a member's consents. */
export const consentsOf = (db: DataSource | EntityManager, memberId: string): Promise<Decided[]> =>
  db.query(
    `SELECT purpose, given, text_version AS "textVersion", decided_on::text AS "decidedOn"
     FROM ${standingConsents('$1::uuid')} AS k ORDER BY purpose`,
    [memberId],
  );

/** Where a decision outside of waves was made. */
export type ConsentWay = 'own_page' | 'stop_page' | 'staff';

/** Appends decisions: none before them is changed. */
export async function addConsentChanges(
  tx: EntityManager,
  memberId: string,
  changes: readonly { purpose: string; given: boolean; version: string }[],
  { locale, on, way }: { locale: string; on: string; way: ConsentWay },
): Promise<void> {
  await tx.query(
    `INSERT INTO consent_change (member_id, purpose, given, text_version, locale, decided_on, way)
     SELECT $1, c.purpose, c.given, c.version, $3, $4, $5
     FROM jsonb_to_recordset($2::jsonb) AS c(purpose text, given boolean, version text)`,
    [memberId, JSON.stringify(changes), locale, on, way],
  );
}
