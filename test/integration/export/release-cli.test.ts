import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseCommands } from '../../../src/export/release/release.cli.js';
import { runCommand } from '../../make/command.js';
import { releasePanel } from './release-panel.js';
import { type Panel } from './two-waves.js';

let panel: Panel;
let base: string;

beforeAll(async () => {
  panel = await releasePanel();
  base = await mkdtemp(join(tmpdir(), 'onward-release-cli-'));
});
afterAll(async () => {
  await panel.close();
  await rm(base, { recursive: true, force: true });
});

const run = (...words: string[]) => runCommand(panel.services, releaseCommands, 'release', ...words);

test('a release is made, listed and written at the command line', async () => {
  expect((await run('list')).lines).toEqual(['There is no release yet.']);
  const made = await run('create', '--study', 'nrd', '--kind', 'SUF', '--version', '1.0', '--by', 'anna');
  expect(made.lines[0]).toMatch(/^nrd-1\.0 \(SUF\) is frozen: \d+ people\.$/);
  expect(made.lines.at(-1)).toBe(
    'Write its files: npm run onward -- release export nrd-1.0 --kind SUF --out FOLDER',
  );
  expect((await run('list', '--json')).json).toMatchObject([
    [{ release: 'nrd-1.0', kind: 'SUF', erased: 0 }],
  ]);
  const written = await run('export', 'nrd-1.0', '--format', 'csv,dta', '--layout', 'long', '--out', base);
  expect(written.lines).toContainEqual(expect.stringMatching(/^panel_long\.dta: \d+ rows, \d+ columns$/));
  expect(written.lines.at(-1)).toBe(`Written to ${join(base, 'nrd_SUF_v1.0')}.`);
  expect((await readdir(join(base, 'nrd_SUF_v1.0'))).filter((file) => /\.(dta|sav)$/.test(file))).toEqual([
    'panel_long.dta',
    'xwave.dta',
  ]);
});

test('nothing is written over, but for a folder of the release where that is asked for, and through no link', async () => {
  const out = join(base, 'other');
  const theirs = join(base, 'theirs');
  await mkdir(out);
  await mkdir(theirs);
  await writeFile(join(theirs, 'file'), 'not ours');
  const write = (...more: string[]) =>
    run('export', 'nrd-1.0', '--format', 'csv', '--layout', 'spell', '--out', out, ...more);
  await symlink(theirs, join(out, 'nrd_SUF_v1.0'));
  await expect(write()).rejects.toMatchObject({ code: 'kit.folder_in_use' });
  await write('--replace');
  expect(await readdir(theirs)).toEqual(['file']);
  expect(await readFile(join(theirs, 'file'), 'utf8')).toBe('not ours');
  expect(await readdir(out)).toEqual(['nrd_SUF_v1.0']);
  await expect(run('export', 'nrd-1.0', '--out', join(theirs, 'file'))).rejects.toMatchObject({
    code: 'ENOTDIR',
  });
});
