// Bytes a second of a backup of both databases against a plain COPY of the same tables in the same run, each in a process of its own; how
// much memory it takes at two sizes; and how long proving and restoring it take.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inApp } from './application.mjs';
import { atSizes, median, medians, rounded, target } from './figures.mjs';
import { addOpenedCases, addResponses, answersOf, openStudy } from './panel.mjs';
import { writeSixtyItemStudy } from './sixty-items.mjs';

const SIZES = [10_000, 50_000];
const REPEATS = 3;
const PATIENCE = 120;
const SETS = 500;
const TARGET = { share: 0.3, growthMb: 96, ratio: 1.5 };
const PROGRAM = join(import.meta.dirname, 'backup-process.mjs');

export async function bench(ground) {
  const folder = await writeSixtyItemStudy(ground.folder);
  const options = { sizes: SIZES, times: REPEATS, patience: PATIENCE, doing: 'Backing up' };
  const repeats = await atSizes(
    ground,
    options,
    (size) => filled(ground, folder, size),
    (place, nr) => measure(ground, place, nr),
  );
  return told(ground, repeats);
}

/** A backup of one place: made, proven, and restored into new databases. */
async function measure(ground, { env, size }, nr) {
  const file = join(ground.folder, `backup-${size}`);
  const copy = await runIn(ground, env, 'copy', file);
  const create = await runIn(ground, env, 'create', file);
  const verify = await runIn(ground, env, 'verify', file);
  const empty = await ground.database(`restored_${size}_${nr}`, 8080);
  const restore = await runIn(ground, { ...empty, VAULT_MASTER_KEY: env.VAULT_MASTER_KEY }, 'restore', file);
  await rm(file);
  if (create.rows < copy.rows || restore.rows !== create.rows)
    throw new Error(`${copy.rows} rows were there, ${create.rows} backed up, ${restore.rows} restored.`);
  return { copy, create, verify, restore };
}

/** A database with so many respondents of the made-up study. */
async function filled(ground, folder, size) {
  const name = `onward_${size}`;
  const env = await ground.database(name, 8080);
  const db = await ground.connect(name);
  await inApp(env, async (services) => {
    const opened = await openStudy(services, folder);
    await addOpenedCases(db, opened, size);
    await addResponses(db, opened, answersOf(opened, SETS));
  });
  await db.query('VACUUM ANALYZE');
  await db.query('CHECKPOINT');
  await db.end();
  return { env, size };
}

/** One measurement in a fresh process. */
async function runIn(ground, env, what, file) {
  return ground.measured(PROGRAM, { args: [what, file], env });
}

function told(ground, repeats) {
  const ways = ['copy', 'create', 'verify', 'restore'];
  const sizes = SIZES.map((people, at) => {
    const of = (what) => medians(repeats.map((repeat) => repeat[at][what]));
    const shares = repeats.map((repeat) => repeat[at].copy.seconds / repeat[at].create.seconds);
    return {
      people,
      ...Object.fromEntries(ways.map((what) => [what, of(what)])),
      shareOfCopy: rounded(median(shares)),
    };
  });
  const growthMb = Math.max(
    ...sizes.flatMap((size) => ['create', 'verify'].map((what) => size[what].growthMb)),
  );
  const [small, large] = sizes;
  const ratio = rounded(large.create.growthMb / small.create.growthMb);
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { sizes, growthRatio: ratio },
    targets: [
      target(
        'bytes a second ÷ those of COPY, the smaller of both sizes',
        Math.min(...sizes.map((s) => s.shareOfCopy)),
        { atLeast: TARGET.share },
      ),
      target('growth of resident memory, MiB', growthMb, { atMost: TARGET.growthMb }),
      target(`memory of ${SIZES[1]} ÷ memory of ${SIZES[0]}`, ratio, { atMost: TARGET.ratio }),
    ],
    tables: [
      {
        title: 'A backup against COPY of every table TO STDOUT',
        head: [
          'respondents',
          'COPY MB/s',
          'COPY MB',
          'backup MB/s',
          'backup s',
          'file MB',
          'share',
          'verify s',
          'restore s',
          'memory + MiB',
          'restoring + MiB',
        ],
        rows: sizes.map(({ people, copy, create, verify, restore, shareOfCopy }) => [
          people,
          rounded(copy.bytes / 1e6 / copy.seconds),
          Math.round(copy.bytes / 1e6),
          rounded(copy.bytes / 1e6 / create.seconds),
          create.seconds,
          Math.round(create.bytes / 1e6),
          shareOfCopy,
          verify.seconds,
          restore.seconds,
          create.growthMb,
          restore.growthMb,
        ]),
      },
    ],
  };
}
