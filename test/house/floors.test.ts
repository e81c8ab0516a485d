import { type Import, type Source, sourcesIn, textOf } from '../make/repository.js';

// The folders in their order: the one line of src/README.md that has the arrows.
const FLOORS = (/^`(kit → .*)`$/m.exec(textOf('src/README.md'))?.[1] ?? '').split(' → ');
const SUFFIXES =
  /\.(problems|entity|queries|service|controller|processor|module|guard|filter|node|cli)\.ts$|^[^.]+\.(tsx?|css|mjs|js)$|^[a-z-]+\.(d\.ts|config\.js)$/;

const sources = sourcesIn('src');
const nameOf = (path: string): string => path.split('/').at(-1) ?? '';
const inBrowser = (path: string): boolean => /^src\/web\/(respond|console)\//.test(path);

/** The floor a file stands on: 0 is kit; the files directly under src stand above all. */
function floorOf(path: string): number {
  const folder = /^src\/(web\/)?([^/]+)\//.exec(path);
  return folder ? FLOORS.indexOf(`${folder[1] ?? ''}${folder[2]}`) : FLOORS.length;
}
const isShared = (path: string): boolean => path.startsWith('src/web/shared/');

const edges = (of: Source[]): { source: Source; to: Import & { path: string } }[] =>
  of.flatMap((source) =>
    source.imports.flatMap((to) => (to.path === undefined ? [] : [{ source, to: { ...to, path: to.path } }])),
  );

test('the list of floors is known, and every folder stands on one', () => {
  expect(FLOORS[0]).toBe('kit');
  expect(FLOORS.at(-1)).toBe('web/server');
  const homeless = sources.filter(
    ({ path }) =>
      floorOf(path) < 0 && !inBrowser(path) && !isShared(path) && !/^src\/web\/[^/]+\.js$/.test(path),
  );
  expect(homeless.map(({ path }) => path)).toEqual([]);
});

test('imports run toward kit only', () => {
  const wrong = edges(sources).filter(
    ({ source, to }) =>
      !inBrowser(source.path) &&
      !isShared(source.path) &&
      !isShared(to.path) &&
      floorOf(to.path) > floorOf(source.path),
  );
  expect(wrong.map(({ source, to }) => `${source.path} imports ${to.path}`)).toEqual([]);
});

test('what runs in the browser imports only its own folder, web/shared and files without a suffix', () => {
  const wrong = edges(sources).filter(
    ({ source, to }) =>
      (inBrowser(source.path) || isShared(source.path)) &&
      !(inBrowser(source.path) && inBrowser(to.path)) &&
      !isShared(to.path) &&
      nameOf(to.path).split('.').length > 2,
  );
  expect(wrong.map(({ source, to }) => `${source.path} imports ${to.path}`)).toEqual([]);
  const server = sources
    .filter(({ path }) => !inBrowser(path))
    .flatMap(({ path, imports }) =>
      imports.filter((to) => to.path && inBrowser(to.path)).map((to) => `${path} imports ${to.path}`),
    );
  expect(server).toEqual([]);
});

test('no file imports itself by way of others, types aside', () => {
  const next = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.filter((to) => !to.typeOnly && to.path).map((to) => to.path ?? ''),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (path: string, way: string[]): void => {
    if (way.includes(path)) circles.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (done.has(path) || way.includes(path)) return;
    for (const to of next.get(path) ?? []) walk(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) walk(path, []);
  expect(circles).toEqual([]);
});

test('every import of ours names a file that is there', () => {
  const paths = new Set(sources.map(({ path }) => path));
  const lost = edges(sources).filter(
    ({ to }) => /\.[cm]?[jt]sx?$/.test(to.path) && !paths.has(to.path) && !to.path.endsWith('.d.ts'),
  );
  expect(lost.map(({ source, to }) => `${source.path} imports ${to.from}`)).toEqual([]);
});

test('every suffix of a file is one of the grammar', () => {
  const odd = sources.map(({ path }) => path).filter((path) => !SUFFIXES.test(nameOf(path)));
  expect(odd).toEqual([]);
});
