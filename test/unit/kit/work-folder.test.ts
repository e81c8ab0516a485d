import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { inWorkFolder } from '../../../src/kit/work-folder.node.js';

let base: string;
beforeEach(async () => void (base = await mkdtemp(join(tmpdir(), 'onward-base-'))));
afterEach(() => rm(base, { recursive: true, force: true }));

/** Works in a folder of the base. */
const working = <Result>(work: (folder: string) => Promise<Result>) => inWorkFolder('work', work, base);

test('a folder is for our eyes alone, and gone however the work ends', async () => {
  const seen = await working(async (folder) => {
    await writeFile(join(folder, 'rows'), 'rows');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    return folder;
  });
  expect(join(base, basename(seen))).toBe(seen);
  await expect(working(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await readdir(base)).toEqual([]);
});

test('what a killed process left is cleared away, what somebody works in is not', async () => {
  const ended = spawnSync('true').pid;
  const left = [`work-${ended}-abc`, `work-${process.pid}-abc`];
  const kept = [`work-${process.ppid}-abc`, `other-${ended}-abc`, 'work-abc', 'work'];
  for (const name of [...left, ...kept]) await mkdir(join(base, name, 'duckdb'), { recursive: true });
  await working(async (outer) => {
    await working(async (inner) => {
      expect((await readdir(base)).sort()).toEqual([...kept, basename(outer), basename(inner)].sort());
    });
  });
  expect((await readdir(base)).sort()).toEqual(kept.sort());
});

test('many at once leave each other alone', async () => {
  const worked = Array.from({ length: 50 }, (_, nr) =>
    working(async (folder) => {
      await writeFile(join(folder, 'nr'), String(nr));
      return readFile(join(folder, 'nr'), 'utf8');
    }),
  );
  expect(await Promise.all(worked)).toEqual(worked.map((_, nr) => String(nr)));
  expect(await readdir(base)).toEqual([]);
});
