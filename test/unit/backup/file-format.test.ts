import { randomBytes } from 'node:crypto';
import { boundTo, FRAME_BYTES, framePrefix, nonceOf, prefixIn } from '../../../src/backup/frame.js';
import {
  type BackupHeader,
  headerBytes,
  headerIn,
  headerLength,
  PRELUDE_BYTES,
} from '../../../src/backup/header.js';
import { type BackupRecord, recordBytes, RecordReader } from '../../../src/backup/record.js';
import { fillingOrder } from '../../../src/backup/table-order.js';

const HEADER: BackupHeader = {
  keyId: '0123456789abcdef',
  salt: 'ab'.repeat(32),
  madeAt: '2026-03-02T08:00:00.000Z',
  migrations: { main: ['One1'], vault: ['Two2'] },
};

describe('the header', () => {
  const bytes = headerBytes(HEADER);

  test('says what it was told', () => {
    const length = headerLength(bytes.subarray(0, PRELUDE_BYTES));
    expect(length).toBe(bytes.length - PRELUDE_BYTES);
    expect(headerIn(bytes.subarray(PRELUDE_BYTES))).toEqual(HEADER);
  });

  test('of another file is known as none, and of another format as newer', () => {
    expect(headerLength(Buffer.from('PK\x03\x04 and more of it'))).toBeUndefined();
    expect(headerLength(bytes.subarray(0, PRELUDE_BYTES - 1))).toBeUndefined();
    const newer = Buffer.from(bytes);
    newer.writeUInt8(2, 8);
    expect(() => headerLength(newer)).toThrow(expect.objectContaining({ code: 'backup.newer' }));
    const huge = Buffer.from(bytes);
    huge.writeUInt32BE(0xffffffff, 9);
    expect(headerLength(huge)).toBeUndefined();
  });

  test.each([
    ['{'],
    ['null'],
    [JSON.stringify({ ...HEADER, salt: 'ab' })],
    [JSON.stringify({ ...HEADER, more: 1 })],
  ])('%s is none', (json) => expect(headerIn(Buffer.from(json))).toBeUndefined());
});

describe('a frame', () => {
  test('has a prefix that is read as it was written, and no larger one', () => {
    for (const prefix of [
      { length: 0, last: true },
      { length: FRAME_BYTES, last: false },
    ])
      expect(prefixIn(framePrefix(prefix))).toEqual(prefix);
    expect(prefixIn(framePrefix({ length: FRAME_BYTES + 1, last: false }))).toBeUndefined();
    expect(prefixIn(Buffer.from([0, 0, 0, 1, 2]))).toBeUndefined();
  });

  test('has a nonce of its own, and is bound to its place', () => {
    const digest = randomBytes(32);
    const places = [
      nonceOf(0),
      nonceOf(1),
      nonceOf(2 ** 40),
      boundTo(digest, 0, false),
      boundTo(digest, 0, true),
      boundTo(digest, 1, false),
      boundTo(randomBytes(32), 0, false),
    ].map((bytes) => bytes.toString('hex'));
    expect(new Set(places).size).toBe(places.length);
    expect(nonceOf(1)).toHaveLength(12);
  });
});

describe('records', () => {
  const RECORDS: BackupRecord[] = [
    { kind: 'table', database: 'main', table: 'member', columns: ['id', 'study_id'] },
    { kind: 'rows', bytes: Buffer.from('1\ts\n2\tЖизнь\n') },
    { kind: 'rows', bytes: randomBytes(3000) },
    { kind: 'table_end', rows: 2, sha256: 'ab' },
    { kind: 'sequence', database: 'vault', sequence: 'x_seq', value: '9007199254740993' },
    { kind: 'end', tables: 1, rows: 2 },
  ];
  const bytes = Buffer.concat(RECORDS.flatMap(recordBytes));
  const read = (size: number) => {
    const reader = new RecordReader();
    const found: BackupRecord[] = [];
    for (let at = 0; at < bytes.length; at += size) found.push(...reader.push(bytes.subarray(at, at + size)));
    return { found, rest: reader.rest };
  };

  test.each([1, 2, 7, 4096, 1_000_000])('are found in pieces of %d bytes', (size) =>
    expect(read(size)).toEqual({ found: RECORDS, rest: 0 }),
  );

  test('bytes that are left are known', () => {
    const reader = new RecordReader();
    expect([...reader.push(bytes.subarray(0, bytes.length - 1))]).toHaveLength(RECORDS.length - 1);
    expect(reader.rest).toBeGreaterThan(0);
  });

  test.each([
    ['of an unknown kind', Buffer.from([9, 0, 0, 0, 2, 0x7b, 0x7d])],
    ['of another shape', Buffer.from([0, 0, 0, 0, 2, 0x7b, 0x7d])],
    ['of an impossible length', Buffer.from([1, 0xff, 0xff, 0xff, 0xff])],
  ])('%s are damage', (_, odd) =>
    expect(() => [...new RecordReader().push(odd)]).toThrow(
      expect.objectContaining({ code: 'backup.damaged' }),
    ),
  );
});

describe('the order in which tables are filled', () => {
  test('puts each after those that it refers to, and else goes by name', () => {
    const references = [
      { from: 'a', to: 'z' },
      { from: 'a', to: 'b' },
      { from: 'b', to: 'z' },
      { from: 'b', to: 'b' },
      { from: 'c', to: 'elsewhere' },
    ];
    expect(fillingOrder(['a', 'b', 'c', 'z'], references)).toEqual(['c', 'z', 'b', 'a']);
  });

  test('does not exist for a circle', () => {
    const circle = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
    ];
    expect(() => fillingOrder(['a', 'b', 'c'], circle)).toThrow('a, b');
  });
});
