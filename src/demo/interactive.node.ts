import { mkdir, rm } from 'node:fs/promises';
import { LocalDoorService } from '../access/local-door.service.js';
import { ROLES } from '../access/role.js';
import { addDays, Clock, dateOf, hourOf } from '../kit/clock.js';
import { findFreePort, portIsFree } from '../kit/embedded-process.node.js';
import { startEmbeddedPostgres } from '../kit/embedded-postgres.node.js';
import { QueueService } from '../kit/queue.service.js';
import { monthOf } from '../residence/month.js';
import { Lives } from './life.node.js';
import { localFolder, type LocalFolder } from './local.node.js';
import { startOutbox } from './outbox.node.js';
import { makePeople, type Person } from './people.js';
import { type DemoState, readState, writeState } from './state.node.js';
import { overHttp } from './talk.node.js';
import { beginStudy, loadStudy, type Serve, startTown, wavesOf } from './town.node.js';

/** Days of the first wave that the synthetic people have lived through when the links appear. */
const DAYS_LIVED = 9;

const PORTS = { web: 8080, smtp: 8025, outbox: 8026 };

export interface InteractiveOptions {
  people: number;
  seed: number;
  folder: string;
  reset: boolean;
  serve: Serve;
  onProgress: (text: string) => void;
}

export interface Links {
  respondent: string;
  /** Signs the synthetic owner in, once. */
  fieldwork: string;
  outbox: string;
}

/** A clock that is moved while the people live through the past, and then follows the machine's. */
class DemoClock extends Clock {
  constructor(private at: Date | undefined) {
    super();
  }
  now(): Date {
    return this.at ? new Date(this.at) : new Date();
  }
  moveTo(instant: Date): void {
    this.at = instant;
  }
  goLive(): void {
    this.at = undefined;
  }
}

/**
 * Brings the demo up, or goes on with the one in the folder, and lets its people live up to now.
 * @returns the links and how to stop it all
 */
export async function startInteractive(
  options: InteractiveOptions,
): Promise<{ links: Links; stop: () => Promise<void> }> {
  const { onProgress } = options;
  const folder = localFolder(options.folder);
  if (options.reset) await clear(folder, onProgress);
  await mkdir(folder.all, { recursive: true });
  const state = (await readState(folder.state)) ?? (await freshState(options));
  state.ports = await usablePorts(state.ports);

  const clock = new DemoClock(state.livedUntil);
  let lives: Lives | undefined;
  const town = await startTown({
    folder,
    ports: state.ports,
    clock,
    schedule: true,
    serve: options.serve,
    onProgress,
    onMessage: (message) => lives?.receive(message),
  });
  try {
    await writeState(folder.state, state);
    const outbox = await startOutbox({ sink: town.sink, port: state.ports.outbox });
    const study = await loadStudy(town.services);
    const people = makePeople(state.people, state.seed, study.file);
    lives = new Lives(people, {
      services: town.services,
      clock,
      begins: monthOf(dateOf(state.startedAt)),
      waves: await wavesOf(town.services, study),
      talkOf: () => overHttp(town.config.publicUrl),
      onProgress: (share) =>
        onProgress(
          `Synthetic people live through the first ${DAYS_LIVED} days: ${Math.floor(share * 10) * 10} %`,
        ),
    });
    for (const message of await town.sink.messages()) lives.receive(message);
    if (state.livedUntil < state.endsAt) {
      // Jobs of a process that was killed would be waited for until their locks lapse; what is owed stands in tables.
      await town.services(QueueService).drop();
      if (state.livedUntil.getTime() === state.startedAt.getTime())
        await beginStudy(town.services, study, people);
      await lives.until(state.endsAt, async (at) => {
        await writeState(folder.state, { ...state, livedUntil: at });
      });
    }
    clock.goLive();
    const visitor = people[0] as Person;
    const { publicUrl } = town.config;
    return {
      links: {
        respondent: `${publicUrl}/go/${study.file.code}/a/${visitor.locale}#${lives.linkTokenOf(visitor) ?? ''}`,
        fieldwork: await town.services(LocalDoorService).newLink('owner@synthetic.example', ROLES),
        outbox: outbox.url,
      },
      stop: async () => {
        await outbox.stop();
        await town.stop();
      },
    };
  } catch (cause) {
    await town.stop();
    throw cause;
  }
}

async function freshState({ people, seed }: InteractiveOptions): Promise<DemoState> {
  const endsAt = hourOf(new Date());
  const startedAt = addDays(endsAt, -DAYS_LIVED);
  return { people, seed, startedAt, livedUntil: startedAt, endsAt, ports: await usablePorts(PORTS) };
}

/** The ports wished for, or free ones where something else listens there. */
async function usablePorts(wished: DemoState['ports']): Promise<DemoState['ports']> {
  const usable = async (port: number) => ((await portIsFree(port)) ? port : findFreePort());
  return {
    web: await usable(wished.web),
    smtp: await usable(wished.smtp),
    outbox: await usable(wished.outbox),
  };
}

/** Starts over: stops what still runs in the folder and empties it. */
async function clear(folder: LocalFolder, onProgress: (text: string) => void): Promise<void> {
  onProgress('Starting over');
  if (await readState(folder.state))
    await (await startEmbeddedPostgres({ dataDir: folder.postgres })).stop('immediate');
  await rm(folder.all, { recursive: true, force: true });
}
