// One measurement in a process of its own: `copy` drains COPY of the raw rows, `export` runs the real ExportService.
// Sends `{ rows, seconds, growthMb, bytes }` over IPC and ends.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportService } from '../../dist/src/export/export.service.js';
import { inApp } from './application.mjs';
import { drained, watch } from './watch.mjs';

const [what, studyId, folder] = process.argv.slice(2);

const measured = await inApp(process.env, (services) =>
  what === 'copy'
    ? drained(process.env.DATABASE_URL, 'COPY response TO STDOUT')
    : exportStudy(services(ExportService)),
);
process.send(measured, () => process.disconnect());

/** All that an export does, numbering the people and writing every file, counted as rows of respondents. */
async function exportStudy(service) {
  let files = [];
  const watched = await watch(
    async () => (files = await service.export(studyId, folder, { kind: 'system' })),
  );
  const respondents = files.find(({ file }) => file === 'a_indresp.csv');
  const { size } = await stat(join(folder, respondents.file));
  return { ...watched, rows: respondents.rows, columns: respondents.columns, bytes: size };
}
