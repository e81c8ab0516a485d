import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ExportService } from '../export/export.service.js';
import { FieldworkService } from '../fieldwork/fieldwork.service.js';
import { addDays, MovableClock } from '../kit/clock.js';
import { findFreePort } from '../kit/embedded-process.node.js';
import { Sweep } from '../contact/sweep.service.js';
import { direct, overHttp } from './talk.node.js';
import { Lives } from './life.node.js';
import { localFolder } from './local.node.js';
import { makePeople } from './people.js';
import { beginStudy, loadStudy, questionnaireOf, type Serve, startTown } from './town.node.js';
import { mkdir } from 'node:fs/promises';

/** When the study begins: fixed, so that a seed alone determines the data. */
const BEGINS = new Date('2026-02-02T06:00:00Z');

/** How many of the people go through HTTP; the others meet the same services without the network between. */
const HTTP_PEOPLE = 25;

export interface HeadlessOptions {
  people: number;
  seed: number;
  out: string;
  folder: string;
  serve: Serve;
  onProgress: (text: string) => void;
}

/** Lets the study run to its end on the movable clock and exports it. The same seed gives the same data. */
export async function runHeadless({
  people: count,
  seed,
  out,
  folder: within,
  serve,
  onProgress,
}: HeadlessOptions) {
  await mkdir(within, { recursive: true });
  const folder = localFolder(await mkdtemp(join(within, 'headless-')));
  const clock = new MovableClock(BEGINS);
  let lives: Lives | undefined;
  try {
    const town = await startTown({
      folder,
      ports: { web: await findFreePort(), smtp: await findFreePort() },
      clock,
      schedule: false,
      settings: { fsync: 'off', full_page_writes: 'off' },
      serve,
      onProgress,
      onMessage: (message) => lives?.receive(message),
    });
    try {
      const { services, config } = town;
      const study = await loadStudy(services);
      const people = makePeople(count, seed, study.file);
      const byHttp = new Set(people.slice(1, 1 + HTTP_PEOPLE).map((person) => person.id));
      const http = overHttp(config.publicUrl);
      const inside = direct(services);
      lives = new Lives(people, {
        services,
        clock,
        ...(await questionnaireOf(services, study)),
        talkOf: (person) => (byHttp.has(person.id) ? http : inside),
        onProgress: (share) => onProgress(`The field period: ${Math.floor(share * 20) * 5} %`),
      });
      await beginStudy(services, study, people);
      const days = study.file.waves[0]?.windowDays ?? 30;
      await lives.until(addDays(BEGINS, days + 1));
      await services(Sweep).run();
      onProgress('Writing the export');
      const key = createHash('sha256').update(`demo ${seed}`).digest();
      const files = await services(ExportService).export(study.id, out, key);
      const now = await services(FieldworkService).now(study.id);
      return {
        synthetic: true,
        study: study.id,
        seed,
        people: count,
        httpRespondents: Math.min(HTTP_PEOPLE, count - 1),
        begins: BEGINS.toISOString(),
        ends: clock.now().toISOString(),
        cases: summed(
          now.cases,
          (c) => c.state,
          (c) => c.cases,
        ),
        messages: summed(
          now.attempts,
          (a) => a.state,
          (a) => a.attempts,
        ),
        moves: summed(
          now.moves,
          (m) => m.class,
          (m) => m.people,
        ),
        out,
        files: await Promise.all(
          [
            ...files.map(({ file, rows, columns }) => ({ file, rows, columns })),
            { file: 'codebook.json' },
          ].map(async (file) => ({
            ...file,
            sha256: await sha256Of(join(out, file.file)),
          })),
        ),
      };
    } finally {
      await town.stop();
    }
  } finally {
    await rm(folder.all, { recursive: true, force: true });
  }
}

function summed<Row>(
  rows: readonly Row[],
  group: (row: Row) => string,
  count: (row: Row) => number,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const row of rows) sums[group(row)] = (sums[group(row)] ?? 0) + count(row);
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => a.localeCompare(b)));
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
