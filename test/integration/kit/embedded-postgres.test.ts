import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { completeLinks, postgresBinaries } from '../../../src/kit/embedded-binaries.node.js';
import {
  runningEmbeddedPostgres,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../../src/kit/embedded-postgres.node.js';
import { isAlive } from '../../../src/kit/embedded-process.node.js';

let folder: string;
let dataDir: string;
const servers: EmbeddedPostgres[] = [];

const newFolder = async () => {
  folder = await mkdtemp(join(tmpdir(), 'onward-embedded-'));
  dataDir = join(folder, '.onward', 'postgres');
};
const removeFolder = () => rm(folder, { recursive: true, force: true });

const launchers: ChildProcess[] = [];

const stopServers = async () => {
  for (const launcher of launchers.splice(0)) launcher.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop('immediate');
  await (await runningEmbeddedPostgres(dataDir))?.stop('immediate'); // an orphan that a failed test left
};

const start = async (options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {}) => {
  const server = await startEmbeddedPostgres({ dataDir, ...options });
  servers.push(server);
  return server;
};

async function ask<Row extends pg.QueryResultRow>(server: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A launcher in a process of its own, at the head of a process group. */
async function launchElsewhere() {
  const script = join(import.meta.dirname, '../../make/embedded-launcher.ts');
  const hooks = join(import.meta.dirname, '../../make/typescript.mjs');
  const child = spawn(process.execPath, ['--import', hooks, script, dataDir], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  launchers.push(child);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const server = JSON.parse(line) as { port: number; pid: number };
  return {
    ...server,
    async killGroup() {
      const gone = once(child, 'exit');
      process.kill(-(child.pid ?? 0), 'SIGKILL');
      await gone;
    },
  };
}

// A folder that only root may enter is the case of a checkout in /root; PostgreSQL itself never runs as root.
const folders: [string, number][] = [
  ['a folder that others may enter', 0o711],
  ['a folder that is closed to others', 0o700],
];

describe.each(folders)('in %s', (_, mode) => {
  beforeEach(async () => {
    await newFolder();
    await chmod(folder, mode);
  });
  afterEach(stopServers);
  afterEach(removeFolder);

  test('data and port stay over a restart', async () => {
    const progress: string[] = [];
    const first = await start({ onProgress: (text) => progress.push(text) });
    expect(progress[0]).toContain('first start only');
    await ask(first, `CREATE TABLE kept AS SELECT 1 AS n`);
    await first.stop();
    await first.stop();
    expect(await runningEmbeddedPostgres(dataDir)).toBeUndefined();

    const second = await start();
    expect(second.port).toBe(first.port);
    expect(second.adopted).toBe(false);
    expect(await ask(second, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
  });

  test('the server outlives the death of its launcher and its process group, and is taken over', async () => {
    const launcher = await launchElsewhere();
    await expect(start()).rejects.toMatchObject({ code: 'kit.postgres_in_use' });
    expect(await runningEmbeddedPostgres(dataDir)).toMatchObject({ pid: launcher.pid, port: launcher.port });
    await launcher.killGroup();

    const adopted = await start();
    expect(adopted).toMatchObject({ pid: launcher.pid, port: launcher.port, adopted: true });
    expect(await ask(adopted, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    await adopted.stop();
    expect((await start()).pid).not.toBe(launcher.pid);
  });

  test('kill -9 of the postmaster amid writes loses nothing that was acknowledged', async () => {
    const before = await start();
    await ask(before, 'CREATE TABLE kept (n int PRIMARY KEY)');
    const client = new pg.Client({ connectionString: before.url('postgres') });
    client.on('error', () => undefined);
    await client.connect();
    let acknowledged = 0;
    let killed: Promise<void> | undefined;
    await expect(
      (async () => {
        for (;;) {
          await client.query('INSERT INTO kept VALUES ($1)', [acknowledged + 1]);
          acknowledged++;
          if (acknowledged === 50) killed = before.kill();
        }
      })(),
    ).rejects.toThrow();
    await killed;

    const after = await start();
    const [row] = await ask<{ n: number }>(after, 'SELECT count(*)::int AS n FROM kept');
    expect(row?.n).toBeGreaterThanOrEqual(acknowledged);
    expect(row?.n).toBeLessThanOrEqual(acknowledged + 1);
  });
});

describe('with data of an earlier start', () => {
  beforeAll(newFolder);
  afterEach(stopServers);
  afterAll(removeFolder);

  test('a pid file that names another living process does not stop the start', async () => {
    const first = await start();
    await ask(first, 'SELECT 1');
    const file = await readFile(join(dataDir, 'postmaster.pid'), 'utf8');
    await first.stop();
    await writeFile(join(dataDir, 'postmaster.pid'), file.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await ask(second, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
  });

  test('a query that outlives its postmaster does not stop the next start', async () => {
    const first = await start();
    const busy = new pg.Client({ connectionString: first.url('postgres') });
    busy.on('error', () => undefined);
    await busy.connect();
    const query = busy.query('SELECT count(*) FROM generate_series(1, 1000000000000)');
    const failed = expect(query).rejects.toThrow();
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.pid).not.toBe(first.pid);
    await failed;
  });

  test('a server whose folder was deleted is stopped, and does not disturb a new start', async () => {
    const first = await start();
    const second = await start();
    expect(second.pid).toBe(first.pid); // the same process may ask twice
    await rm(join(folder, '.onward'), { recursive: true });
    const third = await start();
    expect(third.adopted).toBe(false);
    expect(await ask(third, 'SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(isAlive(first.pid)).toBe(false);
    await rm(join(folder, '.onward'), { recursive: true });
    await third.stop();
    expect(isAlive(third.pid)).toBe(false);
  });

  test('a given port that is taken is a problem, a remembered one is replaced', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await expect(start({ port })).rejects.toMatchObject({ code: 'kit.postgres_port_taken' });
      await writeFile(join(dataDir, 'onward-port'), String(port));
      expect((await start()).port).not.toBe(port);
    } finally {
      other.close();
    }
  });

  test('an orphan on another port than the asked one is replaced', async () => {
    const launcher = await launchElsewhere();
    await launcher.killGroup();
    const port = launcher.port + 1;
    expect(await start({ port })).toMatchObject({ port, adopted: false });
  });

  test('a wrong setting is reported with the end of the log', async () => {
    await expect(start({ settings: { shared_buffers: 'many' } })).rejects.toMatchObject({
      code: 'kit.postgres_start_failed',
      message: expect.stringContaining('shared_buffers') as unknown,
    });
  });

  test('a start that takes too long is given up and leaves no server', async () => {
    await (await start()).stop();
    await expect(start({ timeoutSeconds: 0 })).rejects.toMatchObject({
      code: 'kit.postgres_start_timed_out',
    });
    expect(await runningEmbeddedPostgres(dataDir)).toBeUndefined();
  });

  test('data of another version and foreign folders are left alone', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({
      code: 'kit.postgres_other_version',
      details: { found: '17', expected: '18' },
    });
    await writeFile(join(dataDir, 'PG_VERSION'), '18\n');
    const foreign = join(folder, 'foreign');
    await mkdir(foreign);
    await writeFile(join(foreign, 'letter.txt'), 'mine');
    await expect(start({ dataDir: foreign })).rejects.toMatchObject({ code: 'kit.postgres_folder_not_ours' });
    expect(await readFile(join(foreign, 'letter.txt'), 'utf8')).toBe('mine');
  });

  test('a platform without binaries is named', async () => {
    await expect(postgresBinaries('plan9', 'x64')).rejects.toMatchObject({
      code: 'kit.postgres_package_missing',
      details: { platform: 'plan9-x64' },
    });
  });

  test('links that npm left out are made', async () => {
    await mkdir(join(folder, 'native', 'lib'), { recursive: true });
    const links = [{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so.1' }];
    await writeFile(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
    await completeLinks(folder);
    await completeLinks(folder);
    expect(await readlink(join(folder, 'native', 'lib', 'libx.so.1'))).toBe('libx.so.1.2');
  });

  test('only the password opens it, and only this user reads the password', async () => {
    const server = await start();
    const wrong = new pg.Client({
      host: server.host,
      port: server.port,
      user: 'postgres',
      password: 'guess',
    });
    await expect(wrong.connect()).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(`${dataDir}.password`)).mode & 0o777).toBe(0o600);
    expect(await ask(server, `SELECT current_setting('listen_addresses') AS at`)).toEqual([
      { at: '127.0.0.1' },
    ]);
  });

  test('no value of a statement reaches the log, whether it fails or ends its connection', async () => {
    const server = await start();
    await ask(
      server,
      `CREATE TABLE contact (email text PRIMARY KEY); INSERT INTO contact VALUES ('anna@example.org')`,
    );
    await expect(ask(server, `INSERT INTO contact VALUES ('anna@example.org')`)).rejects.toMatchObject({
      code: '23505',
    });
    await expect(
      ask(server, `SELECT 'anna@example.org', pg_terminate_backend(pg_backend_pid())`),
    ).rejects.toMatchObject({ code: '57P01' });
    const log = await readFile(`${dataDir}.log`, 'utf8');
    expect(log).toContain('terminating connection');
    expect(log).not.toContain('anna@example.org');
  });
});
