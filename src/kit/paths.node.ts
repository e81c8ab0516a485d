import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const here = import.meta.dirname; // src/kit, or dist/src/kit when compiled

const findRoot = (from: string): string =>
  existsSync(join(from, 'package.json')) ? from : findRoot(dirname(from));

const root = findRoot(here);
const compiled = here.startsWith(join(root, 'dist'));

/** Where things lie: migrations beside the code that runs, the rest at the top of the checkout. */
export const ROOT = {
  top: root,
  migrations: join(root, compiled ? 'dist/migrations' : 'migrations'),
  surveys: join(root, 'surveys'),
  web: join(root, 'dist/web'),
  data: join(root, '.onward'),
};
