import pg from 'pg';
import { keptSecrets, newPassword } from './secrets.node.js';

const { escapeIdentifier: name, escapeLiteral: literal } = pg;

export interface DatabaseWish {
  database: string;
  /** role that owns the database and logs in to it; made when it does not exist */
  owner: string;
  password: string;
  /** another role that works in the database and owns nothing of it but the queue's schema; made when it does not exist */
  application?: { role: string; password: string };
}

/**
 * Makes the roles and a database that only they (and superusers) may connect to. Repeating it is harmless and sets the passwords anew.
 * A database that the application's role owned until now is handed over. Texts sort by ICU's root collation, which orders Russian and
 * English rightly.
 * @param url  connection of a superuser to the database `postgres`
 */
export async function ensureDatabase(url: string, wish: DatabaseWish): Promise<void> {
  const { database, owner, application } = wish;
  await connected(url, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [PROVISION_LOCK]); // until the connection ends
    await ensureRole(client, owner, wish.password);
    if (application) await ensureRole(client, application.role, application.password);
    const made = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (made.rowCount === 0)
      await client.query(
        `CREATE DATABASE ${name(database)} OWNER ${name(owner)} TEMPLATE template0 ENCODING 'UTF8'
           LOCALE_PROVIDER icu ICU_LOCALE 'und'`,
      );
    await closeToOthers(client, database);
    if (!application) return;
    await handOver(client, url, wish, application.role);
    await letIn(client, database, application.role);
  });
}

const PROVISION_LOCK = 7_215_005;

async function connected<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function ensureRole(client: pg.Client, role: string, password: string): Promise<void> {
  const made = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const verb = made.rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${name(role)} LOGIN PASSWORD ${literal(password)}`);
}

/** The queue is thrown away: it holds nothing that is owed, and the application makes its own again. */
async function handOver(
  client: pg.Client,
  url: string,
  { database, owner }: DatabaseWish,
  application: string,
): Promise<void> {
  const owned = await client.query(
    `SELECT FROM pg_database WHERE datname = $1 AND datdba = (SELECT oid FROM pg_roles WHERE rolname = $2)`,
    [database, application],
  );
  if (owned.rowCount === 0) return;
  const inside = new URL(url);
  inside.pathname = `/${database}`;
  await connected(inside.href, async (there) => {
    await there.query('DROP SCHEMA IF EXISTS bullmq CASCADE');
    await there.query(`REASSIGN OWNED BY ${name(application)} TO ${name(owner)}`);
  });
}

/**
 * Lets the application's role work in a database that it does not own: connect, keep tables for a while, and make the queue's schema.
 * It could make a schema named as another role; each role therefore looks for its tables where they are.
 */
export async function letIn(client: pg.Client, database: string, role: string): Promise<void> {
  await client.query(`GRANT CONNECT, TEMPORARY, CREATE ON DATABASE ${name(database)} TO ${name(role)}`);
  await client.query(`ALTER DATABASE ${name(database)} SET search_path = public`);
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
 * Makes the two databases of an installation: `onward`, owned by the role `onward_owner` and used by `onward`, and the vault
 * `onward_vault` of role `onward_vault`. Nobody else can connect. The passwords are made once and kept in `secretsFile`.
 * @returns connection strings for DATABASE_URL, DATABASE_OWNER_URL and VAULT_DATABASE_URL
 */
export async function provisionDatabases(
  server: ServerAddress,
  secretsFile: string,
): Promise<{ url: string; ownerUrl: string; vaultUrl: string }> {
  const secrets = await keptSecrets(secretsFile, {
    databasePassword: newPassword,
    databaseOwnerPassword: newPassword,
    vaultDatabasePassword: newPassword,
  });
  const application = { role: 'onward', password: secrets.databasePassword };
  const main = { database: 'onward', owner: 'onward_owner', password: secrets.databaseOwnerPassword };
  const vault = { database: 'onward_vault', owner: 'onward_vault', password: secrets.vaultDatabasePassword };
  await ensureDatabase(server.url('postgres'), { ...main, application });
  await ensureDatabase(server.url('postgres'), vault);
  return {
    url: urlOf(server, main.database, application.role, application.password),
    ownerUrl: urlOf(server, main.database, main.owner, main.password),
    vaultUrl: urlOf(server, vault.database, vault.owner, vault.password),
  };
}

const urlOf = ({ host, port }: ServerAddress, database: string, role: string, password: string) =>
  `postgres://${role}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
