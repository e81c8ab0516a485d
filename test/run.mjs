// `npm test`: everything that must hold before a change lands. `npm run test:outside`: what needs programs npm cannot bring.
// Each step's output is shown as it comes; the first failure ends the run. A name picks steps: `npm test -- unit`.
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name) => join(root, 'node_modules/.bin', name);
const jest = (project) => [
  bin('jest'),
  '-c',
  'test/jest.config.cjs',
  '--selectProjects',
  project,
  '--passWithNoTests=false',
];
const STEPS = {
  build: [process.execPath, 'src/kit/build.mjs', 'server', 'web'],
  format: [bin('prettier'), '--check', '--log-level', 'warn', 'src', 'migrations', 'test', 'surveys'],
  lint: [bin('eslint'), '-c', 'test/house/eslint.config.js', 'src', 'migrations', 'test'],
  types: [bin('tsc'), '--noEmit'],
  house: jest('house'),
  unit: jest('unit'),
  migration: jest('migration'),
  integration: jest('integration'),
  fault: jest('fault'),
  browser: jest('browser'),
};
const OUTSIDE = { build: STEPS.build, outside: jest('outside') };

const [asked, ...names] = process.argv[2] === 'outside' ? [OUTSIDE] : [STEPS, ...process.argv.slice(2)];
const unknown = names.filter((name) => !(name in asked));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no step ${unknown.join(', ')}; there are ${Object.keys(asked).join(', ')}.\n`,
  );
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(asked)) {
  const begun = performance.now();
  process.stdout.write(`— ${name}\n`);
  const code = await run(asked[name]);
  process.stdout.write(
    `— ${name} ${code === 0 ? 'passed' : 'FAILED'} in ${((performance.now() - begun) / 1000).toFixed(1)} s\n\n`,
  );
  if (code !== 0) process.exit(1);
}

function run([command, ...args]) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  return new Promise((done) => child.once('close', (code) => done(code ?? 1)));
}
