// Rows a second of a release's table in each format against PostgreSQL's own COPY of the same rows to CSV in the same run, each to a file and in a
// process of its own; the most memory that each takes; and whether ten times the rows take ten times as long.
import { rm, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { median, medians, repeated, rounded, target } from './figures.mjs';
import { fillTables } from './formats-rows.mjs';

const SIZES = [100_000, 1_000_000];
const REPEATS = 3;
const PATIENCE = 240;
const FORMATS = ['csv', 'dta', 'parquet', 'sav', 'zsav'];
/** DuckDB is let take so much of its own for these columns, beside what is allowed to us. */
const DUCKDB_MB = 100;
const TARGET = {
  share: { csv: 0.5, dta: 0.25, parquet: 0.25, sav: 0.12, zsav: 0.08 },
  peakMb: 300,
  ratio: 12,
};
const PROGRAM = join(import.meta.dirname, 'formats-process.mjs');

export async function bench(ground) {
  ground.progress(`Making ${SIZES.at(-1)} rows, twice`);
  const db = await ground.connect('postgres');
  await fillTables(db, SIZES.at(-1));
  await db.end();
  await runIn(ground, 'copy', SIZES.at(-1)); // the disk's and the database's caches are warm for all that follow
  const missing = new Set();
  const repeats = await repeated(REPEATS, PATIENCE, async (nr) => {
    const measured = [];
    for (const size of SIZES) {
      const found = {};
      for (const what of ['copy', ...FORMATS]) {
        if (missing.has(what)) continue;
        ground.progress(`Writing ${size} rows, ${what}, ${nr + 1} of ${REPEATS}`);
        const one = await runIn(ground, what, size);
        if (one.missing) missing.add(what);
        else found[what] = one;
      }
      measured.push(found);
    }
    return measured;
  });
  return told(ground, repeats, missing);
}

/** One measurement in a fresh process; what it wrote is removed. */
async function runIn(ground, what, size) {
  const folder = join(ground.folder, 'out');
  await mkdir(folder);
  const measured = await ground.measured(PROGRAM, {
    args: [what, String(size), folder],
    env: { DATABASE_URL: ground.server.url('postgres') },
  });
  await rm(folder, { recursive: true, force: true });
  return measured;
}

function told(ground, repeats, missing) {
  const formats = FORMATS.filter((format) => !missing.has(format)).map((format) => {
    const sizes = SIZES.map((rows, at) => ({
      rows,
      ...medians(repeats.map((repeat) => repeat[at][format])),
      shareOfCopy: rounded(
        median(repeats.map(({ [at]: { copy, [format]: own } }) => copy.seconds / own.seconds)),
      ),
    }));
    const ratio = median(repeats.map(([small, large]) => large[format].seconds / small[format].seconds));
    return {
      format,
      sizes,
      timeRatio: rounded(ratio),
      peakMb: Math.max(...sizes.map(({ peakMb }) => peakMb)),
    };
  });
  const copies = SIZES.map((rows, at) => ({ rows, ...medians(repeats.map((repeat) => repeat[at].copy)) }));
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { copy: copies, formats, missing: [...missing] },
    targets: formats.flatMap(({ format, sizes, timeRatio, peakMb }) => [
      target(`${format}: rows a second ÷ those of COPY`, sizes.at(-1).shareOfCopy, {
        atLeast: TARGET.share[format],
      }),
      target(`${format}: peak of resident memory, MiB`, peakMb, {
        atMost: TARGET.peakMb + (format === 'parquet' ? DUCKDB_MB : 0),
      }),
      target(`${format}: time of 1,000,000 ÷ time of 100,000`, timeRatio, { atMost: TARGET.ratio }),
    ]),
    tables: [
      {
        title: `Fifty columns, ${SIZES.at(-1)} rows: reading all once to learn of them, then writing, against COPY to CSV`,
        head: [
          'format',
          'rows/s',
          'share of COPY',
          'peak MiB',
          'MB',
          ...SIZES.map((size) => `s per 100k of ${size}`),
        ],
        rows: [
          lineOf('COPY', copies, 1, copies.at(-1).peakMb),
          ...formats.map(({ format, sizes, peakMb }) =>
            lineOf(format, sizes, sizes.at(-1).shareOfCopy, peakMb),
          ),
        ],
      },
      ...(missing.size === 0
        ? []
        : [{ title: `No writer is there for: ${[...missing].join(', ')}.`, head: [], rows: [] }]),
    ],
  };
}

const lineOf = (name, sizes, share, peakMb) => {
  const { rows, seconds, bytes } = sizes.at(-1);
  return [
    name,
    Math.round(rows / seconds),
    share,
    Math.round(peakMb),
    Math.round(bytes / 1e6),
    ...sizes.map((size) => rounded((size.seconds / size.rows) * 1e5)),
  ];
};
