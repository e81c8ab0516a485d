// What a bench stands on: a temporary folder with a PostgreSQL in it, as `npm run demo` starts one (fsync on, default
// settings), and the application of dist/. All of it is gone afterwards, however the bench ends.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedPostgres } from '../../dist/src/kit/embedded-postgres.node.js';
import { migrate } from '../../dist/src/kit/migrate.node.js';
import { ensureDatabase } from '../../dist/src/kit/provision.node.js';
import { newPassword } from '../../dist/src/kit/secrets.node.js';

/**
 * Runs a bench and clears up after it.
 * @param work  given `{ folder, server, database, connect, child, measured, progress, machine }`
 */
export async function onGround(work) {
  const folder = await mkdtemp(join(tmpdir(), 'onward-bench-'));
  const ends = [() => rm(folder, { recursive: true, force: true })];
  let ended;
  const end = () => (ended ??= allOf(ends));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => void end().finally(() => process.exit(1)));
  try {
    await chmod(folder, 0o711); // the server may run as another user
    const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    ends.push(() => server.stop('immediate'));
    const password = newPassword();
    const connect = async (database) => {
      const client = new pg.Client({ connectionString: server.url(database) });
      client.on('error', () => undefined); // the server stops before a client that a failure left open
      await client.connect();
      return client;
    };
    /** Starts a Node program of ours that reports over IPC; it never outlives the bench. */
    const child = (program, { args = [], execArgv = [], env = {} } = {}) => {
      const process_ = fork(program, args, {
        execArgv,
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const gone = once(process_, 'exit');
      ends.push(async () => {
        if (process_.exitCode === null && process_.signalCode === null) process_.kill('SIGKILL');
        await gone;
      });
      return Object.assign(process_, { gone });
    };
    return await work({
      folder,
      server,
      connect,
      /** Makes and migrates a database. @returns the environment that a production process would be given for it */
      database: async (name, port) => {
        const urlOf = (database, owner) =>
          `postgres://${owner}:${password}@127.0.0.1:${server.port}/${database}`;
        const parts = [
          [name, 'onward'],
          [`${name}_vault`, 'onward_vault'],
        ];
        for (const [database, owner] of parts)
          await ensureDatabase(server.url('postgres'), { database, owner, password });
        const [url, vaultUrl] = parts.map(([database, owner]) => urlOf(database, owner));
        await migrate(url, vaultUrl);
        return {
          DATABASE_URL: url,
          VAULT_DATABASE_URL: vaultUrl,
          VAULT_MASTER_KEY: randomBytes(32).toString('base64'),
          STAFF_SECRET: randomBytes(32).toString('base64'),
          SMTP_URL: 'smtp://127.0.0.1:9',
          MAIL_FROM: 'Panel <panel@synthetic.example>',
          PUBLIC_URL: `http://127.0.0.1:${port}`,
          PORT: String(port),
          LOG_LEVEL: 'error',
        };
      },
      child,
      /** One measurement in a process of its own, which sends a figure and ends. @param rows  how many it has to meet, if that is known */
      measured: async (program, { rows, ...options }) => {
        const measuring = child(program, options);
        const [figure] = await Promise.race([
          once(measuring, 'message'),
          measuring.gone.then(() => {
            throw new Error(`${program} ${options.args.join(' ')} ended without a figure.`);
          }),
        ]);
        await measuring.gone;
        if (rows !== undefined && figure.rows !== rows)
          throw new Error(`${program} ${options.args.join(' ')} met ${figure.rows} rows of ${rows}.`);
        return figure;
      },
      progress: (text) => void (process.stderr.isTTY && process.stderr.write(`${text}\n`)),
      machine: await machineOf(await connect('postgres')),
    });
  } finally {
    await end();
  }
}

/** Does everything, the last first, whether or not something fails; tells then what did. */
async function allOf(ends) {
  const failures = [];
  for (const clear of ends.toReversed()) await clear().catch((cause) => failures.push(cause));
  if (failures.length > 0) throw new AggregateError(failures, 'The bench could not be cleared away.');
}

async function machineOf(client) {
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
  );
  await client.end();
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    postgres: rows[0].version,
    fsync: rows[0].fsync,
    synchronousCommit: rows[0].commit,
  };
}
