import { spawnSync } from 'node:child_process';
import { mkdtemp, open, readdir, rm, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../../src/kit/error-code.js';
import { until } from '../make/processes.js';
import { liveThrough } from './answers-clients.js';
import { type AnswerFigures, emptyLedger } from './answers-figures.js';
import { type AnswersSite, answersSite, ready } from './answers-site.js';

/**
 * How the disk comes to be full. `volume`: a file system of its own, in memory, is filled to the last byte; that needs the right to
 * mount. `device`: the files to which PostgreSQL is about to write its log lead to `/dev/full`, where the kernel answers every write
 * with the same error (ENOSPC); that needs no right. Linux both.
 */
export type FullBy = 'volume' | 'device';

export interface FullDiskSize {
  people: number;
  by: FullBy;
  /** The disk stays full for so long after the first request that could not be stored. */
  fullSeconds: number;
  /** So often PostgreSQL is restarted afterwards: stopped in order and killed in turn. */
  restarts: number;
}

export interface FullDisk extends AnswerFigures {
  busy: number;
  /** From the moment that there is room again until something is acknowledged, at the longest, in seconds. */
  backAfter: number;
}

const MOST_SECONDS = 60;
const VOLUME_MB = 320;
/** Little log before it wraps, so that the volume need not be large. */
const SETTINGS = { max_wal_size: '64MB', min_wal_size: '32MB', checkpoint_timeout: '30s' };

interface Disk {
  fill(): Promise<void>;
  free(): Promise<void>;
}

/** R11: the disk of PostgreSQL is full for a while, then it is restarted a few times, while eight clients answer. */
export async function fullDisk({ people, by, fullSeconds, restarts }: FullDiskSize): Promise<FullDisk> {
  const volume = by === 'volume' ? await mountedVolume() : undefined;
  try {
    const site = await answersSite({
      people,
      settings: SETTINGS,
      ...(volume ? { within: volume.folder } : {}),
    });
    try {
      return await live(site, volume ? ballast(volume.folder) : deviceFull(site), { fullSeconds, restarts });
    } finally {
      await site.close();
    }
  } finally {
    await volume?.unmount();
  }
}

async function live(
  site: AnswersSite,
  disk: Disk,
  { fullSeconds, restarts }: Pick<FullDiskSize, 'fullSeconds' | 'restarts'>,
): Promise<FullDisk> {
  const begun = performance.now();
  const ledger = emptyLedger();
  const lives = liveThrough(site, ledger, { ends: ['submits', 'refuses', 'stops', 'falls silent'] });
  lives.catch(() => undefined); // told when it is awaited
  const back = async (since: number) => {
    const before = ledger.acknowledged.length;
    await until(
      'something is acknowledged again',
      async () => {
        await revived(site);
        return ledger.acknowledged.length > before;
      },
      MOST_SECONDS * 2,
    );
    return (performance.now() - since) / 1000;
  };
  await until('the clients are under way', () => ledger.acknowledged.length > site.people.length / 2, 60);
  await disk.fill();
  const calm = ledger.busy;
  await until('the disk is full', () => ledger.busy > calm, 60);
  for (const end = performance.now() + fullSeconds * 1000; performance.now() < end; await pause(1000))
    await revived(site);
  await disk.free();
  let backAfter = await back(performance.now());
  for (let nr = 0; nr < restarts; nr += 1) {
    const since = performance.now();
    await (nr % 2 === 0 ? site.postgres.restart() : site.postgres.crash());
    backAfter = Math.max(backAfter, await back(since));
  }
  await lives;
  await ready([site.postgres]);
  const figures = await site.count(ledger, (performance.now() - begun) / 1000);
  if (backAfter > MOST_SECONDS)
    figures.faults.push(
      `Answers were taken again only after ${Math.round(backAfter)} s; ${MOST_SECONDS} s is the most.`,
    );
  if (ledger.busy === calm) figures.faults.push('Nothing was tried meanwhile, so nothing was shown.');
  return { ...figures, busy: ledger.busy, backAfter: Math.round(backAfter * 10) / 10 };
}

/** A server that gave up for want of room is started again and again, as a supervisor does; while there is none it cannot start. */
async function revived(site: AnswersSite): Promise<void> {
  await site.postgres.revive().catch(() => undefined);
}

/** @throws where this process may not mount */
async function mountedVolume(): Promise<{ folder: string; unmount(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'onward-volume-'));
  const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${VOLUME_MB}m,mode=0711`, 'onward', folder], {
    encoding: 'utf8',
  });
  if (mount.status !== 0) {
    await rm(folder, { recursive: true });
    throw new Error(`No volume could be mounted: ${mount.stderr}`);
  }
  const release = () => void spawnSync('umount', ['--lazy', folder]);
  process.once('exit', release); // a run that is broken off leaves none behind
  return {
    folder,
    async unmount() {
      process.off('exit', release);
      release();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Whether this process may make a volume. */
export function mayMount(): boolean {
  return (
    process.platform === 'linux' &&
    process.geteuid?.() === 0 &&
    spawnSync('unshare', ['-m', 'true']).status === 0
  );
}

/** Fills what is left of a volume. */
function ballast(folder: string): Disk {
  const file = join(folder, 'ballast');
  return {
    async fill() {
      const handle = await open(file, 'w');
      try {
        for (const size of [1024 * 1024, 4096]) while (await written(handle.write(Buffer.alloc(size))));
      } finally {
        await handle.close();
      }
    },
    free: () => rm(file),
  };
}

async function written(write: Promise<{ bytesWritten: number }>): Promise<boolean> {
  try {
    return (await write).bytesWritten > 0;
  } catch (cause) {
    if (errorCode(cause) === 'ENOSPC') return false;
    throw cause;
  }
}

const SEGMENTS_AHEAD = 8;

/** The segments of the write-ahead log that come next lead to a device that is always full. */
function deviceFull(site: AnswersSite): Disk {
  const folder = join(site.postgres.folder, 'pg_wal');
  const placed: string[] = [];
  return {
    async fill() {
      const [now] = await site.query<{ name: string }>(
        'SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name',
      );
      const name = now?.name ?? '';
      const present = new Set(await readdir(folder));
      for (let ahead = 1; ahead <= SEGMENTS_AHEAD; ahead += 1) {
        const next = later(name, ahead);
        if (present.has(next)) await unlink(join(folder, next)); // made in advance, and empty still
        await symlink('/dev/full', join(folder, next));
        placed.push(join(folder, next));
      }
      await site.query('SELECT pg_switch_wal()');
    },
    async free() {
      for (const path of placed) await rm(path, { force: true });
    },
  };
}

/** The name of a segment (timeline, then its number in two parts of eight hexadecimal digits; 256 to the second part). */
function later(name: string, ahead: number): string {
  const number = parseInt(name.slice(8, 16), 16) * 256 + parseInt(name.slice(16, 24), 16) + ahead;
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  return name.slice(0, 8) + hex(Math.floor(number / 256)) + hex(number % 256);
}
