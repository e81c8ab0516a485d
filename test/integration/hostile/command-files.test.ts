import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COMMAND_FILES } from '../../make/cli-files.js';
import { runCommand } from '../../make/command.js';
import { allCommands } from '../../make/commands.js';
import { type Field, inTheField } from '../../make/field.js';

/** What else a command must be told before it comes to its file. */
const WORDS: Record<string, string[]> = {
  'contacts edit-plan --file': ['contacts', 'edit-plan', '--wave', 'a', '--file'],
  'contacts letters --out': ['contacts', 'letters', '--wave', 'a', '--out'],
  'contacts suppress --file': ['contacts', 'suppress', '--file'],
  'questionnaire lint file': ['questionnaire', 'lint'],
  'questionnaire check file': ['questionnaire', 'check', '--answers', 'none.json'],
  'questionnaire check --answers': ['questionnaire', 'check', 'good.json', '--answers'],
  'questionnaire codebook file': ['questionnaire', 'codebook'],
  'export --out': ['export', '--out'],
};
const ENDLESS = '/dev/zero';

jest.setTimeout(240_000); // the machine may be busy

let field: Field;
let base: string;
beforeAll(async () => void (field = await inTheField(2)));
afterAll(() => field.close());
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'onward-files-'));
  await writeFile(join(base, 'theirs'), 'not ours');
  await writeFile(
    join(base, 'good.json'),
    '{"pages":[{"name":"p","elements":[{"type":"text","name":"a"}]}]}',
  );
});
afterEach(() => rm(base, { recursive: true, force: true }));

const call = async (name: string, file: string, ...more: string[]) =>
  runCommand(
    field.services,
    await allCommands(),
    ...(WORDS[name] ?? []).map((word) => (word.endsWith('.json') ? join(base, word) : word)),
    file,
    ...more,
  );
const named = (how: string) => Object.keys(COMMAND_FILES).filter((name) => COMMAND_FILES[name] === how);
const theirs = () => readFile(join(base, 'theirs'), 'utf8');

test('every file is called here that is not tested elsewhere', () =>
  expect(Object.keys(WORDS).sort()).toEqual(
    [...named('read'), ...named('new file'), ...named('new folder')].sort(),
  ));

describe.each(named('read'))('%s', (name) => {
  it('refuses what has no end, and a folder', async () => {
    await expect(call(name, ENDLESS)).rejects.toMatchObject({ code: 'kit.file_too_large' });
    await expect(call(name, base)).rejects.toMatchObject({ code: 'EISDIR' });
    await expect(call(name, join(base, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe.each(named('new file'))('%s', (name) => {
  it('leaves what is there as it is, a link and what it leads to as well', async () => {
    await symlink(join(base, 'theirs'), join(base, 'link'));
    await symlink(join(base, 'theirs'), join(base, 'new.part'));
    for (const file of ['theirs', 'link', 'new'])
      await expect(call(name, join(base, file))).rejects.toMatchObject({ status: 409 });
    expect(await theirs()).toBe('not ours');
    expect((await readdir(base)).sort()).toEqual(['good.json', 'link', 'new.part', 'theirs']);
  });
});

describe.each(named('new folder'))('%s', (name) => {
  it('is empty before', async () => {
    await expect(call(name, base)).rejects.toMatchObject({ code: 'kit.folder_in_use' });
    await expect(call(name, join(base, 'theirs'))).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(await theirs()).toBe('not ours');
  });

  it('is written to without following a link that waits in it', async () => {
    const folder = join(base, 'export');
    await mkdir(folder);
    await symlink(join(base, 'theirs'), join(folder, 'a_indresp.csv.part'));
    await symlink(join(base, 'theirs'), join(folder, 'a_indresp.csv'));
    await symlink(join(base, 'theirs'), join(folder, 'codebook.json.part'));
    await call(name, folder, '--replace');
    expect(await theirs()).toBe('not ours');
    expect(await readFile(join(folder, 'a_indresp.csv'), 'utf8')).toContain('pidp');
  });
});
