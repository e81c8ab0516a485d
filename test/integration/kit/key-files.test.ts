import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withKeyFiles } from '../../../src/kit/key-files.node.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'onward-keys-'))));
afterAll(() => rm(folder, { recursive: true }));

async function keyFile(text: string): Promise<string> {
  const file = join(folder, 'key');
  await writeFile(file, text);
  await chmod(file, 0o600);
  return file;
}

it('reads a key from the file that is named', async () => {
  const VAULT_MASTER_KEY_FILE = await keyFile('2:bb\n1:aa\n');
  expect(withKeyFiles({ VAULT_MASTER_KEY_FILE, HOST: '::1' })).toEqual({
    VAULT_MASTER_KEY_FILE,
    VAULT_MASTER_KEY: '2:bb\n1:aa',
    HOST: '::1',
  });
});

it('leaves an environment alone that names none, and the web role’s', async () => {
  const web = { ONWARD_ROLE: 'web', VAULT_MASTER_KEY_FILE: await keyFile('aa') };
  for (const env of [{ VAULT_MASTER_KEY: 'aa', VAULT_MASTER_KEY_FILE: '' }, {}, web])
    expect(withKeyFiles(env)).toEqual(env);
});

it('refuses a file that is not there, and a key given in two ways; never says the key', async () => {
  const findings = (env: Record<string, string>): string[] => {
    try {
      withKeyFiles(env);
      return [];
    } catch (cause) {
      return (cause as { details: { findings: string[] } }).details.findings;
    }
  };
  expect(findings({ VAULT_MASTER_KEY_FILE: join(folder, 'none') })).toEqual([
    'VAULT_MASTER_KEY_FILE names a file that cannot be read (ENOENT)',
  ]);
  expect(findings({ VAULT_MASTER_KEY_FILE: await keyFile('aa'), VAULT_MASTER_KEY: 'bb' })).toEqual([
    'VAULT_MASTER_KEY_FILE is given beside VAULT_MASTER_KEY: only one of them may be',
  ]);
});
