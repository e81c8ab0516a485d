// `npm run fault -- contacts [r5|frozen|r6|r8|away …] [--scale 0.1] [--json]`: the fault tests of contacts at their full sizes.
// `npm run fault -- answers [r1|r2|r3|r4|r11|random …] [--scale 0.1] [--json]`: those of answers.
// `npm run fault -- backup [--scale 0.2] [--json]`: an older backup restored after two people were erased.
// `npm run fault -- seizure [--scale 0.2] [--json]`: what a thief without the key finds.
// A line each; ends with 1 where a rule did not hold. Every run has a PostgreSQL of its own.
import { spawnSync } from 'node:child_process';
import startPostgres from '../make/postgres.setup.js';
import stopPostgres from '../make/postgres.teardown.js';
import { killAll } from '../make/processes.js';
import { startRedis } from '../make/redis.js';
import { answersAway } from './answers-away.js';
import { doubles } from './answers-doubles.js';
import { fullDisk, mayMount } from './answers-full-disk.js';
import { answerKills } from './answers-kills.js';
import { offline } from './answers-offline.js';
import { randomPosts } from './answers-random.js';
import { restores } from './backup.js';
import { type Figures } from './figures.js';
import { frozen, kills } from './kills.js';
import { queueLoss } from './queue-loss.js';
import { races } from './races.js';
import { seizure } from './seizure.js';
import { serverAway } from './server-away.js';

type Scale = (full: number) => number;
/** What any run found: numbers, and every rule that did not hold. */
type Found = { faults: string[] };

const CONTACTS: Record<string, (of: Scale) => Promise<Figures>> = {
  r5: (of) => kills({ members: of(50_000), workers: 4, everyMs: 2000, hurry: false }),
  frozen: (of) => frozen({ members: of(5_000), realLease: true }),
  r6: (of) => races({ races: of(10_000) }),
  'r8-schema': (of) => queueLoss({ members: of(10_000), loss: 'schema' }),
  'r8-drop': (of) => queueLoss({ members: of(10_000), loss: 'drop', times: 5, byCommand: true }),
  'r8-redis': async (of) => {
    const redis = await startRedis();
    try {
      const redisUrl = `redis://127.0.0.1:${redis.port}`;
      return await queueLoss({ members: of(10_000), loss: 'flush', redisUrl });
    } finally {
      await redis.stop();
    }
  },
  away: (of) => serverAway({ members: of(10_000), seconds: 60 }),
};
const ANSWERS: Record<string, (of: Scale) => Promise<Found>> = {
  r1: (of) => answerKills({ acts: of(10_000), everyMs: 2000 }),
  r2: (of) => answersAway({ people: of(400), seconds: 20 }),
  r3: (of) => doubles({ people: of(500), posts: 20 }),
  r4: (of) => offline({ people: of(500) }),
  r11: (of) =>
    fullDisk({ people: of(1000), by: mayMount() ? 'volume' : 'device', fullSeconds: 20, restarts: 6 }),
  random: (of) => randomPosts({ cases: of(100_000) }),
};
const SUBJECTS: Record<string, Record<string, (of: Scale) => Promise<Found>>> = {
  contacts: CONTACTS,
  answers: ANSWERS,
  backup: { r12: (of) => restores({ people: of(200) }) },
  seizure: { thief: (of) => seizure({ people: of(1000) }) },
};
const LINES: Record<string, (found: Found) => string> = {
  contacts: (found) => messagesIn(found as Figures),
  answers: answersIn,
  backup: listed,
  seizure: (found) => listed({ ...found, faults: found.faults.length }),
};
const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;

const words = process.argv.slice(2);
const scaleAt = words.indexOf('--scale');
const share = scaleAt < 0 ? 1 : Number(words[scaleAt + 1]);
const [piece, ...names] = words.filter(
  (word, at) => word !== '--json' && (scaleAt < 0 || (at !== scaleAt && at !== scaleAt + 1)),
);
const scenarios = SUBJECTS[piece ?? ''] ?? {};
const chosen = Object.keys(scenarios).filter(
  (name) => (names.length === 0 || names.includes(name)) && (name !== 'r8-redis' || hasRedis),
);
if (chosen.length === 0 || !(share > 0) || names.some((name) => !(name in scenarios))) {
  const ways = Object.entries(SUBJECTS).map(
    ([subject, all]) => `${subject} [${Object.keys(all).join('|')} …]`,
  );
  process.stderr.write(`Say: npm run fault -- ${ways.join(' or ')} [--scale 0.1] [--json]\n`);
  process.exit(2);
}
await startPostgres();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(
    signal,
    () =>
      void killAll()
        .then(stopPostgres)
        .finally(() => process.exit(1)),
  ); // no worker outlives the run
let broken = 0;
try {
  for (const name of chosen) {
    const figures = await scenarios[name]?.((full) => Math.ceil(full * share));
    if (!figures) continue;
    broken += figures.faults.length;
    process.stdout.write(
      words.includes('--json') ? `${JSON.stringify({ name, ...figures })}\n` : lineOf(name, figures),
    );
  }
} finally {
  await stopPostgres();
}
process.exit(broken > 0 ? 1 : 0);

function lineOf(name: string, found: Found): string {
  const line = LINES[piece ?? '']?.(found) ?? '';
  return [`${name} ${line}`, ...found.faults.map((fault) => `  does not hold: ${fault}`), ''].join('\n');
}

function messagesIn(figures: Figures): string {
  const { planned, sent, suppressed, unknown, failed, left, doubled, seconds, ...others } = figures;
  const parts = { sent, suppressed, unknown, failed, waiting: left };
  const sum = Object.entries(parts).flatMap(([word, count]) => (count > 0 ? [`${word} ${count}`] : []));
  return `planned ${planned} = ${sum.join(' + ')}; ${listed({ doubled, ...others, seconds })}`;
}

function answersIn(found: Found): string {
  const { acknowledged, stored, ...others } = found as Found & Record<'acknowledged' | 'stored', number>;
  return `acknowledged ${acknowledged} ${acknowledged === stored ? '=' : '≠'} stored ${stored}; ${listed(others)}`;
}

/** Every figure but the broken rules, which have lines of their own. */
function listed(figures: object): string {
  return Object.entries(figures)
    .filter(([word]) => word !== 'faults')
    .map(([word, value]) => `${word} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
