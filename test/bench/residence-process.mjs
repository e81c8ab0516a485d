// One measurement in a process of its own: `copy` drains COPY of the raw answers, `derive` runs the real ResidenceService.
// Sends `{ rows, seconds, growthMb }` over IPC and ends.
import { ResidenceService } from '../../dist/src/residence/residence.service.js';
import { inApp } from './application.mjs';
import { drained, watch } from './watch.mjs';

const measured = await inApp(process.env, (services) =>
  process.argv[2] === 'copy'
    ? drained(process.env.DATABASE_URL, 'COPY (SELECT answers FROM response) TO STDOUT')
    : derive(services(ResidenceService)),
);
process.send(measured, () => process.disconnect());

async function derive(service) {
  let rows = 0;
  const before = process.cpuUsage();
  const watched = await watch(async () => (rows = await service.bringUpToDate()));
  const { user, system } = process.cpuUsage(before);
  return { ...watched, rows, cpuSeconds: (user + system) / 1e6 };
}
