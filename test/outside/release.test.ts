import { existsSync } from 'node:fs';
import { copyFile, cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type ReleaseKind } from '../../src/access/analyst-token.js';
import { run } from '../make/dta-readers.js';
import { type Cells, type DescribedFile, wrongCells, wrongLabels } from '../make/release-cells.js';
import { countedByPspp, readersOf } from '../make/release-readers.js';
import { HOSTILE, releaseTown, type ReleaseTown } from '../make/release-town.js';

/** A release of the demo study as Python read its CSV files. */
interface Release {
  folder: string;
  /** The files that every format has. */
  files: DescribedFile[];
  cells: Record<string, Cells>;
  /** What does not agree, and how much was compared. */
  wrong: string[];
  compared: Record<string, number>;
}

const LEAST: Record<ReleaseKind, number> = { SUF: 3, PUF: 5 };

let out: string;
let town: ReleaseTown;
let releases: Record<ReleaseKind, Release>;
/** The SUF as CSV alone. */
let csvAlone: string;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'onward-release-'));
  town = await releaseTown(150, 6);
  await town.make('SUF');
  await town.make('PUF');
  releases = { SUF: await written('SUF'), PUF: await written('PUF') };
  csvAlone = await town.write('SUF', join(out, 'csv'), 'csv');
}, 240_000);
afterAll(async () => {
  await town.close();
  await rm(out, { recursive: true, force: true });
});

async function written(kind: ReleaseKind): Promise<Release> {
  const folder = await town.write(kind, out);
  const { identifying } = town.study.file.disclosure as { identifying: string[] };
  const names = identifying.map((name) => name.replace(/^ff_/, ''));
  const check = join(import.meta.dirname, '../make/release-check.py');
  const said = await run('/usr/bin/python3', [check, folder, String(LEAST[kind]), ...names], out);
  const { cells, ...rest } = JSON.parse(said) as Omit<Release, 'folder' | 'files'>;
  const codebook = JSON.parse(await readFile(join(folder, 'codebook.json'), 'utf8')) as {
    files: DescribedFile[];
  };
  const files = codebook.files.filter(({ file }) => file !== 'concordance');
  return { folder, files, cells, ...rest };
}

/** A copy, where programs may leave files of their own. */
async function copyOf({ folder }: Release): Promise<string> {
  const copy = await mkdtemp(join(out, 'copy-'));
  await cp(folder, copy, { recursive: true });
  return copy;
}

/** Bytes of labels: Stata counts characters, of which these languages have two bytes each at the most. */
const ROOM: Record<string, [number, number]> = {
  '.dta': [80, 32_000],
  '.sav': [255, 120],
  '.parquet': [Infinity, Infinity],
};
/** In its attributes SPSS has the other language whole. */
const WHOLE: [number, number] = [32_000, 32_000];

const KINDS = ['SUF', 'PUF'] as const;
const PROGRAMS = [
  'haven, .dta',
  'pandas, .dta',
  'readstata13, .dta',
  'haven, .sav and .zsav',
  'PSPP, .sav and .zsav',
  'readstat, .dta, .sav and .zsav',
  'DuckDB, .parquet',
] as const;
type Program = (typeof PROGRAMS)[number];
/** The languages that a program shows labels in. */
const SHOWS: Record<Program, readonly string[]> = {
  'haven, .dta': ['ru'],
  'pandas, .dta': ['ru'],
  'readstata13, .dta': ['en', 'ru'],
  'haven, .sav and .zsav': ['ru'],
  'PSPP, .sav and .zsav': ['en'],
  'readstat, .dta, .sav and .zsav': [],
  'DuckDB, .parquet': ['en', 'ru'],
};

describe.each(KINDS)('the %s', (kind) => {
  test('its codebooks, page, DDI and Data Package count what pandas counts in its CSV files; keys are unique', () => {
    const { wrong, compared } = releases[kind];
    expect(wrong).toEqual([]);
    for (const what of [
      'reasons',
      'codes',
      'words',
      'statistics',
      'lines of the page',
      'identifying columns',
    ])
      expect([what, (compared[what] ?? 0) > 0]).toEqual([what, true]);
    expect(compared['variables of DDI']).toBeGreaterThan(500);
    expect(compared['fields']).toBe(compared['variables of DDI']);
  });

  test.each(PROGRAMS)('%s: the same cells, missing reasons and labels as in CSV', async (program) => {
    const release = releases[kind];
    const readings = await readersOf(await copyOf(release), release.files, 'ru')[program]();
    expect(readings.length).toBe(release.files.length * program.split(/, | and /).slice(1).length);
    const isWithoutLetters = (nr: number) => program.startsWith('readstat,') && nr < release.files.length;
    for (const { file, width } of readings)
      expect([file.file, width]).toEqual([file.file, file.variables.length]);
    const wrong = readings.flatMap((reading, nr) => {
      if (!isWithoutLetters(nr)) return wrongCells(release, reading);
      // To readstat's command a letter of Stata is nothing.
      return reading.file.variables.flatMap((variable) => {
        const reasons = new Set(variable.missing.map(({ code }) => String(code)));
        const file = { ...reading.file, variables: [variable] };
        return wrongCells(release, { ...reading, file }, (cell) => (reasons.has(cell) ? '' : cell));
      });
    });
    expect(wrong).toEqual([]);
    for (const locale of SHOWS[program]) {
      const most = program.startsWith('PSPP') ? WHOLE : ROOM[/\.\w+/.exec(program)?.[0] ?? ''];
      const wrongWords = readings.flatMap((reading) =>
        wrongLabels(reading, reading.labels[locale] ?? {}, locale, most ?? WHOLE),
      );
      expect(wrongWords).toEqual([]);
    }
  });

  test('PSPP counts each code as a value and each reason as missing, as often as the codebook says', async () => {
    const { files } = releases[kind];
    const found = await countedByPspp(await copyOf(releases[kind]), files);
    const wrong = files.flatMap(({ file, rows, variables }) =>
      variables.flatMap(({ name, type, values = [], missing }) => {
        if (type !== 'numeric' || rows === 0) return [];
        const counts = found.get(`${file}.${name}`) ?? {};
        const given = [
          ...values.map(({ code, count }) => ({ code, count, isMissing: false })),
          ...missing.map(({ code, count }) => ({ code, count, isMissing: true })),
        ].filter(({ count }) => count > 0);
        return given.flatMap(({ code, ...of }) =>
          JSON.stringify(counts[code]) === JSON.stringify(of) ? [] : [`${file}.${name}: ${code}`],
        );
      }),
    );
    expect(found.size).toBeGreaterThan(500);
    expect(wrong).toEqual([]);
  });
});

test('months are the same wherever the reader is', async () => {
  const release = releases.SUF;
  const files = release.files.filter(({ variables }) => variables.some(({ type }) => type === 'month'));
  expect(files.length).toBeGreaterThan(5);
  const zone = process.env['TZ'];
  process.env['TZ'] = 'Asia/Almaty';
  try {
    const read = readersOf(await copyOf(release), files, 'ru');
    for (const program of [
      'haven, .dta',
      'haven, .sav and .zsav',
      'pandas, .dta',
      'DuckDB, .parquet',
    ] as const)
      expect((await read[program]()).flatMap((reading) => wrongCells(release, reading))).toEqual([]);
  } finally {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  }
});

const cellsOf = (kind: ReleaseKind, file: string, column: string): string[] =>
  releases[kind].cells[file]?.[column] ?? [];
const counted = (values: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
};

test('its files hold the people who agreed, and the answers that stand in the database', async () => {
  const query = <Row extends object>(sql: string, values: unknown[]): Promise<Row[]> =>
    town.services(DataSource).query(sql, values);
  for (const [kind, purpose] of [
    ['SUF', 'archive'],
    ['PUF', 'public_use'],
  ] as const) {
    const people = await query<{ id: string }>(
      `SELECT DISTINCT member_id AS id FROM consent WHERE purpose = $1 AND given`,
      [purpose],
    );
    const ids = people.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(40);
    expect(cellsOf(kind, 'xwave', 'pidp')).toHaveLength(ids.length);
    for (const wave of ['a', 'b']) {
      const answers = await query<{ code: string }>(
        `SELECT record ->> 'work_strategy' AS code FROM response r JOIN wave w ON w.id = r.wave_id JOIN issued_case c USING (member_id, wave_id)
         WHERE w.letter = $1 AND c.disposition IN ('1.1', '1.2') AND member_id = ANY ($2)`,
        [wave, ids],
      );
      const codes = answers.map(({ code }) => code);
      expect(codes.length).toBeGreaterThan(20);
      expect(counted(cellsOf(kind, `${wave}_indresp`, `${wave}_work_strategy`))).toEqual(counted(codes));
      const isThere = (code: string) => !['-11', ''].includes(code);
      expect(cellsOf(kind, 'panel_wide', `${wave}_work_strategy`).filter(isThere).sort()).toEqual(
        codes.sort(),
      );
    }
  }
});

test('texts longer or stranger than some format likes stand whole in every one', () => {
  // That they are the same in all formats is compared above, cell by cell.
  expect(cellsOf('SUF', 'xwave', 'cohort').slice(0, HOSTILE.length)).toEqual(
    HOSTILE.map((text) => (text.startsWith('=') ? `'${text}` : text)),
  );
  expect(HOSTILE.slice(0, 4).every((text) => Buffer.byteLength(text) >= 1_500)).toBe(true);
});

test('the long file holds both waves, and person and wave are unique in it', () => {
  const waves = cellsOf('SUF', 'panel_long', 'wave');
  expect(Object.keys(counted(waves)).sort()).toEqual(['1', '2']);
  const keys = cellsOf('SUF', 'panel_long', 'pidp').map((pidp, row) => `${pidp} ${waves[row]}`);
  expect(new Set(keys).size).toBe(keys.length);
});

describe('the PUF', () => {
  test('has no number of the SUF, in whatever file', async () => {
    const numbers = new Set(cellsOf('SUF', 'xwave', 'pidp'));
    expect(numbers.size).toBeGreaterThan(40);
    const { folder } = releases.PUF;
    for (const name of await readdir(folder)) {
      if (/\.(dta|sav|zsav|parquet)$/.test(name)) continue;
      const found =
        (await readFile(join(folder, name), 'utf8')).match(/(?<![\da-f.])\d{9}(?![\da-f])/g) ?? [];
      expect([name, found.filter((number) => numbers.has(number))]).toEqual([name, []]);
    }
    expect(cellsOf('PUF', 'panel_long', 'pidp').some((pidp) => numbers.has(pidp))).toBe(false);
  });

  test('has no file and no variable that is withheld from the public, nor what people wrote', () => {
    const { files } = releases.PUF;
    expect(files.map(({ file }) => file)).toEqual([
      'a_indresp',
      'b_indresp',
      'xwave',
      'panel_long',
      'panel_wide',
    ]);
    const withheld = new RegExp(
      `^([ab]_)?(ff_)?(${[
        ...['origin', 'household', 'ethnic_self', 'faith', 'left_reason', 'return_why', 'other_status'],
        ...[
          'source',
          'recruiter',
          'coupon',
          'seed',
          'rds_wave',
          'contact_ok',
          'out_note',
          'last_word',
          'occupation',
        ],
      ].join('|')}|consent_.*)(_.*)?$`,
    );
    const names = (kind: ReleaseKind) =>
      releases[kind].files.flatMap(({ variables }) => variables.map(({ name }) => name));
    expect(names('SUF').filter((name) => withheld.test(name)).length).toBeGreaterThan(30);
    expect(names('PUF').filter((name) => withheld.test(name))).toEqual([]);
    for (const kind of KINDS)
      for (const { file, variables } of releases[kind].files)
        for (const { name, type, item } of variables)
          if (type === 'string' && item !== undefined)
            expect([file, name]).toEqual([file, expect.stringMatching(/home$/)]);
  });
});

/** Programs find their files in a folder and say whether they are as they were released. */
describe('the scripts', () => {
  /** A folder with the files of one ending, and with all papers. */
  async function folderOf(from: string, ending: string): Promise<string> {
    const folder = await mkdtemp(join(out, 'scripts-'));
    for (const name of await readdir(from))
      if (!/\.(csv|dta|sav|zsav|parquet)$/.test(name) || name.endsWith(`.${ending}`))
        await copyFile(join(from, name), join(folder, name));
    return folder;
  }
  const isFine = (said: string, ending: string) => {
    const files = releases.SUF.files.filter(({ rows }) => rows > 0);
    for (const { file, rows } of files)
      expect(said).toMatch(new RegExp(`^${file}: (${rows} rows, )?as it should be`, 'm'));
    expect([ending, /NOT AS IT SHOULD|error|warning/i.exec(said)?.[0]]).toEqual([ending, undefined]);
  };

  test.each(['csv', 'dta', 'sav', 'zsav'])('R loads and checks every .%s', async (ending) => {
    const folder = await folderOf(releases.SUF.folder, ending);
    isFine(await run('sh', ['-c', 'Rscript setup.R 2>&1'], folder), ending);
  });

  test.each(['csv', 'dta'])('Python loads and checks every .%s', async (ending) => {
    const folder = await folderOf(releases.SUF.folder, ending);
    isFine(await run('/usr/bin/python3', ['setup.py'], folder), ending);
  });

  test('PSPP loads and checks every .sav, and every .csv where there is no other', async () => {
    isFine(await run('pspp', ['-O', 'format=csv', 'setup.sps'], await copyOf(releases.SUF)), 'sav');
    const folder = await mkdtemp(join(out, 'scripts-'));
    await cp(csvAlone, folder, { recursive: true });
    isFine(await run('pspp', ['-O', 'format=csv', 'setup.sps'], folder), 'csv');
  });
});

/** Beside a checkout, `shared` holds them; they belong to no repository. */
const schemas = process.env['ONWARD_DDI_SCHEMAS'] ?? join(import.meta.dirname, '../../../shared/ddi');
const schema = join(schemas, '2.5/codebook.xsd');
if (!existsSync(schema))
  process.stderr.write(
    'The DDI of the releases was not validated: ONWARD_DDI_SCHEMAS names no folder that has 2.5/codebook.xsd.\n',
  );

test.each(KINDS)(
  'codebook.xml of the %s is XML, and valid DDI-Codebook 2.5 where the schema is there',
  async (kind) => {
    const valid = existsSync(schema) ? ['--schema', schema] : [];
    await run('xmllint', ['--noout', '--nonet', ...valid, join(releases[kind].folder, 'codebook.xml')], out);
  },
);
