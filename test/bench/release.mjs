// Time that making a release takes (numbering people, treating every file by the rules, hiding what identifies, freezing the rows), against
// that of copying the rows that it froze by themselves, in the same run; how much memory the process takes; and whether five times the
// people take five times as long.
import { join } from 'node:path';
import { atSizes, median, medians, rounded, target } from './figures.mjs';
import { interviewed } from './residence-lives.mjs';
import { ResidenceService } from '../../dist/src/residence/residence.service.js';

const SIZES = [20_000, 100_000];
const REPEATS = 3;
const PATIENCE = 240;
const LIVES = 2_000;
const TARGET = { ratio: 6, growthMb: 400 };
const PROGRAM = join(import.meta.dirname, 'release-process.mjs');

export async function bench(ground) {
  const options = { sizes: SIZES, times: REPEATS, patience: PATIENCE, doing: 'Making a release of' };
  const repeats = await atSizes(
    ground,
    options,
    (size) => filled(ground, size),
    (place) => measure(ground, place),
  );
  return told(ground, repeats);
}

/** Many people are alone in what identifies them. */
const filled = (ground, size) =>
  interviewed(ground, { size, lives: LIVES }, async (db, services) => {
    await services(ResidenceService).bringUpToDate();
    await db.query(
      `INSERT INTO consent (member_id, wave_id, purpose, given, text_version, locale, decided_on)
       SELECT member_id, wave_id, 'archive', true, '2026-11', 'ru', saved_on FROM response r JOIN wave w ON w.id = r.wave_id WHERE w.letter = 'a'`,
    );
    await db.query(
      `UPDATE response SET record = record || jsonb_build_object('birth_years', 1950 + 5 * floor(random() * 12)::int,
         'household_partner', floor(random() * 2)::int, 'household_child', floor(random() * 2)::int,
         'household_parents', floor(random() * 2)::int) WHERE record ? 'birth_years'`,
    );
    await db.query('VACUUM FULL ANALYZE');
    await db.query('CREATE TABLE copy_of_release_row (LIKE release_row INCLUDING ALL)');
  });

async function measure(ground, { env, name, studyId, size }) {
  const db = await ground.connect(name);
  await db.query('TRUNCATE release CASCADE');
  await db.query('CHECKPOINT');
  const copy = await runIn(ground, env, ['copy'], size * 4);
  const create = await runIn(ground, env, ['create', studyId], size);
  await db.query('CHECKPOINT');
  const { rows } = await db.query(
    `SELECT count(*)::int AS rows, sum(cardinality(cells))::float8 AS cells, pg_total_relation_size('release_row') / 1e6 AS mb FROM release_row`,
  );
  await db.query('TRUNCATE copy_of_release_row');
  const begun = performance.now();
  await db.query('INSERT INTO copy_of_release_row SELECT * FROM release_row');
  const bulk = (performance.now() - begun) / 1000;
  await db.query('TRUNCATE copy_of_release_row');
  await db.end();
  return {
    rows: rows[0].rows,
    cells: rows[0].cells,
    mb: Number(rows[0].mb),
    copy: copy.seconds,
    bulk,
    seconds: create.seconds,
    growthMb: create.growthMb,
    times: create.seconds / (copy.seconds + bulk),
  };
}

/** One measurement in a fresh process. */
const runIn = (ground, env, args, rows) => ground.measured(PROGRAM, { args, env, rows });

function told(ground, repeats) {
  const sizes = SIZES.map((members, at) => ({ members, ...medians(repeats.map((repeat) => repeat[at])) }));
  const ratio = rounded(median(repeats.map(([one, five]) => five.seconds / one.seconds)));
  return {
    machine: ground.machine,
    repeats: repeats.length,
    figures: { sizes, timeRatio: ratio },
    targets: [
      target('time of 100,000 ÷ time of 20,000', ratio, { atMost: TARGET.ratio }),
      target('growth of resident memory, 100,000 members, MiB', sizes[1].growthMb, {
        atMost: TARGET.growthMb,
      }),
    ],
    tables: [
      {
        title: 'A SUF of new-russian-diasporas, members with four interviews each',
        head: [
          'members',
          'rows',
          'cells',
          'MB',
          'COPY s',
          'bulk INSERT s',
          'create s',
          'times',
          'memory + MiB',
        ],
        rows: sizes.map((size) => [
          size.members,
          size.rows,
          size.cells,
          size.mb,
          size.copy,
          size.bulk,
          size.seconds,
          size.times,
          size.growthMb,
        ]),
      },
    ],
  };
}
