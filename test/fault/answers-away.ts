import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../make/processes.js';
import { liveThrough } from './answers-clients.js';
import { type AnswerFigures, emptyLedger } from './answers-figures.js';
import { answersSite } from './answers-site.js';

export interface AnswersAwaySize {
  people: number;
  /** PostgreSQL stands still for so long. */
  seconds: number;
}

export interface AnswersAway extends AnswerFigures {
  /** Requests that were answered 503. */
  busy: number;
  /** The longest that a request waited for an answer. */
  longestSeconds: number;
}

const MOST_SECONDS = 10;

/** R2: PostgreSQL stands still while eight clients answer. Nothing is acknowledged meanwhile, and nobody is left waiting. */
export async function answersAway({ people, seconds }: AnswersAwaySize): Promise<AnswersAway> {
  const site = await answersSite({ people });
  try {
    const begun = performance.now();
    const ledger = emptyLedger();
    const lives = liveThrough(site, ledger, { ends: ['submits', 'refuses', 'falls silent'] });
    lives.catch(() => undefined); // told when it is awaited
    await until('the clients are under way', () => ledger.acknowledged.length > people, 60);
    const goOn = site.postgres.freeze();
    await pause(100); // what was committed before is acknowledged by now
    const before = ledger.acknowledged.length;
    await pause(seconds * 1000);
    const meanwhile = ledger.acknowledged.length - before;
    goOn();
    await lives;
    const figures = await site.count(ledger, (performance.now() - begun) / 1000);
    const longestSeconds = Math.round(ledger.longestMs / 100) / 10;
    if (meanwhile > 0)
      figures.faults.push(`${meanwhile} acts were acknowledged while nothing could be stored`);
    if (longestSeconds > MOST_SECONDS)
      figures.faults.push(
        `A request waited ${longestSeconds} s for an answer; ${MOST_SECONDS} s is the most.`,
      );
    if (ledger.busy === 0) figures.faults.push('Nothing was tried meanwhile, so nothing was shown.');
    return { ...figures, busy: ledger.busy, longestSeconds };
  } finally {
    await site.close();
  }
}
