// `npm run bench -- submit|export|residence|contacts|backup|formats|release [--json]`: what the platform reaches, each figure against the bare database in the same run.
// The figures are ratios: absolute ones depend on the machine and on what else runs there.
import 'reflect-metadata';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { writeReport } from './report.mjs';
import { onGround } from './ground.mjs';

const BENCHES = ['submit', 'export', 'residence', 'contacts', 'backup', 'formats', 'release'];

const json = process.argv.includes('--json');
const names = process.argv.slice(2).filter((word) => word !== '--json');
if (names.length !== 1 || !BENCHES.includes(names[0])) {
  process.stderr.write(`Say what to measure: npm run bench -- ${BENCHES.join('|')} [--json]\n`);
  process.exit(2);
}
const { bench } = await import(pathToFileURL(join(import.meta.dirname, `${names[0]}.mjs`)).href);
const begun = performance.now();
const result = await onGround((ground) => bench(ground));
writeReport({ bench: names[0], ...result, seconds: Math.round((performance.now() - begun) / 1000) }, json);
