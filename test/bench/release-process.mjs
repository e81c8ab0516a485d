// One measurement in a process of its own: `create` makes a release by the real ReleaseService, `copy` drains COPY of the answers that it
// is made from. Sends `{ rows, seconds, growthMb }` over IPC and ends.
import { ReleaseService } from '../../dist/src/export/release/release.service.js';
import { inApp } from './application.mjs';
import { drained, watch } from './watch.mjs';

const [what, studyId] = process.argv.slice(2);

const measured = await inApp(process.env, (services) =>
  what === 'copy'
    ? drained(process.env.DATABASE_URL, 'COPY (SELECT record FROM response) TO STDOUT')
    : create(services(ReleaseService)),
);
process.send(measured, () => process.disconnect());

async function create(service) {
  let release;
  const watched = await watch(
    async () =>
      (release = await service.create(studyId, { kind: 'SUF', version: '1.0' }, { kind: 'system' })),
  );
  return { ...watched, rows: release.people };
}
