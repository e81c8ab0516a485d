import pg from 'pg';
import { keptSecrets, newPassword } from './secrets.node.js';

const { escapeIdentifier: name, escapeLiteral: literal } = pg;

export interface DatabaseWish {
  database: string;
  /** role that owns the database and logs in to it; made when it does not exist */
  owner: string;
  password: string;
}

/**
 * Makes a role and a database that only this role (and superusers) may connect to. Repeating it is harmless and
 * sets the password anew. Texts sort by ICU's root collation, which orders Russian and English rightly.
 * @param url  connection of a superuser to the database `postgres`
 */
export async function ensureDatabase(url: string, wish: DatabaseWish): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]);
    await ensureRole(client, wish);
    const made = await client.query('SELECT FROM pg_database WHERE datname = $1', [wish.database]);
    if (made.rowCount === 0)
      await client.query(
        `CREATE DATABASE ${name(wish.database)} OWNER ${name(wish.owner)} TEMPLATE template0 ENCODING 'UTF8'
           LOCALE_PROVIDER icu ICU_LOCALE 'und'`,
      );
    await closeToOthers(client, wish.database);
  } finally {
    await client.end(); // which also gives the lock back
  }
}

const PROVISION_LOCK = 7_215_005;

async function ensureRole(client: pg.Client, { owner, password }: DatabaseWish): Promise<void> {
  const made = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [owner]);
  const verb = made.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${name(owner)} LOGIN PASSWORD ${literal(password)}`);
}

/** By default every role may connect to every database. */
export async function closeToOthers(client: pg.Client, database: string): Promise<void> {
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${name(database)} FROM PUBLIC`);
}

/** The server that both databases live on: an embedded one, or any other whose superuser we are. */
export interface ServerAddress {
  host: string;
  port: number;
  /** superuser's connection to a database */
  url(database: string): string;
}

/**
 * Makes the two databases of an installation: `onward` of role `onward`, and the vault `onward_vault` of role
 * `onward_vault`. Neither role can connect to the other's. The passwords are made once and kept in `secretsFile`.
 * @returns connection strings for DATABASE_URL and VAULT_DATABASE_URL
 */
export async function provisionDatabases(
  server: ServerAddress,
  secretsFile: string,
): Promise<{ url: string; vaultUrl: string }> {
  const secrets = await keptSecrets(secretsFile, {
    databasePassword: newPassword,
    vaultDatabasePassword: newPassword,
  });
  const wishes = [
    { database: 'onward', owner: 'onward', password: secrets.databasePassword },
    { database: 'onward_vault', owner: 'onward_vault', password: secrets.vaultDatabasePassword },
  ] as const;
  for (const wish of wishes) await ensureDatabase(server.url('postgres'), wish);
  return { url: urlOf(server, wishes[0]), vaultUrl: urlOf(server, wishes[1]) };
}

const urlOf = ({ host, port }: ServerAddress, { database, owner, password }: DatabaseWish) =>
  `postgres://${owner}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
