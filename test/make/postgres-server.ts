// The PostgreSQL of one test run, as a process of its own: it prints one line with the addresses, and when its
// input ends (because the run is over, or died in whatever way) it stops the server and removes every file.
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/kit/embedded-postgres.node.js';
import { newPassword } from '../../src/kit/secrets.node.js';

// Copying a database is some 300 small files: about 15 ms in memory, up to 300 ms on a disk.
const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 4 * 1024 ** 3;
const memoryFits = async () => {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = await statfs(MEMORY);
  return bavail * bsize >= ENOUGH_BYTES;
};

const folder = await mkdtemp(join((await memoryFits()) ? MEMORY : tmpdir(), 'onward-test-'));
try {
  await chmod(folder, 0o711); // the server may run as another user
  const server = await startEmbeddedPostgres({
    dataDir: join(folder, 'postgres'),
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  try {
    const address = { host: server.host, port: server.port, adminUrl: server.url('postgres') };
    process.stdout.write(`${JSON.stringify({ ...address, rolePassword: newPassword() })}\n`);
    await new Promise((ended) => process.stdin.resume().once('end', ended).once('error', ended));
  } finally {
    await server.stop('immediate');
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
