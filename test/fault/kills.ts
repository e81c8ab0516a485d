import { setTimeout as pause } from 'node:timers/promises';
import { type Running } from '../make/processes.js';
import { seeded } from '../make/random-answers.js';
import { type Campaign, crash, isReady, startCampaign } from './campaign.js';
import { type Figures, told } from './figures.js';

export interface KillsSize {
  members: number;
  workers: number;
  /** A random worker is killed this often, where something was sent since the last crash. */
  everyMs: number;
  /** The end of leases is not waited for: what killed workers held is taken up at once. */
  hurry: boolean;
  /** Default: as many as come until everything was looked at. */
  mostKills?: number;
}

export interface Kills extends Figures {
  kills: number;
}

/** R5: workers that are killed again and again, and started again, send each message at most once. */
export async function kills(size: KillsSize): Promise<Kills> {
  const { members, workers, hurry } = size;
  const campaign = await startCampaign(members);
  try {
    const begun = performance.now();
    const running = await campaign.workers(workers);
    await campaign.nudge();
    const killed = await killUntilAllWasLookedAt(campaign, running, size);
    if (hurry) {
      await crash(campaign, running);
      await campaign.lapse();
      running.splice(0, running.length, ...(await campaign.workers(1)));
      await campaign.nudge();
    }
    // What the killed ones held is taken up when the leases end.
    await untilNothingIsPlanned(campaign, hurry ? 60 : 300);
    await crash(campaign, running);
    const figures = await campaign.count((performance.now() - begun) / 1000);
    figures.faults.push(...told([[figures.left, 'messages were planned still at the end']]));
    return { ...figures, kills: killed };
  } finally {
    await campaign.close();
  }
}

/** @returns how many were killed */
async function killUntilAllWasLookedAt(
  campaign: Campaign,
  running: Running[],
  { everyMs, mostKills = Infinity }: KillsSize,
): Promise<number> {
  const random = seeded(Date.now());
  let killed = 0;
  let before = 0;
  for (;;) {
    await pause(everyMs);
    if ((await campaign.open()).waiting === 0) return killed;
    // On a busy machine a process takes longer to start than the next crash takes to come: then nothing would ever be sent.
    if (killed === mostKills || campaign.sink.accepted() === before) continue;
    before = campaign.sink.accepted();
    const victims = running.filter(isReady);
    const victim = victims[Math.floor(random() * victims.length)];
    if (!victim) continue;
    victim.signal('SIGKILL');
    await victim.ended;
    killed += 1;
    running.splice(running.indexOf(victim), 1, await campaign.worker());
    await campaign.nudge(); // a lane that died with its worker comes back after 20 s only
  }
}

async function untilNothingIsPlanned(campaign: Campaign, seconds: number): Promise<void> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await pause(200)) {
    const { waiting, claimed } = await campaign.open();
    if (waiting + claimed === 0) return;
  }
}

export interface FrozenSize {
  members: number;
  /** The leases of the frozen worker end by themselves, after a minute. */
  realLease: boolean;
}

export interface Frozen extends Figures {
  /** Messages that the frozen worker held, and that others sent meanwhile. */
  takenOver: number;
}

/** R5: a worker that stands still until its leases are over, and then goes on, sends nothing that another one has sent. */
export async function frozen({ members, realLease }: FrozenSize): Promise<Frozen> {
  const campaign = await startCampaign(members);
  try {
    const begun = performance.now();
    const [sleeper] = await campaign.workers(1);
    if (!sleeper) throw new Error('no worker');
    await campaign.nudge();
    while (campaign.sink.accepted() < members / 10) await pause(1);
    sleeper.signal('SIGSTOP');
    const { claimed } = await campaign.open();
    if (!realLease) await campaign.lapse();
    const others = await campaign.workers(1);
    await campaign.nudge();
    await untilNothingIsPlanned(campaign, 180);
    sleeper.signal('SIGCONT');
    sleeper.signal('SIGTERM'); // it ends what it has begun, and nothing else
    await sleeper.ended;
    await campaign.nudge(); // for what it gave back
    await untilNothingIsPlanned(campaign, 60);
    await crash(campaign, others);
    const figures = await campaign.count((performance.now() - begun) / 1000);
    figures.faults.push(...told([[figures.left, 'messages were planned still at the end']]));
    if (claimed === 0) figures.faults.push('The frozen worker held nothing, so nothing was tried.');
    return { ...figures, takenOver: claimed };
  } finally {
    await campaign.close();
  }
}
