// Rows a second of the real export against COPY of the raw rows from the same tables in the same run, each in a process
// of its own; how much memory the exporting process takes; and whether five times the people take five times as long.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inApp } from './application.mjs';
import { atSizes, median, medians, rounded, target } from './figures.mjs';
import { addOpenedCases, addResponses, answersOf, openStudy } from './panel.mjs';
import { writeSixtyItemStudy } from './sixty-items.mjs';

const SIZES = [20_000, 100_000];
const REPEATS = 3;
const PATIENCE = 120;
const SETS = 500;
const TARGET = { share: 0.3, growthMb: 64, ratio: 5.5 };
const PROGRAM = join(import.meta.dirname, 'export-process.mjs');

export async function bench(ground) {
  const folder = await writeSixtyItemStudy(ground.folder);
  const options = { sizes: SIZES, times: REPEATS, patience: PATIENCE, doing: 'Exporting' };
  const repeats = await atSizes(
    ground,
    options,
    async (size) => {
      const place = await filled(ground, folder, size);
      await runIn(ground, place, 'export'); // the disk's and the database's caches are warm for all that follow
      return place;
    },
    async (place) => ({
      copy: await runIn(ground, place, 'copy'),
      export: await runIn(ground, place, 'export'),
    }),
  );
  return told(ground, repeats);
}

/** A database with so many respondents of the made-up study. */
async function filled(ground, folder, size) {
  const name = `onward_${size}`;
  const env = await ground.database(name, 8080);
  const db = await ground.connect(name);
  const studyId = await inApp(env, async (services) => {
    const opened = await openStudy(services, folder);
    await addOpenedCases(db, opened, size);
    await addResponses(db, opened, answersOf(opened, SETS));
    return opened.study.id;
  });
  await db.query('VACUUM ANALYZE');
  await db.query('CHECKPOINT');
  await db.end();
  return { env, studyId, size };
}

/** One measurement in a fresh process; what it wrote is removed. */
async function runIn(ground, { env, studyId, size }, what) {
  const out = join(ground.folder, `out-${size}`);
  const measured = await ground.measured(PROGRAM, { args: [what, studyId, out], env, rows: size });
  await rm(out, { recursive: true, force: true });
  return measured;
}

function told(ground, repeats) {
  const sizes = SIZES.map((rows, at) => {
    const of = (what) => medians(repeats.map((repeat) => repeat[at][what]));
    const shares = repeats.map((repeat) => repeat[at].copy.seconds / repeat[at].export.seconds);
    return { rows, copy: of('copy'), export: of('export'), shareOfCopy: rounded(median(shares)) };
  });
  const ratio = rounded(median(repeats.map(([small, large]) => large.export.seconds / small.export.seconds)));
  const growthMb = Math.max(...sizes.map((size) => size.export.growthMb));
  const perSecond = ({ rows, seconds }) => Math.round(rows / seconds);
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { sizes, timeRatio: ratio },
    targets: [
      target(
        'rows a second ÷ those of COPY, the smaller of both sizes',
        Math.min(...sizes.map((s) => s.shareOfCopy)),
        {
          atLeast: TARGET.share,
        },
      ),
      target('growth of resident memory, MiB', growthMb, { atMost: TARGET.growthMb }),
      target('time of 100,000 ÷ time of 20,000', ratio, { atMost: TARGET.ratio }),
    ],
    tables: [
      {
        title: `Sixty items, ${sizes[0].export.columns} columns: the whole export against COPY response TO STDOUT`,
        head: [
          'respondents',
          'COPY rows/s',
          'COPY MB',
          'export rows/s',
          'export s',
          'CSV MB',
          'share',
          'memory + MiB',
        ],
        rows: sizes.map((size) => [
          size.rows,
          perSecond(size.copy),
          Math.round(size.copy.bytes / 1e6),
          perSecond(size.export),
          size.export.seconds,
          Math.round(size.export.bytes / 1e6),
          size.shareOfCopy,
          size.export.growthMb,
        ]),
      },
    ],
  };
}
