// `npm run fault -- contacts [r5|frozen|r6|r8|away …] [--scale 0.1] [--json]`: the fault tests of contacts at their full sizes. A line
// each; ends with 1 where a rule did not hold. Every run has a PostgreSQL of its own.
import { spawnSync } from 'node:child_process';
import startPostgres from '../make/postgres.setup.js';
import stopPostgres from '../make/postgres.teardown.js';
import { killAll } from '../make/processes.js';
import { startRedis } from '../make/redis.js';
import { type Figures } from './figures.js';
import { frozen, kills } from './kills.js';
import { queueLoss } from './queue-loss.js';
import { races } from './races.js';
import { serverAway } from './server-away.js';

type Scenario = (scale: (full: number) => number) => Promise<Figures>;

const SCENARIOS: Record<string, Scenario> = {
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
const hasRedis = spawnSync('redis-server', ['--version']).error === undefined;

const words = process.argv.slice(2);
const scaleAt = words.indexOf('--scale');
const share = scaleAt < 0 ? 1 : Number(words[scaleAt + 1]);
const [piece, ...names] = words.filter(
  (word, at) => word !== '--json' && (scaleAt < 0 || (at !== scaleAt && at !== scaleAt + 1)),
);
const chosen = Object.keys(SCENARIOS).filter(
  (name) => (names.length === 0 || names.includes(name)) && (name !== 'r8-redis' || hasRedis),
);
if (piece !== 'contacts' || !(share > 0) || names.some((name) => !(name in SCENARIOS))) {
  process.stderr.write(
    `Say: npm run fault -- contacts [${Object.keys(SCENARIOS).join('|')} …] [--scale 0.1] [--json]\n`,
  );
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
    const figures = await SCENARIOS[name]?.((full) => Math.ceil(full * share));
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

function lineOf(name: string, figures: Figures): string {
  const { planned, sent, suppressed, unknown, failed, left, doubled, seconds, faults, ...more } = figures;
  const parts = { sent, suppressed, unknown, failed, waiting: left };
  const sum = Object.entries(parts).flatMap(([word, count]) => (count > 0 ? [`${word} ${count}`] : []));
  const rest = Object.entries({ doubled, ...more, seconds }).map(([word, value]) => `${word} ${value}`);
  const line = `${name} planned ${planned} = ${sum.join(' + ')}; ${rest.join(', ')}`;
  return [line, ...faults.map((fault) => `  does not hold: ${fault}`), ''].join('\n');
}
