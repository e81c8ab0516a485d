import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupKey } from '../../../src/backup/backup-key.node.js';
import { writeBackup } from '../../../src/backup/backup-file.node.js';
import { FRAME_BYTES, FRAME_PREFIX_BYTES, TAG_BYTES } from '../../../src/backup/frame.js';
import { PRELUDE_BYTES } from '../../../src/backup/header.js';
import { type BackupRecord } from '../../../src/backup/record.js';
import { keyIdOf } from '../../../src/backup/sealing.node.js';
import { verifyBackup } from '../../../src/backup/verify.node.js';

const KEY = Buffer.alloc(32, 3);
const ROWS = 40;
/** Rows that no compression makes smaller, so that there are several frames. */
const rows = Array.from({ length: ROWS }, () => `${randomBytes(24_000).toString('base64')}\n`).map((row) =>
  Buffer.from(row),
);
const sha256 = createHash('sha256').update(Buffer.concat(rows)).digest('hex');
const CONTENT: BackupRecord[] = [
  { kind: 'table', database: 'main', table: 'member', columns: ['id'] },
  ...rows.map((bytes): BackupRecord => ({ kind: 'rows', bytes })),
  { kind: 'table_end', rows: ROWS, sha256 },
  { kind: 'table', database: 'vault', table: 'member_key', columns: ['owner'] },
  { kind: 'table_end', rows: 0, sha256: createHash('sha256').digest('hex') },
  { kind: 'sequence', database: 'main', sequence: 'answer_seal', value: '7' },
  { kind: 'end', tables: 2, rows: ROWS },
];

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-backup-'));
  file = join(folder, 'all.backup');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const headerOf = (key = KEY) => ({
  keyId: keyIdOf(key),
  salt: randomBytes(32).toString('hex'),
  madeAt: '2026-03-02T08:00:00.000Z',
  migrations: { main: ['One1'], vault: ['Two2'] },
});
/** One by one, as from a database. */
async function* given(records: readonly BackupRecord[]) {
  yield* records;
}
const write = (records = CONTENT, path = file) => writeBackup(path, KEY, headerOf(), given(records));
const verify = (path = file, key = KEY) => verifyBackup(path, key);
const code = (name: string) => expect.objectContaining({ code: `backup.${name}` }) as Error;

/** Where each frame begins, and the end of the file. */
async function frames(path = file): Promise<{ bytes: Buffer; at: number[] }> {
  const bytes = await readFile(path);
  const at = [PRELUDE_BYTES + bytes.readUInt32BE(PRELUDE_BYTES - 4)];
  for (let next = at[0] ?? 0; next < bytes.length; at.push(next))
    next += FRAME_PREFIX_BYTES + bytes.readUInt32BE(next) + TAG_BYTES;
  return { bytes, at };
}

test('what is written is read again, and for its owner’s eyes only', async () => {
  const size = await write();
  expect(await stat(file)).toMatchObject({ size, mode: 0o100600 });
  expect(await verify()).toEqual({
    keyId: keyIdOf(KEY),
    madeAt: '2026-03-02T08:00:00.000Z',
    migrations: { main: ['One1'], vault: ['Two2'] },
    rows: ROWS,
    tables: [
      { database: 'main', table: 'member', columns: ['id'], rows: ROWS, sha256 },
      {
        database: 'vault',
        table: 'member_key',
        columns: ['owner'],
        rows: 0,
        sha256: createHash('sha256').digest('hex'),
      },
    ],
  });
  expect(await readdir(folder)).toEqual(['all.backup']);
  const { bytes, at } = await frames();
  expect(at.length).toBeGreaterThan(3);
  expect(at.at(-1)).toBe(size);
  expect(bytes.includes('member')).toBe(false); // not a name of a table is in the clear
});

test('two backups of the same content share no bytes but the header’s', async () => {
  const other = join(folder, 'other.backup');
  await write();
  await write(CONTENT, other);
  const [one, two] = [await frames(), await frames(other)];
  const first = ({ bytes, at }: typeof one) => bytes.subarray((at[0] ?? 0) + FRAME_PREFIX_BYTES, at[1]);
  expect(first(one).equals(first(two))).toBe(false);
});

test('another key is told by its name, and a header that lies about it fails all the same', async () => {
  await write();
  await expect(verify(file, Buffer.alloc(32, 4))).rejects.toEqual(code('wrong_key'));
  const lying = await readFile(file);
  lying.write(keyIdOf(Buffer.alloc(32, 4)), lying.indexOf(keyIdOf(KEY)));
  await writeFile(file, lying);
  await expect(verify(file, Buffer.alloc(32, 4))).rejects.toEqual(code('damaged'));
});

test('a file that is cut off anywhere fails, also between two frames', async () => {
  await write();
  const { bytes, at } = await frames();
  const ends = [...at.slice(0, -1), (at[1] ?? 0) + 3, (at[1] ?? 0) + 5000, bytes.length - 1];
  for (const end of ends) {
    await writeFile(file, bytes.subarray(0, end));
    await expect(verify()).rejects.toEqual(code('damaged'));
  }
  await writeFile(file, bytes.subarray(0, 5));
  await expect(verify()).rejects.toEqual(code('not_a_backup'));
});

test('one changed bit fails, wherever it is', async () => {
  await write();
  const { bytes, at } = await frames();
  const [, second = 0] = at;
  const salt = bytes.indexOf('"salt":"') + 8;
  for (const place of [
    salt,
    salt + 63,
    at[0] ?? 0,
    second,
    second + 4,
    second + 5,
    second + 6000,
    bytes.length - 1,
  ]) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(bytes.readUInt8(place) ^ 1, place);
    await writeFile(file, changed);
    await expect(verify()).rejects.toEqual(code('damaged'));
  }
});

test('what a header says is bound to the content, and so is which frame is the last', async () => {
  await write();
  const { bytes, at } = await frames();
  const dated = Buffer.from(bytes);
  dated.write('2027', bytes.indexOf('2026-03-02'));
  const [, second = 0, third = 0] = at;
  const ended = Buffer.from(bytes.subarray(0, third));
  ended.writeUInt8(1, second + FRAME_PREFIX_BYTES - 1);
  for (const odd of [dated, ended]) {
    await writeFile(file, odd);
    await expect(verify()).rejects.toEqual(code('damaged'));
  }
});

test('frames that are exchanged, left out, doubled, foreign, or follow on the end fail', async () => {
  const other = join(folder, 'other.backup');
  await write();
  await write(CONTENT, other);
  const [{ bytes, at }, foreign] = [await frames(), await frames(other)];
  const frame = (nr: number, from = { bytes, at }) => from.bytes.subarray(from.at[nr], from.at[nr + 1]);
  const head = bytes.subarray(0, at[0]);
  const all = at.slice(0, -1).map((_, nr) => frame(nr));
  const [first = head, second = head, ...rest] = all;
  const last = all.at(-1) ?? head;
  for (const odd of [
    [second, first, ...rest],
    [first, ...rest],
    [first, first, second, ...rest],
    [frame(0, foreign), second, ...rest],
    [...all, last],
    [...all, Buffer.from([0])],
    [last],
  ]) {
    await writeFile(file, Buffer.concat([head, ...odd]));
    await expect(verify()).rejects.toEqual(code('damaged'));
  }
  // Also where the sizes would fit: a short frame of another file in the place of the last.
  expect(frame(0).length).toBe(FRAME_BYTES + FRAME_PREFIX_BYTES + TAG_BYTES);
});

test.each([
  ['less rows than it says', CONTENT.filter((_, nr) => nr !== 1)],
  ['a row in another’s place', [CONTENT[0], CONTENT[2], CONTENT[1], ...CONTENT.slice(3)]],
  ['no end', CONTENT.slice(0, -1)],
  ['an end too early', [CONTENT.at(-1), ...CONTENT.slice(0, -1)]],
  ['a table that does not end', [CONTENT[0], ...CONTENT.slice(0, -1)]],
  ['less tables than it says', [...CONTENT.slice(0, ROWS + 2), CONTENT.at(-1)]],
])('content with %s is damage', async (_, records) => {
  await write(records as BackupRecord[]);
  await expect(verify()).rejects.toEqual(code('damaged'));
});

test('nothing is overwritten, and nothing is left of what fails', async () => {
  await writeFile(file, 'mine');
  await expect(write()).rejects.toEqual(code('file_exists'));
  expect(await readFile(file, 'utf8')).toBe('mine');
  const failing = async function* () {
    yield* CONTENT.slice(0, 5);
    throw new Error('the database is gone');
  };
  const path = join(folder, 'failing.backup');
  await expect(writeBackup(path, KEY, headerOf(), failing())).rejects.toThrow('the database is gone');
  expect(await readdir(folder)).toEqual(['all.backup']);
});

test('a link in the place of a backup stays, and so does what it leads to; nothing is written through one', async () => {
  await writeFile(join(folder, 'theirs'), 'not ours');
  for (const [link, to] of [
    ['link', 'theirs'],
    ['dangling', 'nowhere'],
  ] as const) {
    await symlink(join(folder, to), join(folder, link));
    await expect(write(CONTENT, join(folder, link))).rejects.toEqual(code('file_exists'));
  }
  await symlink(join(folder, 'theirs'), `${file}.${process.pid}.part`);
  await expect(write()).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readFile(join(folder, 'theirs'), 'utf8')).toBe('not ours');
  expect(await readdir(folder)).toEqual([`all.backup.${process.pid}.part`, 'dangling', 'link', 'theirs']);
});

test('other files are no backups, nor is what has no end, or is none', async () => {
  for (const odd of ['/dev/zero', folder]) await expect(verify(odd)).rejects.toEqual(code('not_a_backup'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await expect(verify(join(folder, 'pipe'))).rejects.toEqual(code('not_a_backup'));
  await writeFile(file, 'a diary, or whatever else it is');
  await expect(verify()).rejects.toEqual(code('not_a_backup'));
  await writeFile(file, '');
  await expect(verify()).rejects.toEqual(code('not_a_backup'));
  await expect(verify(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('the key', () => {
  const text = KEY.toString('base64');
  const refused = (env: Record<string, string | undefined>) =>
    backupKey(env).then(
      () => 'taken',
      (cause: { details: { findings: string[] } }) => cause.details.findings.join(),
    );

  test('comes from the environment or from a file', async () => {
    expect(await backupKey({ BACKUP_KEY: text })).toEqual(KEY);
    await writeFile(file, `${text}\n`);
    expect(await backupKey({ BACKUP_KEY_FILE: file })).toEqual(KEY);
    expect(await backupKey({ BACKUP_KEY: text, BACKUP_KEY_FILE: '' })).toEqual(KEY);
  });

  test('is named where it is missing or wrong, and never told', async () => {
    expect(await refused({})).toMatch(/^BACKUP_KEY is missing/);
    expect(await refused({ BACKUP_KEY: 'c2hvcnQ=' })).toBe('BACKUP_KEY must hold 32 bytes in base64');
    expect(await refused({ BACKUP_KEY_FILE: join(folder, 'nowhere') })).toMatch(/cannot be read \(ENOENT\)$/);
    await writeFile(file, 'c2hvcnQ=');
    expect(await refused({ BACKUP_KEY_FILE: file })).toBe('BACKUP_KEY_FILE must hold 32 bytes in base64');
  });

  test('is another one than the vault’s and the staff’s', async () => {
    for (const other of [
      { VAULT_MASTER_KEY: text },
      { VAULT_MASTER_KEY: `1:${text}` },
      { STAFF_SECRET: text },
    ])
      expect(await refused({ BACKUP_KEY: text, ...other })).toMatch(/^BACKUP_KEY must be another key/);
  });
});
