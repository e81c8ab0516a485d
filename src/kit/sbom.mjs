// `npm run sbom`: what production installs, as CycloneDX JSON in dist/sbom.cdx.json. The same lockfile gives the same file, byte for byte:
// npm's own random serial number and time are replaced by what follows from the lockfile.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');
// Not --omit dev: it leaves out what production and development both need.
const ARGUMENTS = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];

const { stdout } = await promisify(execFile)('npm', ARGUMENTS, { cwd: root, maxBuffer: 64 * 1024 * 1024 });
const bom = JSON.parse(stdout);
const lockfile = await readFile(join(root, 'package-lock.json'), 'utf8');
const digest = createHash('sha256').update(lockfile).digest('hex');
const parts = [
  digest.slice(0, 8),
  digest.slice(8, 12),
  `8${digest.slice(13, 16)}`,
  `8${digest.slice(17, 20)}`,
  digest.slice(20, 32),
];
const byReference = (key) => (one, other) => (one[key] < other[key] ? -1 : one[key] > other[key] ? 1 : 0);
const { component } = bom.metadata; // without its time and the version of npm
// Of packages that lie in several places npm describes one, perhaps that of a tool: the lockfile says whether any is production's.
const inProduction = new Set(
  Object.entries(JSON.parse(lockfile).packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { version }]) => `${path.replace(/.*node_modules\//, '')}@${version}`),
);
const components = bom.components
  .filter((one) => inProduction.has(one['bom-ref']))
  .map((one) => ({
    ...one,
    properties: (one.properties ?? []).filter(({ name }) => !/:(development|path)$/.test(name)),
  }))
  .sort(byReference('bom-ref'));
const kept = new Set([component['bom-ref'], ...components.map((one) => one['bom-ref'])]);
const whole = {
  ...bom,
  serialNumber: `urn:uuid:${parts.join('-')}`, // UUID version 8: made from the lockfile's SHA-256
  metadata: { component },
  components,
  dependencies: bom.dependencies
    .filter(({ ref }) => kept.has(ref))
    .sort(byReference('ref'))
    .map((one) => ({ ...one, dependsOn: one.dependsOn?.filter((ref) => kept.has(ref)).sort() })),
};
const file = join(root, 'dist/sbom.cdx.json');
await mkdir(join(root, 'dist'), { recursive: true });
await writeFile(file, JSON.stringify(whole, null, 2) + '\n');
process.stdout.write(`${file}: ${whole.components.length} packages\n`);
