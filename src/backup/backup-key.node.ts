import { readFile } from 'node:fs/promises';
import { InvalidConfiguration } from '../kit/config.problems.js';
import { errorCode } from '../kit/error-code.js';
import { withKeyFiles } from '../kit/key-files.node.js';
import { masterKeysIn } from '../kit/master-keys.js';

/**
 * The key of backups, from BACKUP_KEY or the file that BACKUP_KEY_FILE names.
 * @returns 32 bytes
 * @throws InvalidConfiguration
 */
export async function backupKey(env: Record<string, string | undefined>): Promise<Buffer> {
  const { BACKUP_KEY: given, BACKUP_KEY_FILE: file } = env;
  const text = given || (file ? await contentOf(file) : '');
  if (text === '')
    throw refused(
      'BACKUP_KEY is missing: 32 random bytes in base64 (openssl rand -base64 32), or BACKUP_KEY_FILE with a file of them',
    );
  const key = Buffer.from(text, 'base64');
  if (key.length !== 32)
    throw refused(`${given ? 'BACKUP_KEY' : 'BACKUP_KEY_FILE'} must hold 32 bytes in base64`);
  const others = [
    ...(masterKeysIn(withKeyFiles(env)['VAULT_MASTER_KEY'] ?? '') ?? []).map((master) => master.key),
    Buffer.from(env['STAFF_SECRET'] ?? '', 'base64'),
  ];
  if (others.some((other) => other.equals(key)))
    throw refused('BACKUP_KEY must be another key than VAULT_MASTER_KEY and STAFF_SECRET');
  return key;
}

const refused = (finding: string) => InvalidConfiguration({ findings: [finding] });

async function contentOf(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw refused(
      `BACKUP_KEY_FILE names ${file}, which cannot be read (${errorCode(cause) ?? 'unknown failure'})`,
    );
  }
}
