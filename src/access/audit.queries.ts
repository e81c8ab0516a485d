import { type DataSource, type EntityManager } from 'typeorm';
import { type ChainedEntry, NO_HASH } from './audit-canonical.js';

/** An act as it is written, before it has its number. */
export interface NewEntry {
  at: Date;
  act: string;
  actorKind: string;
  actorId: string | null;
  studyId: string | null;
  subjectKind: string | null;
  subjectId: string | null;
  /** JSON, as `detailText` makes it. */
  detail: string | null;
}

/** Writes an act; where it names no study, that of the member or wave that it is about. */
export async function insertEntry(tx: EntityManager, entry: NewEntry): Promise<void> {
  await tx.query(
    `INSERT INTO audit_entry (at, act, actor_kind, actor_id, study_id, subject_kind, subject_id, detail)
     VALUES ($1, $2, $3, $4, coalesce($5,
         (SELECT study_id FROM member WHERE id = (CASE WHEN $6 = 'member' THEN $7 END)::uuid),
         (SELECT study_id FROM wave WHERE id = CASE WHEN $6 = 'wave' THEN $7 END)), $6, $7, $8)`,
    [
      entry.at,
      entry.act,
      entry.actorKind,
      entry.actorId,
      entry.studyId,
      entry.subjectKind,
      entry.subjectId,
      entry.detail,
    ],
  );
}

const ENTRY = `nr, encode(previous, 'hex') AS previous, encode(hash, 'hex') AS hash,
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, act, actor_kind AS "actorKind", actor_id AS "actorId",
  study_id AS "studyId", subject_kind AS "subjectKind", subject_id AS "subjectId", detail`;

/** What a reader of the log asks for; null is everything. */
export interface EntryFilter {
  studyId: string | null;
  since: Date | null;
  act: string | null;
}

const EVERYTHING: EntryFilter = { studyId: null, since: null, act: null };

/** A page of entries after a number, in order. */
export const entriesAfter = (
  db: DataSource | EntityManager,
  nr: number,
  limit: number,
  { studyId, since, act }: EntryFilter = EVERYTHING,
): Promise<ChainedEntry[]> =>
  db.query(
    `SELECT ${ENTRY} FROM audit_entry
     WHERE nr > $1 AND ($3::text IS NULL OR study_id = $3) AND ($4::timestamptz IS NULL OR at >= $4) AND ($5::text IS NULL OR act = $5)
     ORDER BY nr LIMIT $2`,
    [nr, limit, studyId, since, act],
  );

/** The head as the database keeps it; undefined where somebody removed it. */
export async function keptHead(
  db: DataSource | EntityManager,
): Promise<{ nr: number; hash: string } | undefined> {
  const rows = await db.query<{ nr: number; hash: string }[]>(
    `SELECT nr, encode(hash, 'hex') AS hash FROM audit_head`,
  );
  return rows[0];
}

/** The last entry as it stands; the genesis where there is none. What is signed is what is there, whatever the head says. */
export async function headNow(db: DataSource): Promise<{ nr: number; hash: string }> {
  const rows = await db.query<{ nr: number; hash: string }[]>(
    `SELECT nr, encode(hash, 'hex') AS hash FROM audit_entry WHERE nr IS NOT NULL ORDER BY nr DESC LIMIT 1`,
  );
  return rows[0] ?? { nr: 0, hash: NO_HASH };
}

/** What protects the log in this database now. */
export interface AuditGuards {
  /** Entries that were written while the chain's trigger was off. */
  unnumbered: number;
  /** Of the triggers that there should be, those that are gone or off. */
  missing: string[];
  /** The role that asks may neither change nor remove an entry, and owns nothing by which it could. */
  appendOnly: boolean;
}

export async function guardsOf(tx: EntityManager): Promise<AuditGuards> {
  const [found] = await tx.query<[AuditGuards]>(
    `SELECT (SELECT count(*)::int FROM audit_entry WHERE nr IS NULL) AS unnumbered,
       ARRAY(SELECT name FROM unnest($1::text[]) AS name WHERE NOT EXISTS (
         SELECT FROM pg_trigger WHERE tgrelid = 'audit_entry'::regclass AND tgname = name AND tgenabled IN ('O', 'A'))) AS missing,
       NOT bool_or(pg_has_role(relowner, 'USAGE') OR has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')
         OR has_table_privilege(oid, 'TRUNCATE')) AS "appendOnly"
     FROM pg_class WHERE oid IN ('audit_entry'::regclass, 'audit_head'::regclass)`,
    [['audit_entry_chain', 'audit_entry_guard', 'audit_entry_stays']],
  );
  return found;
}
