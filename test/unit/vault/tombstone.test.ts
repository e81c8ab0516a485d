import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isCutOff, type Tombstone, tombstoneIn, tombstoneLine } from '../../../src/vault/tombstone.js';
import { appendTombstone, tombstonesOf } from '../../../src/vault/tombstone-file.node.js';

const ONE: Tombstone = { name: 'ab'.repeat(32), erasedOn: '2026-03-02' };
const OTHER: Tombstone = { name: '01'.repeat(32), erasedOn: '2026-12-31' };

describe('a line', () => {
  test('holds one tombstone, and gives it back', () => {
    expect(tombstoneLine(ONE)).toBe(`{"name":"${ONE.name}","erasedOn":"2026-03-02"}`);
    expect(tombstoneIn(tombstoneLine(ONE))).toEqual(ONE);
  });

  test.each([
    '',
    'null',
    '7',
    '[]',
    '{"name":"ab","erasedOn":"2026-03-02"}',
    `{"name":"${'AB'.repeat(32)}","erasedOn":"2026-03-02"}`,
    `{"name":"${ONE.name}","erasedOn":"2026-02-30"}`,
    `{"name":"${ONE.name}","erasedOn":"2026-3-2"}`,
    `{"name":"${ONE.name}"}`,
    `{"name":7,"erasedOn":"2026-03-02"}`,
  ])('is none as %s', (line) => expect(tombstoneIn(line)).toBeUndefined());

  test('that was cut off anywhere is known as such, and nothing else is', () => {
    const line = tombstoneLine(ONE);
    for (let length = 0; length < line.length; length += 1)
      expect(isCutOff(line.slice(0, length))).toBe(true);
    expect(isCutOff(line)).toBe(false);
    for (const other of ['{"name":"AB', '{"nome":"', `${line.slice(0, 80)}"`, 'x'])
      expect([other, isCutOff(other)]).toEqual([other, false]);
  });
});

describe('a file', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onward-test-'));
    file = join(folder, 'tombstones');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function read(): Promise<Tombstone[]> {
    const found: Tombstone[] = [];
    for await (const tombstone of tombstonesOf(file)) found.push(tombstone);
    return found;
  }

  test('is made, for its owner alone, and grows by a line a tombstone', async () => {
    await appendTombstone(file, ONE);
    await appendTombstone(file, OTHER);
    expect(await readFile(file, 'utf8')).toBe(`${tombstoneLine(ONE)}\n${tombstoneLine(OTHER)}\n`);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await read()).toEqual([ONE, OTHER]);
  });

  test('of which a line was cut off loses nothing that was written before or after', async () => {
    await writeFile(file, `${tombstoneLine(ONE)}\n${tombstoneLine(OTHER).slice(0, 40)}`);
    expect(await read()).toEqual([ONE]);
    await appendTombstone(file, OTHER);
    expect(await read()).toEqual([ONE, OTHER]);
  });

  test('that somebody else wrote is refused, with the line', async () => {
    await writeFile(file, `${tombstoneLine(ONE)}\n\nemail,name\n`);
    await expect(read()).rejects.toMatchObject({ code: 'vault.no_tombstone', details: { line: 3 } });
    await expect(async () => {
      file = join(folder, 'nowhere');
      await read();
    }).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('is closed by who reads only its beginning', async () => {
    await writeFile(file, `${tombstoneLine(ONE)}\n`.repeat(5000));
    for await (const tombstone of tombstonesOf(file)) {
      expect(tombstone).toEqual(ONE);
      break;
    }
    expect(await read()).toHaveLength(5000);
  });
});
