import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  folderWithin,
  mustBeFree,
  newFileStream,
  readGiven,
  readWithin,
} from '../../../src/kit/files.node.js';

let base: string;
let folder: string;
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'onward-files-'));
  folder = join(base, 'study');
  await mkdir(join(folder, 'letters'), { recursive: true });
  await writeFile(join(base, 'secret.json'), 'secret');
  await writeFile(join(folder, 'wave.json'), '{"here":true}');
  await symlink(join(base, 'secret.json'), join(folder, 'link.json'));
  await symlink(join(folder, 'wave.json'), join(folder, 'home.json'));
  await symlink(base, join(folder, 'elsewhere'));
  await symlink(folder, join(base, 'linked-study'));
  execFileSync('mkfifo', [join(folder, 'pipe.json')]);
  await writeFile(join(folder, 'large.json'), 'x'.repeat(1001));
});
afterAll(() => rm(base, { recursive: true, force: true }));

test('a file of the folder is read, also where the folder itself was reached by a link', async () => {
  expect(await readWithin(folder, 'wave.json')).toBe('{"here":true}');
  expect(await readWithin(join(base, 'linked-study'), 'wave.json')).toBe('{"here":true}');
});

test.each([
  '../secret.json',
  '..',
  '.',
  '',
  '/etc/passwd',
  'elsewhere/secret.json',
  'letters/../../secret.json',
  '..\\secret.json',
  'wave.json\0.md',
  'link.json',
  'home.json',
  'letters',
  'pipe.json',
])('%j leads nowhere', async (name) => {
  await expect(readWithin(folder, name)).rejects.toMatchObject({ code: 'kit.outside_folder' });
});

test('what is too large is not read', async () => {
  await expect(readWithin(folder, 'large.json', 1000)).rejects.toMatchObject({ code: 'kit.file_too_large' });
});

test('a folder inside is one of its own', async () => {
  expect(await folderWithin(folder, 'letters')).toMatch(/study\/letters$/);
  await expect(folderWithin(folder, 'elsewhere')).rejects.toMatchObject({ code: 'kit.outside_folder' });
  await expect(folderWithin(folder, '..')).rejects.toMatchObject({ code: 'kit.outside_folder' });
});

test('results go where nothing is', async () => {
  await mustBeFree(join(base, 'new'));
  await mustBeFree(join(folder, 'letters'));
  await expect(mustBeFree(folder)).rejects.toMatchObject({ code: 'kit.folder_in_use' });
});

test('a file that somebody names may lie anywhere and be a link or a pipe, but not go on without end', async () => {
  expect(await readGiven(join(folder, 'home.json'))).toBe('{"here":true}');
  const pipe = join(folder, 'pipe.json');
  const written = writeFile(pipe, 'through a pipe');
  expect(await readGiven(pipe)).toBe('through a pipe');
  await written;
  expect(await readGiven(join(folder, 'large.json'), 1001)).toHaveLength(1001);
  await expect(readGiven(join(folder, 'large.json'), 1000)).rejects.toMatchObject({
    code: 'kit.file_too_large',
  });
  await expect(readGiven('/dev/zero', 1_000_000)).rejects.toMatchObject({ code: 'kit.file_too_large' });
});

test('a new file is there as soon as one may write into it, for our eyes alone, and replaces none', async () => {
  const path = join(base, 'new.part');
  const stream = await newFileStream(path);
  expect(existsSync(path)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  await expect(newFileStream(path)).rejects.toMatchObject({ code: 'EEXIST' });
  await once(stream.destroy(), 'close');
});
