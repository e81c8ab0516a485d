import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type EmbeddedPostgres, runningEmbeddedPostgres } from '../kit/embedded-postgres.node.js';
import { ROOT } from '../kit/paths.node.js';
import { provisionDatabases } from '../kit/provision.node.js';
import { keptSecrets } from '../kit/secrets.node.js';
import { NothingRunsHere } from './demo.problems.js';
import { readState } from './state.node.js';

/** Where a local installation keeps everything: a folder that git ignores. */
export const localFolder = (folder: string = ROOT.data) => ({
  all: folder,
  postgres: join(folder, 'postgres'),
  secrets: join(folder, 'secrets.json'),
  outbox: join(folder, 'outbox'),
  state: join(folder, 'demo.json'),
});

export type LocalFolder = ReturnType<typeof localFolder>;

/** The environment of a local installation: the same variables that production is given. */
export async function environmentOf(
  folder: LocalFolder,
  server: EmbeddedPostgres,
  ports: { web: number; smtp: number },
): Promise<Record<string, string>> {
  const { url, ownerUrl, vaultUrl } = await provisionDatabases(server, folder.secrets);
  const newKey = () => randomBytes(32).toString('base64');
  const { masterKey, staffSecret } = await keptSecrets(folder.secrets, {
    masterKey: newKey,
    staffSecret: newKey,
  });
  return {
    DATABASE_URL: url,
    DATABASE_OWNER_URL: ownerUrl,
    VAULT_DATABASE_URL: vaultUrl,
    VAULT_MASTER_KEY: masterKey,
    STAFF_SECRET: staffSecret,
    SMTP_URL: `smtp://127.0.0.1:${ports.smtp}`,
    MAIL_FROM: 'Panel <panel@synthetic.example>',
    PUBLIC_URL: `http://127.0.0.1:${ports.web}`,
    HOST: '127.0.0.1',
    PORT: String(ports.web),
    SENDS_PER_MINUTE: '60000',
  };
}

/**
 * The environment for a command where none is given: that of the demo that runs in this checkout.
 * @throws NothingRunsHere
 */
export async function localEnvironment(
  given: Record<string, string | undefined>,
): Promise<Record<string, string | undefined>> {
  const folder = localFolder();
  const server = await runningEmbeddedPostgres(folder.postgres);
  const state = await readState(folder.state);
  if (!server || !state) throw NothingRunsHere({});
  return { ...(await environmentOf(folder, server, state.ports)), ...given };
}
