import { z } from 'zod';
import { NewerBackup } from './backup.problems.js';

/** The databases of an installation, in the order in which a backup holds them. */
export const DATABASES = ['main', 'vault'] as const;
export type Database = (typeof DATABASES)[number];

/** What stands in the clear at the beginning of a backup, and is bound to every part of it. */
export interface BackupHeader {
  /** Names the key without telling anything of it: 16 hexadecimal digits. */
  keyId: string;
  /** 64 hexadecimal digits: makes the key of this file from the key of all. */
  salt: string;
  /** ISO 8601, UTC. */
  madeAt: string;
  /** Names of the migrations that had been run, in their order. */
  migrations: Record<Database, string[]>;
}

const MAGIC = 'ONWARDBK';
const FORMAT = 1;
const LENGTH_AT = MAGIC.length + 1;
const MOST_BYTES = 1024 * 1024;

/** The bytes that tell how long the header is: magic (8), version of the format (1), length of the JSON behind them (4, big-endian). */
export const PRELUDE_BYTES = LENGTH_AT + 4;

const schema = z.strictObject({
  keyId: z.string().regex(/^[0-9a-f]{16}$/),
  salt: z.string().regex(/^[0-9a-f]{64}$/),
  madeAt: z.iso.datetime(),
  migrations: z.strictObject({ main: z.array(z.string()), vault: z.array(z.string()) }),
});

export function headerBytes(header: BackupHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const prelude = Buffer.alloc(PRELUDE_BYTES);
  prelude.write(MAGIC, 'latin1');
  prelude.writeUInt8(FORMAT, MAGIC.length);
  prelude.writeUInt32BE(json.length, LENGTH_AT);
  return Buffer.concat([prelude, json]);
}

/**
 * How many bytes of JSON follow on a prelude; undefined where it is that of no backup.
 * @throws NewerBackup for a format that this version does not know
 */
export function headerLength(prelude: Buffer): number | undefined {
  if (prelude.length < PRELUDE_BYTES || prelude.toString('latin1', 0, MAGIC.length) !== MAGIC)
    return undefined;
  const format = prelude.readUInt8(MAGIC.length);
  if (format !== FORMAT) throw NewerBackup({ unknown: [`format ${format}`] });
  const length = prelude.readUInt32BE(LENGTH_AT);
  return length <= MOST_BYTES ? length : undefined;
}

/** The header in its JSON; undefined where it is none. */
export function headerIn(json: Buffer): BackupHeader | undefined {
  try {
    return schema.safeParse(JSON.parse(json.toString('utf8'))).data;
  } catch (cause) {
    if (cause instanceof SyntaxError) return undefined;
    throw cause;
  }
}
