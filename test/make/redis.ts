import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findFreePort } from '../../src/kit/embedded-process.node.js';

/** A Redis of one test file. */
export interface TestRedis {
  port: number;
  /** Stopping it again does nothing. */
  stop(): Promise<void>;
}

/** Starts Debian's `redis-server` on a free port of 127.0.0.1. @throws a sentence when it is not installed */
export async function startRedis(options: { password?: string } = {}): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'onward-redis-'));
  const port = await findFreePort();
  const setting = {
    bind: '127.0.0.1',
    port,
    dir,
    save: '',
    appendonly: 'no',
    'maxmemory-policy': 'noeviction',
  };
  const login = options.password === undefined ? [] : ['--requirepass', options.password];
  const args = Object.entries(setting).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn('redis-server', [...args, ...login], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(
        cause.code === 'ENOENT'
          ? new Error('redis-server is not installed. Install it first: apt-get install redis-server')
          : cause,
      ),
    );
    server.once('exit', (code) => fail(new Error(`redis-server ended with ${code}`)));
    createInterface(server.stdout).on(
      'line',
      (line) => line.includes('Ready to accept connections') && ready(),
    );
  });
  return {
    port,
    stop: async () => {
      server.removeAllListeners('exit');
      if (server.exitCode === null) {
        const gone = once(server, 'close');
        server.kill('SIGTERM');
        await gone;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}
