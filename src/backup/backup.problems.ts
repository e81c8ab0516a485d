import { problem } from '../kit/problem.js';

type Nothing = Record<string, never>;

export const NotABackup = problem<{ file: string }>(
  'backup.not_a_backup',
  422,
  ({ file }) => `${file} is no backup of Onward. Name a file that onward backup create has written.`,
);

export const NewerBackup = problem<{ unknown: string[] }>(
  'backup.newer',
  422,
  ({ unknown }) =>
    `A newer version of Onward has made this backup (${unknown.join(', ')}). Restore it with that version or a later one.`,
);

export const WrongBackupKey = problem<{ keyId: string; given: string }>(
  'backup.wrong_key',
  422,
  ({ keyId, given }) =>
    `This backup is sealed under the key ${keyId}, and the one given is ${given}. Give the key of that time as BACKUP_KEY or in BACKUP_KEY_FILE.`,
);

export const BackupDamaged = problem<{ how: string }>(
  'backup.damaged',
  422,
  ({ how }) => `The backup is not as it was written: ${how}. Nothing of it counts; take another copy of it.`,
);

export const BackupExists = problem<{ file: string }>(
  'backup.file_exists',
  409,
  ({ file }) => `${file} is there already, and no backup is overwritten. Name another file.`,
);

export const WritesUnderWay = problem<Nothing>(
  'backup.writes_under_way',
  503,
  () =>
    'A long enrolment writes to both databases, so they could not be caught at one moment. Make the backup when it is done.',
);

export const OwnerNeeded = problem<{ database: string; role: string }>(
  'backup.owner_needed',
  503,
  ({ database, role }) =>
    `A restore makes tables, and the role ${role} may not in the ${database} database. Give ${database === 'main' ? 'DATABASE_OWNER_URL' : 'a VAULT_DATABASE_URL'} of the role that owns it.`,
);

export const StillInUse = problem<{ database: string; sessions: number }>(
  'backup.still_in_use',
  409,
  ({ database, sessions }) =>
    `${sessions} connections of Onward stand open to the ${database} database. Stop every web process and worker, then restore.`,
);

export const NotEmpty = problem<{ database: string; tables: string[] }>(
  'backup.not_empty',
  409,
  ({ database, tables }) =>
    `The ${database} database holds data (${tables.join(', ')}), and nothing is overwritten. Restore into new, empty databases.`,
);

export const OtherVaultKey = problem<Nothing>(
  'backup.other_vault_key',
  422,
  () =>
    'The vault of this backup cannot be read with this VAULT_MASTER_KEY, so nobody could be reached, and nobody who was erased since could be found. Give the master key of that time.',
);

export const NoTombstones = problem<{ file: string }>(
  'backup.no_tombstones',
  422,
  ({ file }) => `${file} is no plain file. Name the one to which TOMBSTONES was appended, or a copy of it.`,
);
