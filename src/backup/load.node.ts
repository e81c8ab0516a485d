import { pipeline } from 'node:stream/promises';
import { type Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type QueryRunner } from 'typeorm';
import { BackupDamaged } from './backup.problems.js';
import { type Database } from './header.js';
import { type BackupRecord, type TableRecord } from './record.js';
import { copyTarget } from './snapshot.queries.js';
import { setSequence } from './target.queries.js';

/**
 * Puts what a backup holds into tables that are there and empty, as part of transactions that are open.
 * @param records  as `checkedRecords` lets them pass, to their end
 * @throws BackupDamaged, what reading throws, what the database refuses
 */
export async function load(
  targets: Record<Database, QueryRunner>,
  records: AsyncIterable<BackupRecord>,
): Promise<void> {
  const source = records[Symbol.asyncIterator]();
  for (let next = await source.next(); !next.done; next = await source.next()) {
    const record = next.value;
    if (record.kind === 'table') await loadTable(targets[record.database], record, source);
    if (record.kind === 'sequence')
      await setSequence(targets[record.database], record.sequence, record.value);
  }
}

async function loadTable(
  target: QueryRunner,
  table: TableRecord,
  source: AsyncIterator<BackupRecord>,
): Promise<void> {
  let expected = 0;
  const rows = async function* () {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      const record = next.value;
      if (record.kind === 'table_end') expected = record.rows;
      if (record.kind !== 'rows') return;
      yield record.bytes;
    }
  };
  const client = (await target.connect()) as Client;
  const copy = client.query(copyFrom(`COPY ${copyTarget(table)} FROM STDIN`));
  await pipeline(rows, copy);
  if (copy.rowCount !== expected)
    throw BackupDamaged({ how: `${table.table} took ${copy.rowCount} rows of ${expected}` });
}
