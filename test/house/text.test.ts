import { filesIn, textOf, topLevel } from '../make/repository.js';

const files = filesIn().filter((path) => !/(^package-lock\.json|\.(png|ico|woff2?))$/.test(path));
const texts = files.map((path) => ({ path, lines: textOf(path).split('\n') }));

/** The places where a pattern stands, but for this file, which has to name them. */
const placesOf = (pattern: RegExp, among: RegExp = /./): string[] =>
  texts
    .filter(({ path }) => among.test(path) && !path.endsWith('house/text.test.ts'))
    .flatMap(({ path, lines }) =>
      lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [])),
    );

const CODE = /\.(tsx?|[cm]?js)$/;

test('nothing is left for later', () => {
  expect(placesOf(/\b(TODO|FIXME)\b/)).toEqual([]);
});

test('no test is left out or alone', () => {
  expect(
    placesOf(/\b(describe|test|it)\.(skip|only|todo)\b|\b(xit|xtest|xdescribe|fit|fdescribe)\(/, CODE),
  ).toEqual([]);
});

test('nothing is written to the console; results go to standard output by kit/cli.ts, the rest to the log', () => {
  expect(placesOf(/\bconsole\.\w+\(/, CODE)).toEqual([]);
});

test('no type check is switched off', () => {
  expect(placesOf(/@ts-(ignore|nocheck|expect-error)|eslint-disable/, CODE)).toEqual([]);
});

test('no path of anybody’s machine stands in the repository', () => {
  expect(placesOf(/(^|[\s'"`(=])\/(work|root|home|Users)\/\w/)).toEqual([]);
});

test('no secret stands in the repository', () => {
  const secrets = [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
    /\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|npm_[A-Za-z0-9]{30,}|xox[abprs]-[\w-]{20,})/,
    /\b\d{8,10}:AA[\w-]{33}\b/, // a Telegram bot's token
    /\beyJ[\w-]{20,}\.[\w-]{20,}\.[\w-]{20,}/,
  ];
  expect(secrets.flatMap((secret) => placesOf(secret))).toEqual([]);
});

test('the top level holds what the house allows', () => {
  const allowed = [
    '.ci',
    '.env.example',
    '.gitignore',
    'LICENSE',
    'README.md',
    'docker-compose.yml',
    'migrations',
    'nest-cli.json',
    'package-lock.json',
    'package.json',
    'src',
    'surveys',
    'test',
    'tsconfig.json',
  ];
  expect(topLevel().filter((name) => !allowed.includes(name))).toEqual([]);
});

test('long files are named (a sign that two ideas share one), without a failure', () => {
  const long = texts
    .filter(({ path, lines }) => CODE.test(path) && lines.length > 300)
    .map(({ path, lines }) => `${path} (${lines.length} lines)`);
  if (long.length > 0) process.stderr.write(`Over 300 lines: ${long.join(', ')}\n`);
});
