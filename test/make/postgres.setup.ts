// Jest's globalSetup: starts the run's PostgreSQL and tells the workers its address by their environment.
// Jest does not map `.js` to `.ts` here, so it imports nothing of ours.
import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export default async function startPostgres(): Promise<void> {
  const folder = import.meta.dirname;
  const server = spawn(
    process.execPath,
    ['--import', join(folder, 'typescript.mjs'), join(folder, 'postgres-server.ts')],
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true }, // not reached by Ctrl-C: it has to tidy up
  );
  process.env.ONWARD_TEST_POSTGRES = await new Promise<string>((resolve, reject) => {
    createInterface(server.stdout).once('line', resolve);
    server.once('exit', (code) =>
      reject(new Error(`The run's PostgreSQL did not start (exit code ${code})`)),
    );
  });
  server.unref();
  for (const pipe of [server.stdin, server.stdout]) (pipe as Socket).unref();
  Object.assign(globalThis, { onwardTestPostgres: server });
}
