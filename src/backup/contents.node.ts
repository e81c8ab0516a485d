import { createHash } from 'node:crypto';
import { BackupDamaged } from './backup.problems.js';
import { type BackupRecord, type TableEnd, type TableRecord } from './record.js';

/** A table as a backup holds it. */
export type BackedUpTable = Omit<TableRecord, 'kind'> & Omit<TableEnd, 'kind'>;

export const backedUp = (
  { database, table, columns }: TableRecord,
  { rows, sha256 }: TableEnd,
): BackedUpTable => ({ database, table, columns, rows, sha256 });

/** Sums up the rows of one table. */
export class RowSum {
  private readonly hash = createHash('sha256');
  private lines = 0;

  add(bytes: Buffer): void {
    this.hash.update(bytes);
    for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) this.lines += 1;
  }

  /** COPY ends every row with a line feed, and writes one inside a row as `\\n`. */
  end(): TableEnd {
    return { kind: 'table_end', rows: this.lines, sha256: this.hash.digest('hex') };
  }
}

const LINE_END = 0x0a;

/**
 * Lets records pass that are what they say: each table's rows come to their count and digest, everything stands where it belongs, and the
 * last record is there and agrees with the others.
 * @param noted  told of each table when it has passed
 * @throws BackupDamaged
 */
export async function* checkedRecords(
  records: AsyncIterable<BackupRecord>,
  noted: (table: BackedUpTable) => void = () => undefined,
): AsyncGenerator<BackupRecord> {
  let open: { table: TableRecord; sum: RowSum } | undefined;
  const total = { tables: 0, rows: 0 };
  let ended = false;
  for await (const record of records) {
    const within = record.kind === 'rows' || record.kind === 'table_end';
    if (ended || within !== (open !== undefined)) throw BackupDamaged({ how: `a part is out of its place` });
    if (record.kind === 'table') open = { table: record, sum: new RowSum() };
    else if (record.kind === 'rows') open?.sum.add(record.bytes);
    else if (record.kind === 'table_end' && open) {
      const { rows, sha256 } = open.sum.end();
      if (rows !== record.rows || sha256 !== record.sha256)
        throw BackupDamaged({ how: `the rows of ${open.table.table} are not those that were read` });
      noted(backedUp(open.table, record));
      total.tables += 1;
      total.rows += rows;
      open = undefined;
    } else if (record.kind === 'end') {
      ended = true;
      if (record.tables !== total.tables || record.rows !== total.rows)
        throw BackupDamaged({ how: 'it does not hold as much as it says' });
    }
    yield record;
  }
  if (!ended) throw BackupDamaged({ how: 'its last part is missing' });
}
