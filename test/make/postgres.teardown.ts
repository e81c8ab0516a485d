// Jest's globalTeardown: waits until the run's PostgreSQL has stopped and its files are gone.
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

export default async function stopPostgres(): Promise<void> {
  const { onwardTestPostgres: server } = globalThis as unknown as {
    onwardTestPostgres: ChildProcessWithoutNullStreams;
  };
  if (server.exitCode !== null) return;
  server.ref();
  server.stdin.end();
  await once(server, 'exit');
}
