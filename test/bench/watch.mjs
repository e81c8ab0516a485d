// What a measuring process has in common with the others: time, memory, and the COPY that is the reference.
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

const SAMPLE_MS = 5;
const MIB = 1024 ** 2;

/** Time that work takes, and by how much the process's resident memory rises above where it stood, at its highest. */
export async function watch(work) {
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

/** Reads a COPY of a connection's database to its end. */
export async function drained(connectionString, statement) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  let bytes = 0;
  const drain = new Writable({
    write: (chunk, _encoding, done) => {
      bytes += chunk.length;
      done();
    },
  });
  const copy = client.query(copyTo(statement));
  const watched = await watch(() => pipeline(copy, drain));
  await client.end();
  return { ...watched, rows: copy.rowCount, bytes };
}
