import { execFile } from 'node:child_process';
import { accessSync, constants, lstatSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';

/**
 * Chromium (headless shell) from an npm package, with the shared libraries and the font that a bare system lacks.
 * Runs as root and not. Close it with `browser.close()`.
 * Each `browser.newContext()` is another profile: own cookies, storage and cache.
 */
export async function launchBrowser(): Promise<Browser> {
  const folder = await unpackedChromium();
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args: FLAGS,
    env: {
      PATH: process.env.PATH ?? '',
      HOME: tmpdir(),
      LANG: 'C.UTF-8',
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  });
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
];

const require = createRequire(import.meta.url);
const packageFolder = join(dirname(require.resolve('@sparticuz/chromium')), '../..');

/** Unpacks once for all runs, a second or two. Runs that do it at once do not disturb each other: one wins. */
async function unpackedChromium(): Promise<string> {
  const { version } = require(join(packageFolder, 'package.json')) as { version: string };
  const name = `chromium-${version}`;
  const shared = join(packageFolder, '../../.cache');
  const own = join(tmpdir(), `onward-cache-${process.getuid?.() ?? 0}`);
  if (isReady(join(shared, name))) return join(shared, name);

  const cache = (await canMake(shared)) ? shared : own;
  if (cache === own) await makeOwn(own);
  const folder = join(cache, name);
  if (isReady(folder)) return folder;
  const draft = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await unpackInto(draft);
    await writeFile(join(draft, 'fonts.conf'), fontsConf(folder));
    await chmod(join(draft, 'chromium'), 0o755);
    await chmod(draft, 0o755);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    if (!isReady(folder)) throw error; // else another run was first
  }
  return folder;
}

/**
 * The package unpacks into the temporary folder, and its libraries only where it believes to be on Amazon Linux.
 * A process of its own keeps both settings away from us.
 */
async function unpackInto(folder: string): Promise<void> {
  const script = `import chromium from '@sparticuz/chromium'; await chromium.executablePath()`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: packageFolder,
    env: { PATH: process.env.PATH, TMPDIR: folder, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs20.x' },
  });
}

/** Only the package's font (Open Sans: Latin, Cyrillic, Greek, Hebrew), so that screenshots agree everywhere. */
const fontsConf = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts/fonts</dir>
  <cachedir>${folder}/font-cache</cachedir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

function isReady(folder: string): boolean {
  try {
    accessSync(join(folder, 'chromium'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function canMake(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** In a folder that everybody may write to, a program is only run from a folder that is surely ours. */
async function makeOwn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = lstatSync(folder);
  if (process.getuid !== undefined && (uid !== process.getuid() || (mode & 0o022) !== 0))
    throw new Error(`${folder} belongs to another user: remove it, or set TMPDIR to a folder of your own`);
}
