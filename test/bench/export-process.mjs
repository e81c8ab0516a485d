// One measurement in a process of its own: `copy` drains COPY of the raw rows, `export` runs the real ExportService.
// Sends `{ rows, seconds, growthMb, bytes }` over IPC and ends.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { ExportService } from '../../dist/src/export/export.service.js';
import { inApp } from './application.mjs';

const SAMPLE_MS = 5;
const MIB = 1024 ** 2;
const [what, studyId, folder] = process.argv.slice(2);

const measured = await inApp(process.env, (services) =>
  what === 'copy' ? copyRawRows(process.env.DATABASE_URL) : exportStudy(services(ExportService)),
);
process.send(measured, () => process.disconnect());

async function copyRawRows(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  let bytes = 0;
  const drain = new Writable({
    write: (chunk, _encoding, done) => {
      bytes += chunk.length;
      done();
    },
  });
  const copy = client.query(copyTo('COPY response TO STDOUT'));
  const watched = await watch(() => pipeline(copy, drain));
  await client.end();
  return { ...watched, rows: copy.rowCount, bytes };
}

/** All that an export does, numbering the people and writing every file, counted as rows of respondents. */
async function exportStudy(service) {
  let files = [];
  const watched = await watch(async () => (files = await service.export(studyId, folder)));
  const respondents = files.find(({ file }) => file === 'a_indresp.csv');
  const { size } = await stat(join(folder, respondents.file));
  return { ...watched, rows: respondents.rows, columns: respondents.columns, bytes: size };
}

/** Time that work takes, and by how much the process's resident memory rises above where it stood, at its highest. */
async function watch(work) {
  const before = process.memoryUsage.rss();
  let highest = before;
  const look = () => (highest = Math.max(highest, process.memoryUsage.rss()));
  const watching = setInterval(look, SAMPLE_MS);
  const begun = performance.now();
  await work();
  const seconds = (performance.now() - begun) / 1000;
  look();
  clearInterval(watching);
  return { seconds, growthMb: (highest - before) / MIB };
}
