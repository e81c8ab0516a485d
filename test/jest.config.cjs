// One project a kind of test, so that `npm run test:unit` and its like can pick. CJS mode: see src/README.md.
const swc = [
  '@swc/jest',
  {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true, tsx: false },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const esmOnly = [
  '@nestjs',
  'cookie',
  'nodemailer',
  'smtp-server',
  'otplib',
  '@otplib',
  'file-type',
  'uint8array-extras',
  'strtok3',
  'token-types',
  '@tokenizer',
  '@borewit',
  'ky',
  '@scure',
  '@noble',
  'pg-copy-streams',
  'content-disposition',
  'temporal-polyfill',
  'temporal-utils',
  'temporal-spec',
].join('|');
const project = (name, more = {}) => ({
  displayName: name,
  rootDir: `${__dirname}/..`,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  testEnvironment: 'node',
  transform: { '^.+\\.(ts|m?js)$': swc },
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transformIgnorePatterns: [`/node_modules/(?!(?:.*/node_modules/)?(${esmOnly})/)`],
  ...more,
});
// One server for all these projects of a run: Jest runs the same setup file once.
const withPostgres = {
  globalSetup: `${__dirname}/make/postgres.setup.ts`,
  globalTeardown: `${__dirname}/make/postgres.teardown.ts`,
};
module.exports = {
  rootDir: `${__dirname}/..`,
  maxWorkers: 2,
  testTimeout: 60000,
  projects: [
    ...['house', 'unit'].map((name) => project(name)),
    ...['migration', 'integration', 'fault', 'browser', 'outside'].map((name) => project(name, withPostgres)),
  ],
};
