// Time that deriving everybody's spells and moves takes, against that of reading the answers with COPY and of inserting as
// many spells, from the same tables in the same run; how much memory the deriving process takes; and whether five times the
// people take five times as long.
import { join } from 'node:path';
import { atSizes, median, medians, rounded, target } from './figures.mjs';
import { interviewed } from './residence-lives.mjs';

const SIZES = [20_000, 100_000];
const REPEATS = 3;
const PATIENCE = 150;
const LIVES = 400;
const SAMPLE = 5_000;
const TARGET = { times: 2, growthMb: 64, ratio: 5.5 };
const PROGRAM = join(import.meta.dirname, 'residence-process.mjs');

export async function bench(ground) {
  const options = { sizes: SIZES, times: REPEATS, patience: PATIENCE, doing: 'Deriving' };
  const repeats = await atSizes(
    ground,
    options,
    (size) => filled(ground, size),
    (place) => measure(ground, place),
  );
  return told(ground, repeats);
}

/** What inserts are compared with has no rows yet. */
const filled = (ground, size) =>
  interviewed(ground, { size, lives: LIVES }, async (db) => {
    await db.query('CREATE TABLE copy_of_residence_spell (LIKE residence_spell INCLUDING ALL)');
    await db.query('VACUUM ANALYZE');
  });

/** Everything of one size, from nothing derived yet on. */
async function measure(ground, { env, name, size }) {
  const db = await ground.connect(name);
  await db.query('TRUNCATE residence_revision, residence_spell, residence_move');
  await db.query(
    'UPDATE member SET residence_country = NULL, residence_region = NULL, residence_coder = NULL',
  );
  await db.query('VACUUM ANALYZE member');
  await db.query('CHECKPOINT');
  const copy = await runIn(ground, env, 'copy', size * 4);
  const first = await runIn(ground, env, 'derive', size);
  await db.query('CHECKPOINT');
  const { spells, moves, bulk, single } = await inserts(db);
  await db.query('UPDATE member SET residence_coder = NULL');
  await db.query('VACUUM ANALYZE member, residence_revision, residence_spell, residence_move');
  await db.query('CHECKPOINT');
  const again = await runIn(ground, env, 'derive', size);
  await db.end();
  const reference = { bulk: copy.seconds + bulk, single: copy.seconds + single };
  return {
    spells,
    moves,
    copyMb: copy.bytes / 1e6,
    copy: copy.seconds,
    bulk,
    single,
    seconds: first.seconds,
    cpuSeconds: first.cpuSeconds,
    growthMb: first.growthMb,
    againSeconds: again.seconds,
    times: first.seconds / reference.bulk,
    timesSingle: first.seconds / reference.single,
  };
}

/** Seconds that inserting the spells takes by themselves: in one statement, and each in one of its own (of a sample). */
async function inserts(db) {
  const { rows } = await db.query(
    'SELECT (SELECT count(*)::int FROM residence_spell) AS spells, (SELECT count(*)::int FROM residence_move) AS moves',
  );
  const { spells, moves } = rows[0];
  await db.query('TRUNCATE copy_of_residence_spell');
  const bulk = await secondsOf(() =>
    db.query('INSERT INTO copy_of_residence_spell SELECT * FROM residence_spell'),
  );
  const { rows: sample } = await db.query({
    text: 'SELECT * FROM residence_spell LIMIT $1',
    values: [SAMPLE],
    rowMode: 'array',
    types: { getTypeParser: () => (text) => text },
  });
  await db.query('TRUNCATE copy_of_residence_spell');
  const places = sample[0].map((_, at) => `$${at + 1}`).join(', ');
  const insert = { name: 'one', text: `INSERT INTO copy_of_residence_spell VALUES (${places})` };
  const each = await secondsOf(async () => {
    await db.query('BEGIN');
    for (const values of sample) await db.query({ ...insert, values });
    await db.query('COMMIT');
  });
  return { spells, moves, bulk, single: (each * spells) / sample.length };
}

async function secondsOf(work) {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}

/** One measurement in a fresh process. */
const runIn = (ground, env, what, rows) => ground.measured(PROGRAM, { args: [what], env, rows });

function told(ground, repeats) {
  const sizes = SIZES.map((members, at) => ({ members, ...medians(repeats.map((repeat) => repeat[at])) }));
  const [small, large] = sizes;
  const ratio = rounded(median(repeats.map(([one, five]) => five.seconds / one.seconds)));
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { sizes, timeRatio: ratio },
    targets: [
      target(
        'time of deriving 100,000 × 4 ÷ (COPY of the answers + one bulk INSERT of the spells)',
        large.times,
        {
          atMost: TARGET.times,
        },
      ),
      target('the same, an INSERT statement for each spell', large.timesSingle, { atMost: TARGET.times }),
      target('growth of resident memory, 100,000 over 20,000, MiB', large.growthMb - small.growthMb, {
        atMost: TARGET.growthMb,
      }),
      target('time of 100,000 ÷ time of 20,000', ratio, { atMost: TARGET.ratio }),
    ],
    tables: [
      {
        title: 'Members of new-russian-diasporas with four interviews each, none derived yet',
        head: [
          'members',
          'spells',
          'moves',
          'COPY MB',
          'COPY s',
          'bulk INSERT s',
          'single INSERTs s',
          'derive s',
          'of it CPU in Node s',
          'times',
          'times (single)',
          'memory + MiB',
          'derive again s',
        ],
        rows: sizes.map((size) => [
          size.members,
          size.spells,
          size.moves,
          size.copyMb,
          size.copy,
          size.bulk,
          size.single,
          size.seconds,
          size.cpuSeconds,
          size.times,
          size.timesSingle,
          size.growthMb,
          size.againSeconds,
        ]),
      },
    ],
  };
}
