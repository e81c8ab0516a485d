import { readBackup } from './backup-file.node.js';
import { type BackedUpTable, checkedRecords } from './contents.node.js';
import { type BackupHeader } from './header.js';

/** What a backup holds, read to its end. */
export interface BackupContent extends Pick<BackupHeader, 'keyId' | 'madeAt' | 'migrations'> {
  tables: BackedUpTable[];
  rows: number;
}

/**
 * Proves that a backup is whole and as it was written, under this key. No database is needed.
 * @throws NotABackup, NewerBackup, WrongBackupKey, BackupDamaged
 */
export function verifyBackup(file: string, key: Buffer): Promise<BackupContent> {
  return readBackup(file, key, async ({ keyId, madeAt, migrations }, records) => {
    const tables: BackedUpTable[] = [];
    let rows = 0;
    for await (const record of checkedRecords(records, (table) => tables.push(table)))
      if (record.kind === 'table_end') rows += record.rows;
    return { keyId, madeAt, migrations, tables, rows };
  });
}
