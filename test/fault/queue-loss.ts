import { Redis } from 'ioredis';
import { setTimeout as pause } from 'node:timers/promises';
import { readConfig } from '../../src/kit/config.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { onward, until } from '../make/processes.js';
import { type Campaign, crash, settled, startCampaign } from './campaign.js';
import { type Figures } from './figures.js';

/** How the queue is lost: as `onward queue drop` empties it, with its tables, or with all that its Redis holds. */
export type Loss = 'drop' | 'schema' | 'flush';

export interface QueueLossSize {
  members: number;
  loss: Loss;
  /** Where the queue is kept; default: in the main database. */
  redisUrl?: string;
  /** `drop` is called this often. */
  times?: number;
  /** By the command of the built application; else by the service behind it. */
  byCommand?: boolean;
}

export interface QueueLoss extends Figures {
  losses: number;
  /** The longest time in which nothing was sent, from the first message to the last, in seconds. */
  silence: number;
  /** From the last loss until something that fell due after it was sent, in seconds. */
  resumedAfter: number;
}

const MOST_SILENCE_SECONDS = 60;

/**
 * R8: the queue is lost in the middle of a campaign, half of which falls due only afterwards. Nothing but the workers' own sweep brings
 * the queue back.
 */
export async function queueLoss(size: QueueLossSize): Promise<QueueLoss> {
  const { members, redisUrl } = size;
  const campaign = await startCampaign(members, redisUrl ? { REDIS_URL: redisUrl } : {});
  try {
    await secondHalf(campaign, `interval '1 day'`);
    const begun = performance.now();
    const workers = await campaign.workers(2);
    await campaign.nudge();
    await until('the campaign is under way', () => campaign.sink.accepted() >= members / 10, 60);
    const losses = await lose(campaign, size);
    const before = campaign.sink.accepted();
    const lostAt = performance.now();
    await until('what was under way is sent', async () => (await campaign.open()).claimed === 0, 120);
    await secondHalf(campaign, `interval '0'`);
    const dueAt = campaign.sink.accepted();
    const limit = MOST_SILENCE_SECONDS * 2;
    const resumed = await until('it goes on', () => campaign.sink.accepted() > Math.max(dueAt, before), limit)
      .then(() => true)
      .catch(() => false);
    const resumedAfter = (performance.now() - lostAt) / 1000;
    if (resumed) await settled(campaign, 600);
    await crash(campaign, workers);
    const figures = await campaign.count((performance.now() - begun) / 1000);
    const silence = longestSilence(campaign);
    if (!resumed || silence > MOST_SILENCE_SECONDS)
      figures.faults.push(`Sending did not go on within ${MOST_SILENCE_SECONDS} s after the queue was lost.`);
    if (figures.left > 0) figures.faults.push(`${figures.left} messages were planned still at the end`);
    return { ...figures, losses, silence: rounded(silence), resumedAfter: rounded(resumedAfter) };
  } finally {
    await campaign.close();
  }
}

/** Puts off, or brings up, what half of the members are sent. */
async function secondHalf(campaign: Campaign, after: string): Promise<void> {
  await campaign.query(
    `UPDATE contact_attempt a SET due_at = now() + ${after}, falls_due_at = now() + ${after}
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS nr FROM member) AS m
     WHERE m.id = a.member_id AND m.nr % 2 = 0 AND a.state = 'planned' AND a.step = 'invitation'`,
  );
}

/** @returns how often it was lost */
async function lose(campaign: Campaign, { loss, redisUrl, times = 1, byCommand }: QueueLossSize) {
  if (loss === 'schema') {
    await campaign.query('DROP SCHEMA bullmq CASCADE');
    return 1;
  }
  if (loss === 'flush') {
    const redis = new Redis(redisUrl ?? '');
    await redis.flushall();
    redis.disconnect();
    return 1;
  }
  for (let time = 0; time < times; time += 1) {
    if (byCommand) await onward(campaign.env, 'queue', 'drop');
    else await dropByService(campaign);
    await pause(100);
  }
  return times;
}

async function dropByService({ env }: Campaign): Promise<void> {
  const queue = new QueueService(readConfig(env));
  try {
    await queue.drop();
  } finally {
    await queue.onApplicationShutdown();
  }
}

/** In seconds, between two messages that the mail server took one after the other. */
function longestSilence({ sink }: Campaign): number {
  const at = sink.arrivals.flatMap(({ acceptedAt }) => acceptedAt ?? []).sort((a, b) => a - b);
  return Math.max(0, ...at.slice(1).map((instant, index) => (instant - (at[index] ?? instant)) / 1000));
}

const rounded = (seconds: number): number => Math.round(seconds * 10) / 10;
