// One measurement in a process of its own: `copy` writes COPY of the plain table to a file as CSV, anything else reads the release's rows once
// to learn of them (the scan) and writes a file of that format. Sends `{ rows, seconds, peakMb, bytes }` over IPC and ends; `{ missing }` where
// there is no such writer.
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { MISSING_REASONS } from '../../dist/src/codebook/missing-reason.js';
import { blocksOf } from '../../dist/src/export/format/copy-binary.js';
import { Scan } from '../../dist/src/export/format/scan.js';
import { COLUMNS } from './formats-rows.mjs';

const WRITERS = {
  csv: ['format/csv.js', 'csvBytes'],
  dta: ['dta/dta.js', 'dtaBytes'],
  sav: ['sav/sav.js', 'savBytes'],
  zsav: ['sav/zsav.node.js', 'zsavBytes'],
  parquet: ['format/parquet.node.js', 'writeParquet'],
};

const [what, size, folder] = process.argv.slice(2);
const rows = Number(size);
const file = join(folder, `rows.${what}`);
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
const copied = (statement) => client.query(copyTo(statement, { highWaterMark: 1024 ** 2 }));
process.send(await (what === 'copy' ? measured(copy) : written()), () => process.disconnect());
await client.end();

async function written() {
  const [module, name] = WRITERS[what];
  const writer = await import(`../../dist/src/export/${module}`).then(
    (all) => all[name],
    (cause) => {
      if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    },
  );
  return writer === undefined ? { missing: true } : measured(() => format(writer));
}

function copy() {
  const names = COLUMNS.map(({ name }) => name).join(', ');
  return pipeline(
    copied(`COPY (SELECT ${names} FROM plain LIMIT ${rows}) TO STDOUT (FORMAT csv)`),
    createWriteStream(file),
  );
}

async function format(writer) {
  const read = () =>
    blocksOf(
      copied(
        `COPY (SELECT cells FROM release_row WHERE nr <= ${rows} ORDER BY nr) TO STDOUT (FORMAT binary)`,
      ),
      COLUMNS.length,
    );
  const scan = new Scan(COLUMNS);
  for await (const block of read()) scan.add(block);
  const table = tableOf(scan);
  if (what !== 'parquet') return pipeline(writer(table, read), createWriteStream(file));
  const work = join(folder, 'work');
  await mkdir(work);
  return writer(table, read, file, { codebook: '{}' }, work);
}

function tableOf(scan) {
  const values = Array.from({ length: 7 }, (_, at) => ({
    code: at + 1,
    label: { ru: `Ответ номер ${at + 1}`, en: `Answer number ${at + 1}` },
  }));
  const missing = MISSING_REASONS.slice(0, 8).map(({ code, stata, words }) => ({
    code,
    stata: stata.slice(1),
    label: words,
  }));
  return {
    name: 'a_indresp',
    label: { ru: 'Ответившие', en: 'Respondents' },
    source: { ru: 'Придуманное исследование', en: 'A made-up study' },
    key: ['pidp'],
    rows: scan.rows,
    locales: ['ru', 'en'],
    madeAt: new Date('2026-03-01T12:00:00Z'),
    columns: COLUMNS.map(({ name, type, isCode }, at) => ({
      name,
      type,
      measure: isCode ? 'nominal' : 'scale',
      label: { ru: `Вопрос ${name}`, en: `Question ${name}` },
      values: isCode ? values : [],
      missing: isCode ? missing : [],
      scan: scan.columns[at],
    })),
  };
}

/** Time and the most memory that the process ever had. */
async function measured(work) {
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  const status = await readFile('/proc/self/status', 'utf8');
  const peakMb = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  return { rows, seconds, peakMb, bytes: (await stat(file)).size };
}
