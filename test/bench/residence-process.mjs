// One measurement in a process of its own: `copy` drains COPY of the raw answers, `derive` runs the real ResidenceService.
// Sends `{ rows, seconds, growthMb }` over IPC and ends.
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { ResidenceService } from '../../dist/src/residence/residence.service.js';
import { inApp } from './application.mjs';

const SAMPLE_MS = 5;
const MIB = 1024 ** 2;

const measured = await inApp(process.env, (services) =>
  process.argv[2] === 'copy' ? copyAnswers(process.env.DATABASE_URL) : derive(services(ResidenceService)),
);
process.send(measured, () => process.disconnect());

async function copyAnswers(connectionString) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  let bytes = 0;
  const drain = new Writable({
    write: (chunk, _encoding, done) => {
      bytes += chunk.length;
      done();
    },
  });
  const copy = client.query(copyTo('COPY (SELECT answers FROM response) TO STDOUT'));
  const watched = await watch(() => pipeline(copy, drain));
  await client.end();
  return { ...watched, rows: copy.rowCount, bytes };
}

async function derive(service) {
  let rows = 0;
  const before = process.cpuUsage();
  const watched = await watch(async () => (rows = await service.bringUpToDate()));
  const { user, system } = process.cpuUsage(before);
  return { ...watched, rows, cpuSeconds: (user + system) / 1e6 };
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
