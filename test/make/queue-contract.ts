import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readConfig } from '../../src/kit/config.js';
import { log } from '../../src/kit/log.node.js';
import { type NudgeHandler } from '../../src/kit/queue.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { until } from './processes.js';

/** A server that keeps a queue. */
export interface QueueServer {
  /** what tells a process of it: DATABASE_URL, and REDIS_URL for Redis */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const OTHER_VARIABLES = {
  VAULT_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/never_opened',
  VAULT_MASTER_KEY: Buffer.alloc(32, 5).toString('base64'),
  STAFF_SECRET: Buffer.alloc(32, 6).toString('base64'),
  SMTP_URL: 'smtp://127.0.0.1:1',
  MAIL_FROM: 'panel@synthetic.example',
  PUBLIC_URL: 'http://127.0.0.1:1',
};

const nudgeOf = (id: string) => ({ name: 'contract.do', ids: { id } });

/** What jobs rest on, whatever keeps the queue. Call it in a test file; the server is started before the first test. */
export function queueContract(backend: 'postgres' | 'redis', start: () => Promise<QueueServer>): void {
  let server: QueueServer;
  let services: QueueService[] = [];
  const enter = () => {
    const service = new QueueService(readConfig({ ...OTHER_VARIABLES, ...server.env }));
    services.push(service);
    return service;
  };
  const leave = async (service: QueueService) => {
    services = services.filter((other) => other !== service);
    await service.beforeApplicationShutdown();
    await service.onApplicationShutdown();
  };

  beforeAll(async () => {
    log.level = 'silent';
    server = await start();
  });
  afterEach(async () => {
    for (const service of services) await leave(service);
    const sweeper = enter();
    await sweeper.drop();
    await leave(sweeper);
  });
  afterAll(() => server.stop());

  test(`the queue is kept by ${backend} and answers`, async () => {
    const queue = enter();
    expect(queue.backend).toBe(backend);
    await queue.ping();
    expect(await queue.pending()).toBe(0);
  });

  test('a nudge wakes its handler with its ids; the same nudge while the first one waits is one', async () => {
    const queue = enter();
    for (const id of ['a', 'b', 'a', 'a:with/signs ё', 'b']) await queue.nudge(nudgeOf(id));
    expect(await queue.pending()).toBe(3);
    const { handler, taken } = recorder();
    enter().work([handler]);
    await until('three jobs are done', async () => taken.length === 3 && (await queue.pending()) === 0);
    expect(taken).toEqual(
      expect.arrayContaining([{ id: 'a' }, { id: 'b' }, { id: 'a:with/signs ё' }]), // in whatever order
    );
    await queue.nudge(nudgeOf('a')); // a job that is done stands in nobody's way
    await until('it is done anew', () => taken.length === 4);
  });

  test('what no handler knows and what a handler refuses is dropped, and stands in nobody’s way', async () => {
    const queue = enter();
    const { handler, taken, refused } = recorder();
    await queue.nudge({ name: 'contract.unknown', ids: { id: 'x' } });
    await queue.nudge({ name: 'contract.do', ids: { evil: 'payload' } });
    await queue.nudge(nudgeOf('good'));
    enter().work([handler], 1);
    await until('all three are gone', async () => taken.length === 1 && (await queue.pending()) === 0);
    expect(taken).toEqual([{ id: 'good' }]);
    expect(refused).toHaveLength(1); // and not tried again
    await queue.nudge({ name: 'contract.do', ids: { evil: 'payload' } });
    await until('it is refused anew: the failed one was not kept', () => refused.length === 2);
  });

  test('a queue that is lost while a job runs is harmless: the job ends, and the next nudge is handled', async () => {
    const queue = enter();
    const gate = gated();
    enter().work([gate.handler], 1);
    await queue.nudge(nudgeOf('running'));
    await gate.taken(1);
    await queue.nudge(nudgeOf('waiting'));
    await queue.drop();
    expect(await queue.pending()).toBe(0);
    gate.letThrough();
    await queue.nudge(nudgeOf('waiting')); // the sweep's next look
    await queue.nudge(nudgeOf('running'));
    await gate.taken(3);
    await until('nothing is left', async () => (await queue.pending()) === 0);
  });

  test('closing ends the job under way, tells it to begin nothing new, and takes no other', async () => {
    const queue = enter();
    const gate = gated();
    const worker = enter();
    worker.work([gate.handler], 1);
    await queue.nudge(nudgeOf('under-way'));
    await gate.taken(1);
    await queue.nudge(nudgeOf('next'));
    let isClosed = false;
    const closing = leave(worker).then(() => (isClosed = true));
    await until('the job is told', () => gate.endings.every((ending) => ending.aborted));
    await queue.ping();
    expect(isClosed).toBe(false);
    gate.letThrough();
    await closing;
    expect(gate.done).toBe(1);
    expect(await queue.pending()).toBe(1); // the next one waits for another worker
  });

  test('a worker that was killed in the middle of a job loses nothing: another picks it up within 30 s', async () => {
    const queue = enter();
    await queue.nudge(nudgeOf('orphan'));
    const doomed = spawn(
      process.execPath,
      ['--import', join(import.meta.dirname, 'typescript.mjs'), join(import.meta.dirname, 'queue-crash.ts')],
      {
        env: { ...OTHER_VARIABLES, ...server.env, LOG_LEVEL: 'silent' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(doomed.stdout, 'data');
    doomed.kill('SIGKILL');
    await once(doomed, 'close');
    const { handler, taken } = recorder();
    enter().work([handler]);
    await until('the orphan is done', () => taken.length === 1, 30);
    expect(taken).toEqual([{ id: 'orphan' }]);
  });
}

/** Notes the payloads; refuses those that are not ids. */
function recorder() {
  const taken: unknown[] = [];
  const refused: unknown[] = [];
  const handle = async (payload: unknown): Promise<void> => {
    const isOurs = Object.keys(payload as object).includes('id');
    (isOurs ? taken : refused).push(payload);
    if (!isOurs) throw new TypeError('not the payload of this job');
  };
  return { handler: { name: 'contract.do', handle } satisfies NudgeHandler, taken, refused };
}

/** Holds every job until it is let through. */
function gated() {
  let letThrough = () => {};
  const open = new Promise<void>((resolve) => (letThrough = resolve));
  const endings: AbortSignal[] = [];
  const state = { done: 0 };
  const handle = async (_payload: unknown, ending: AbortSignal): Promise<void> => {
    endings.push(ending);
    await open;
    state.done += 1;
  };
  return {
    handler: { name: 'contract.do', handle } satisfies NudgeHandler,
    endings,
    get done() {
      return state.done;
    },
    letThrough: () => letThrough(),
    taken: (count: number) => until(`${count} jobs were taken`, () => endings.length === count),
  };
}
