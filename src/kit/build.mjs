// Brings dist/ up to date: `node src/kit/build.mjs server web`. Plain JavaScript, since it runs before anything is built.
// Only what is older than its sources is built; a tree without sources (an image) is left as it is.
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';

const root = join(import.meta.dirname, '../..');
const PARTS = {
  server: { from: ['src', 'migrations', 'package.json'], build: buildServer },
  web: { from: ['src/web', 'src/questionnaire', 'src/kit/problem.ts', 'package.json'], build: buildWeb },
};

if (existsSync(join(root, 'src/main.ts'))) {
  const free = await alone();
  try {
    for (const part of process.argv.slice(2)) await bringUpToDate(part);
  } finally {
    await free();
  }
}

async function bringUpToDate(part) {
  const { from, build } = PARTS[part] ?? fail(`Nothing is called ${part}; build server or web.`);
  const stamp = join(root, 'dist', `.built-${part}`);
  if ((await newest(from)) <= (await timeOf(stamp))) return;
  if (process.stderr.isTTY) process.stderr.write(`Building the ${part} part …\n`);
  const begun = new Date();
  await build();
  await writeFile(stamp, begun.toISOString());
  await utimes(stamp, begun, begun); // what changed while it was built is newer
}

/** Waits until no other build works in dist/, then keeps others waiting; a lock older than two minutes is a dead one's. */
async function alone() {
  const lock = join(root, 'dist', '.lock');
  await mkdir(dirname(lock), { recursive: true });
  for (;;) {
    try {
      await mkdir(lock);
      return () => rm(lock, { recursive: true, force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (Date.now() - (await timeOf(lock)) > 120_000) await rm(lock, { recursive: true, force: true });
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function buildServer() {
  const { transform } = await import('@swc/core');
  const target = join(root, 'dist/.server');
  await rm(target, { recursive: true, force: true });
  const files = (await Promise.all(['src', 'migrations'].map((folder) => filesIn(join(root, folder)))))
    .flat()
    .filter(
      (file) =>
        file.endsWith('.ts') && !file.endsWith('.d.ts') && !/src\/web\/(respond|console)\//.test(file),
    );
  await Promise.all(
    files.map(async (file) => {
      const { code } = await transform(await readFile(file, 'utf8'), {
        filename: file,
        sourceMaps: false,
        jsc: {
          target: 'es2023',
          experimental: { keepImportAttributes: true },
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
        module: { type: 'es6' },
      });
      const out = join(target, relative(root, file)).replace(/\.ts$/, '.js');
      await mkdir(dirname(out), { recursive: true });
      await writeFile(out, code);
    }),
  );
  for (const folder of ['src', 'migrations']) {
    await rm(join(root, 'dist', folder), { recursive: true, force: true });
    await rename(join(target, folder), join(root, 'dist', folder));
  }
  await rm(target, { recursive: true, force: true });
}

async function buildWeb() {
  const { build } = await import('vite');
  await build({ configFile: join(root, 'src/web/vite.config.js'), logLevel: 'warn' });
  const files = (await filesIn(join(root, 'dist/web/assets'))).filter((file) => /\.(js|css|svg)$/.test(file));
  await Promise.all(
    files.map(async (file) => {
      const content = await readFile(file);
      await writeFile(`${file}.br`, await promisify(brotliCompress)(content));
      await writeFile(`${file}.gz`, await promisify(gzip)(content, { level: 9 }));
    }),
  );
}

async function filesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  const found = await Promise.all(
    entries.map((entry) =>
      entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)],
    ),
  );
  return found.flat();
}

async function newest(paths) {
  const files = await Promise.all(
    paths.map(async (path) => {
      const full = join(root, path);
      return (await stat(full)).isDirectory() ? filesIn(full) : [full];
    }),
  );
  return Math.max(...(await Promise.all(files.flat().map(timeOf))));
}

async function timeOf(file) {
  return existsSync(file) ? (await stat(file)).mtimeMs : 0;
}

function fail(message) {
  throw new Error(message);
}
