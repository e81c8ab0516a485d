import fc from 'fast-check';
import { type CellBlock, textIn } from '../../../src/export/format/cells.js';
import { blocksOf } from '../../../src/export/format/copy-binary.js';
import { hostileText } from '../../make/hostile-text.js';

type Row = (string | null)[];

const HEAD = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.from([0xff, 0xff]);

const int32 = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeInt32BE(value, 4 * at));
  return bytes;
};
const arrayOf = (cells: Row) => {
  const elements = cells.map((cell) => {
    const bytes = Buffer.from(cell ?? '');
    return cell === null ? int32(-1) : Buffer.concat([int32(bytes.length), bytes]);
  });
  const head =
    cells.length === 0 ? int32(0, 0, 25) : int32(1, cells.includes(null) ? 1 : 0, 25, cells.length, 1);
  return Buffer.concat([head, ...elements]);
};
const fieldOf = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 1]), int32(bytes.length), bytes]);
/** As PostgreSQL sends it; the integration test compares with the server's own bytes. */
const copyOf = (rows: Row[]) => Buffer.concat([HEAD, ...rows.map((row) => fieldOf(arrayOf(row))), TRAILER]);

/** One row that is written by hand, int32 by int32. */
const rowOf = (...values: number[]) => Buffer.concat([HEAD, fieldOf(int32(...values)), TRAILER]);
const arrayField = fieldOf(int32(1, 0, 25, 3, 1, -1, -1, -1));

async function* inPieces(bytes: Buffer, ends: readonly number[]) {
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    yield await Promise.resolve(bytes.subarray(from, end));
    from = end;
  }
}
const read = async (bytes: Buffer, columns: number, ends: readonly number[] = []) => {
  const blocks: CellBlock[] = [];
  for await (const block of blocksOf(inPieces(bytes, ends), columns)) blocks.push(block);
  return blocks;
};
const cellsOf = (blocks: CellBlock[]): Row[] =>
  blocks.flatMap((block) =>
    Array.from({ length: block.rows }, (_, row) =>
      Array.from(
        { length: block.columns },
        (__, column) => textIn(block, row * block.columns + column) ?? null,
      ),
    ),
  );

const ROWS: Row[] = [
  ['1', null, 'Ереван'],
  ['', '-3', '\n"'],
  [null, null, null],
];

test('the rows come as they were sent, wherever the chunks end', async () => {
  const bytes = copyOf(ROWS);
  for (let end = 0; end <= bytes.length; end += 1) expect(cellsOf(await read(bytes, 3, [end]))).toEqual(ROWS);
  const everywhere = Array.from({ length: bytes.length }, (_, at) => at);
  expect(cellsOf(await read(bytes, 3, everywhere))).toEqual(ROWS);
});

test('any rows in any chunks', async () => {
  const tables = fc.integer({ min: 1, max: 6 }).chain((columns) =>
    fc.array(fc.array(fc.option(hostileText), { minLength: columns, maxLength: columns }), {
      maxLength: 20,
    }),
  );
  await fc.assert(
    fc.asyncProperty(tables, fc.array(fc.nat(400), { maxLength: 10 }), async (rows, cuts) => {
      const bytes = copyOf(rows);
      const ends = cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b);
      expect(cellsOf(await read(bytes, rows[0]?.length ?? 1, ends))).toEqual(rows);
    }),
  );
});

test('many rows come in blocks that stay as they are; a row larger than a block comes whole', async () => {
  const long = 'я'.repeat(1_500_000);
  const rows: Row[] = Array.from({ length: 5000 }, (_, at) => [
    String(at),
    at === 2500 ? long : 'x'.repeat(500),
  ]);
  const bytes = copyOf(rows);
  const ends = Array.from({ length: Math.floor(bytes.length / 65_536) }, (_, at) => 65_536 * (at + 1));
  const blocks = await read(bytes, 2, ends);
  expect(blocks.length).toBeGreaterThan(3);
  expect(Math.max(...blocks.map((block) => block.rows))).toBeLessThan(2500);
  expect(cellsOf(blocks)).toEqual(rows);
});

test('a table without rows, and rows without cells', async () => {
  expect(await read(copyOf([]), 3)).toEqual([]);
  expect((await read(copyOf([[], []]), 0)).map(({ rows }) => rows)).toEqual([2]);
});

test.each<[string, Buffer, string]>([
  ['a shorter array', copyOf([ROWS[0] ?? [], ['1', '2']]), 'a row of 2 cells in 1 dimensions, not of 3'],
  ['a longer array', copyOf([['1', '2', '3', '4']]), 'a row of 4 cells'],
  ['an empty array', copyOf([[]]), 'a row of 0 cells in 0 dimensions'],
  ['two dimensions', rowOf(2, 0, 25, 3, 1, 1, 1, -1, -1, -1), 'in 2 dimensions'],
  ['no array but NULL', Buffer.concat([HEAD, Buffer.from([0, 1]), int32(-1), TRAILER]), 'no array of text'],
  [
    'two fields',
    Buffer.concat([HEAD, Buffer.from([0, 2]), arrayField.subarray(2), TRAILER]),
    'no array of text',
  ],
  ['elements beyond the array', rowOf(1, 0, 25, 3, 1, -1, -1, 1), 'no array of text'],
  ['more than its elements', rowOf(1, 0, 25, 3, 1, -1, -1, -1, -1), 'no array of text'],
  ['fewer elements than it says', rowOf(1, 0, 25, 3, 1, -1, -1), 'no array of text'],
  ['another form', Buffer.from('1,2,3\n4,5,6\n1,2,3\n4,5,6\n'), 'no COPY in binary form'],
  ['no trailer', copyOf(ROWS).subarray(0, -2), 'ended before its trailer'],
  ['half a row', copyOf(ROWS).subarray(0, -9), 'ended before its trailer'],
  ['half a head', HEAD.subarray(0, 12), 'ended before its trailer'],
  ['bytes after the trailer', Buffer.concat([copyOf(ROWS), Buffer.from('x')]), 'more after its trailer'],
])('%s is refused', async (_, bytes, why) => {
  await expect(read(bytes, 3)).rejects.toThrow(why);
});
