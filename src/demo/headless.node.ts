import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Sweep } from '../contact/sweep.service.js';
import { ExportService } from '../export/export.service.js';
import { addDays, dateOf, MovableClock } from '../kit/clock.js';
import { findFreePort } from '../kit/embedded-process.node.js';
import { type SinkMessage } from '../kit/smtp-sink.js';
import { monthAfter, monthOf } from '../residence/month.js';
import { moveReports, opensAt, studyOccasions, windowOpenings } from './chronicle.node.js';
import { Lives } from './life.node.js';
import { localFolder } from './local.node.js';
import { makePeople, makeRefreshment, type Person } from './people.js';
import { summaryOf, withSums } from './summary.node.js';
import { direct, overHttp } from './talk.node.js';
import { beginStudy, loadStudy, type Serve, startTown, type Town, wavesOf } from './town.node.js';

/** When the study begins: fixed, so that a seed alone determines the data. */
const BEGINS = new Date('2026-02-02T06:00:00Z');

/** How many of the people go through HTTP; the others meet the same services without the network between. */
const HTTP_PEOPLE = 25;

/** The wave before which the panel is refreshed, and by which share of its size. */
const REFRESHED = { wave: 'c', share: 0.1 };

export interface HeadlessOptions {
  people: number;
  seed: number;
  out: string;
  folder: string;
  serve: Serve;
  onProgress: (text: string) => void;
}

/** Lets the study run to its end on the movable clock and exports it. The same seed gives the same data. */
export async function runHeadless(options: HeadlessOptions) {
  const { folder: within, onProgress, serve } = options;
  await mkdir(within, { recursive: true });
  const folder = localFolder(await mkdtemp(join(within, 'headless-')));
  const clock = new MovableClock(BEGINS);
  const gone = new Map<string, Date>();
  let receive: (message: SinkMessage) => void = () => undefined;
  try {
    const town = await startTown({
      folder,
      ports: { web: await findFreePort(), smtp: await findFreePort() },
      clock,
      schedule: false,
      settings: { fsync: 'off', full_page_writes: 'off' },
      serve,
      onProgress,
      onMessage: (message) => receive(message),
      refuseRecipients: (address) => {
        const since = gone.get(address);
        return since && since <= clock.now() ? 'No such mailbox here' : undefined;
      },
    });
    try {
      return await liveThrough(town, clock, options, {
        hears: (listener) => (receive = listener),
        bounces: (person, from) => gone.set(person.email, from),
      });
    } finally {
      await town.stop();
    }
  } finally {
    await rm(folder.all, { recursive: true, force: true });
  }
}

interface Post {
  hears(listener: (message: SinkMessage) => void): void;
  bounces(person: Person, from: Date): void;
}

async function liveThrough(
  { services, config }: Town,
  clock: MovableClock,
  { people: count, seed, out, onProgress }: HeadlessOptions,
  post: Post,
) {
  const study = await loadStudy(services);
  const panel = makePeople(count, seed, study.file);
  const newcomers = makeRefreshment(Math.round(count * REFRESHED.share), seed, study.file, {
    wave: REFRESHED.wave,
    recruiters: panel.slice(1),
  });
  const everyone = [...panel, ...newcomers];
  const begins = monthOf(dateOf(BEGINS));
  for (const person of everyone)
    if (person.bouncesAfter !== undefined)
      post.bounces(person, new Date(`${monthAfter(begins, person.bouncesAfter)}-15T00:00:00Z`));

  const byHttp = new Set(panel.slice(1, 1 + HTTP_PEOPLE).map((person) => person.id));
  const http = overHttp(config.publicUrl);
  const inside = direct(services);
  const lives = new Lives(panel, {
    services,
    clock,
    begins,
    waves: await wavesOf(services, study),
    talkOf: (person) => (byHttp.has(person.id) ? http : inside),
    onInterview: (on) => windowOpenings(study, on).forEach((at) => lives.calendar.lookAt(at)),
    onProgress: (share) => onProgress(`Two years of the study: ${Math.floor(share * 20) * 5} %`),
  });
  post.hears((message) => lives.receive(message));
  const last = study.file.waves.at(-1);
  const ends = addDays(opensAt(BEGINS, last?.id ?? ''), (last?.windowDays ?? 30) + 1);
  const chronicle = {
    services,
    study,
    begins: BEGINS,
    lives,
    newcomers: { wave: REFRESHED.wave, people: newcomers },
  };
  lives.calendar.add(...studyOccasions(chronicle, ends), ...moveReports(chronicle, everyone, ends));

  await beginStudy(services, study, panel);
  await lives.until(ends);
  await services(Sweep).run();
  onProgress('Writing the export');
  const key = createHash('sha256').update(`demo ${seed}`).digest();
  const files = await services(ExportService).export(study.id, out, { kind: 'system' }, { key });
  return {
    synthetic: true,
    study: study.id,
    seed,
    people: panel.length,
    newcomers: newcomers.length,
    httpRespondents: Math.min(HTTP_PEOPLE, count - 1),
    begins: BEGINS.toISOString(),
    ends: clock.now().toISOString(),
    ...(await summaryOf(services, study, {
      baseline: study.file.waves[0]?.id ?? '',
      refreshment: REFRESHED.wave,
    })),
    out,
    files: await withSums(out, files),
  };
}
