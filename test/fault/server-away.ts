import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../make/processes.js';
import { crash, settled, startCampaign } from './campaign.js';
import { type Figures } from './figures.js';

export interface ServerAwaySize {
  members: number;
  seconds: number;
}

export interface ServerAway extends Figures {
  /** Connections that were tried while the server was away. */
  tried: number;
  /** How often in a row all processes together found that it is away. */
  rounds: number;
}

const WORKERS = 2;
/** Of one worker: a connection that had died and a fresh one for each message that was on its way. */
const MOST_CONNECTIONS = 2 * 4 * 16;

/** A mail server that goes away in the middle of a campaign and comes back: messages wait, and nothing is lost or sent twice. */
export async function serverAway({ members, seconds }: ServerAwaySize): Promise<ServerAway> {
  const campaign = await startCampaign(members);
  const { sink } = campaign;
  try {
    const begun = performance.now();
    const workers = await campaign.workers(WORKERS);
    await campaign.nudge();
    await until('the campaign is under way', () => sink.accepted() >= members / 10, 60);
    sink.goAway();
    const before = sink.accepted();
    let rounds = 0;
    for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(250)) {
      await campaign.nudge(1); // as often as one likes: the back-off holds for all processes
      const [state] = await campaign.query<{ failures: number }>('SELECT failures FROM channel_state');
      rounds = Math.max(rounds, state?.failures ?? 0);
    }
    const { turnedAway: tried } = sink;
    const arrived = sink.accepted() - before;
    sink.comeBack();
    await settled(campaign, 900, () => campaign.nudge(1));
    await crash(campaign, workers);
    const figures = await campaign.count((performance.now() - begun) / 1000);
    const most = mostRounds(seconds);
    if (arrived > 0) figures.faults.push(`${arrived} messages were taken while the server was away`);
    if (tried === 0 || rounds === 0)
      figures.faults.push('Nothing was tried while the server was away, so nothing was shown.');
    if (rounds > most || tried > most * WORKERS * MOST_CONNECTIONS)
      figures.faults.push(`The server was tried ${tried} times in ${rounds} rounds: there is no back-off.`);
    return { ...figures, tried, rounds };
  } finally {
    await campaign.close();
  }
}

/** How often a back-off of 5 s, doubled each time, lets a server be tried within some seconds. */
const mostRounds = (seconds: number): number => 1 + Math.floor(Math.log2(seconds / 5 + 1));
