import { z } from 'zod';
import { BackupDamaged } from './backup.problems.js';
import { type Database, DATABASES } from './header.js';

/** A table of which rows follow, each a line as COPY writes it as text. */
export interface TableRecord {
  kind: 'table';
  database: Database;
  table: string;
  columns: string[];
}

/** What the rows before it came to. */
export interface TableEnd {
  kind: 'table_end';
  rows: number;
  /** Of their bytes, in hexadecimal. */
  sha256: string;
}

/** The number that a sequence has given last; one that gave none has no record. */
export interface SequenceRecord {
  kind: 'sequence';
  database: Database;
  sequence: string;
  value: string;
}

/** The last record. */
export interface EndRecord {
  kind: 'end';
  tables: number;
  rows: number;
}

/** What a backup holds, in this order: of each table its beginning, rows in pieces, its end; sequences; the end. */
export type BackupRecord =
  TableRecord | { kind: 'rows'; bytes: Buffer } | TableEnd | SequenceRecord | EndRecord;

const KINDS = ['table', 'rows', 'table_end', 'sequence', 'end'] as const;
const PREFIX_BYTES = 5;
const MOST_BYTES = 16 * 1024 * 1024;

const database = z.enum(DATABASES);
const count = z.int().min(0);
const SHAPES = {
  table: z.strictObject({
    kind: z.literal('table'),
    database,
    table: z.string(),
    columns: z.array(z.string()),
  }),
  table_end: z.strictObject({ kind: z.literal('table_end'), rows: count, sha256: z.string() }),
  sequence: z.strictObject({
    kind: z.literal('sequence'),
    database,
    sequence: z.string(),
    value: z.string().regex(/^-?\d{1,19}$/),
  }),
  end: z.strictObject({ kind: z.literal('end'), tables: count, rows: count }),
};

/** A record in bytes: its kind (1), the length of what follows (4, big-endian), and rows as they are or JSON. */
export function recordBytes(record: BackupRecord): Buffer[] {
  const body = record.kind === 'rows' ? record.bytes : Buffer.from(JSON.stringify(record));
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt8(KINDS.indexOf(record.kind));
  prefix.writeUInt32BE(body.length, 1);
  return [prefix, body];
}

/** Finds the records in bytes that come in pieces of any size. */
export class RecordReader {
  private pieces: Buffer[] = [];
  private held = 0;
  private wanted = PREFIX_BYTES;

  /** The records that are whole now. @throws BackupDamaged */
  *push(piece: Buffer): Generator<BackupRecord> {
    this.pieces.push(piece);
    this.held += piece.length;
    if (this.held < this.wanted) return;
    let bytes = this.pieces.length === 1 ? piece : Buffer.concat(this.pieces);
    for (;;) {
      this.wanted = PREFIX_BYTES;
      if (bytes.length < this.wanted) break;
      const length = bytes.readUInt32BE(1);
      if (length > MOST_BYTES) throw BackupDamaged({ how: 'it holds a part of an impossible length' });
      this.wanted += length;
      if (bytes.length < this.wanted) break;
      yield recordIn(KINDS[bytes.readUInt8(0)], bytes.subarray(PREFIX_BYTES, this.wanted));
      bytes = bytes.subarray(this.wanted);
    }
    this.pieces = [bytes];
    this.held = bytes.length;
  }

  /** Bytes that belong to no whole record yet. */
  get rest(): number {
    return this.held;
  }
}

function recordIn(kind: (typeof KINDS)[number] | undefined, body: Buffer): BackupRecord {
  if (kind === 'rows') return { kind, bytes: body };
  const record = kind && SHAPES[kind].safeParse(JSON.parse(body.toString('utf8'))).data;
  if (!record) throw BackupDamaged({ how: 'it holds a part that this version does not know' });
  return record;
}
