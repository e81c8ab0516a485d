/**
 * Fields as one text, so that no two lists of fields are written alike: a tag, then each field as its length in bytes of UTF-8, `:` and
 * itself (a netstring), or `-` where it is null. The database writes entries of the audit log the same way (migration 00007).
 */
export const canonical = (tag: string, fields: readonly (string | null)[]): string =>
  tag + fields.map((field) => (field === null ? '-' : `${bytesOf(field)}:${field}`)).join('');

const encoder = new TextEncoder();
const bytesOf = (text: string): number => encoder.encode(text).length;

/** An entry of the audit log with its place in the chain. Hashes are hexadecimal, `at` is ISO 8601 in UTC with milliseconds. */
export interface ChainedEntry {
  nr: number;
  previous: string;
  hash: string;
  at: string;
  act: string;
  actorKind: string;
  actorId: string | null;
  studyId: string | null;
  subjectKind: string | null;
  subjectId: string | null;
  detail: string | null;
}

/** What an entry's hash is taken of. */
export const entryText = (entry: ChainedEntry): string =>
  canonical('onward-audit-1', [
    String(entry.nr),
    entry.previous,
    entry.at,
    entry.act,
    entry.actorKind,
    entry.actorId,
    entry.studyId,
    entry.subjectKind,
    entry.subjectId,
    entry.detail,
  ]);

/** Number and hash of the last entry at an instant. */
export interface AuditHead {
  nr: number;
  hash: string;
  at: string;
}

/** What the signature of a head is made over. */
export const headText = ({ nr, hash, at }: AuditHead): string =>
  canonical('onward-audit-head-1', [String(nr), hash, at]);

/** A revision of answers as it is stored, each column as PostgreSQL writes it as text; `bodyHash` is hexadecimal. */
export interface SealedRevision {
  memberId: string;
  waveId: string;
  revision: number;
  salt: string;
  saveId: string;
  bodyHash: string;
  sessionId: string;
  changes: string;
  savedOn: string;
}

/** What was stored, of which a revision's leaf holds the digest. */
export const storedText = ({ saveId, bodyHash, sessionId, changes, savedOn }: SealedRevision): string =>
  canonical('onward-stored-1', [saveId, bodyHash, sessionId, changes, savedOn]);

export const leafText = ({ salt, memberId, waveId, revision }: SealedRevision, stored: string): string =>
  canonical('onward-answer-1', [salt, memberId, waveId, String(revision), stored]);

/** What a seal's root is taken of: its leaves, in the order of member, wave (by its bytes) and revision. */
export const rootText = (leaves: readonly string[]): string => canonical('onward-seal-1', leaves);

/** The genesis: what stands in the first entry for the hash of the one before. */
export const NO_HASH = '0'.repeat(64);
