import { setTimeout as pause } from 'node:timers/promises';
import { seeded } from '../make/random-answers.js';
import { liveThrough } from './answers-clients.js';
import { type AnswerFigures, emptyLedger, type Ledger } from './answers-figures.js';
import { type AnswersSite, answersSite, ready } from './answers-site.js';

export interface AnswerKillsSize {
  /** Acts of people: saves, submissions with their consents, withdrawals. */
  acts: number;
  /** A random process is killed this often, where something was acknowledged since the last crash. */
  everyMs: number;
  /** Default: as many as come until all lives are lived. */
  mostKills?: number;
}

export interface AnswerKills extends AnswerFigures {
  /** How often each process was killed. */
  kills: Record<string, number>;
}

/** What one person does, at the least. */
const ACTS_EACH = 5;

/** R1: web processes, the worker and PostgreSQL are killed again and again while eight clients answer. */
export async function answerKills({
  acts,
  everyMs,
  mostKills = Infinity,
}: AnswerKillsSize): Promise<AnswerKills> {
  const site = await answersSite({ people: Math.ceil(acts / ACTS_EACH), workers: 1 });
  try {
    const begun = performance.now();
    const ledger = emptyLedger();
    const over = new AbortController();
    const killing = killUntil(site, ledger, over.signal, everyMs, mostKills);
    try {
      await Promise.race([liveThrough(site, ledger), killing]);
    } finally {
      over.abort();
    }
    const kills = await killing;
    await ready([...site.processes, site.postgres]);
    const figures = await site.count(ledger, (performance.now() - begun) / 1000);
    if (Object.keys(kills).length === 0) figures.faults.push('Nothing was killed, so nothing was shown.');
    return { ...figures, kills };
  } finally {
    await site.close();
  }
}

async function killUntil(
  site: AnswersSite,
  { acknowledged }: Ledger,
  over: AbortSignal,
  everyMs: number,
  most: number,
): Promise<Record<string, number>> {
  const random = seeded(Date.now());
  const kills: Record<string, number> = {};
  let before = 0;
  for (let killed = 0; ;) {
    await pause(everyMs, undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return kills;
    // On a busy machine a process takes longer to start than the next crash takes to come: then nothing would ever be stored.
    if (killed === most || acknowledged.length === before) continue;
    before = acknowledged.length;
    const victims = [...site.processes, site.postgres].filter((each) => each.isReady());
    const victim = victims[Math.floor(random() * victims.length)];
    if (!victim) continue;
    await victim.crash();
    killed += 1;
    kills[victim.name] = (kills[victim.name] ?? 0) + 1;
  }
}
