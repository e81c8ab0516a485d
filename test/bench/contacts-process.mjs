// One measurement of planning in a process of its own: `plan` plans for cases that are there, `issue` issues and plans page by page.
// Sends `{ rows, seconds, growthMb }` over IPC and ends.
import { DataSource } from 'typeorm';
import { ContactService } from '../../dist/src/contact/contact.service.js';
import { WaveService } from '../../dist/src/wave/wave.service.js';
import { inApp } from './application.mjs';
import { watch } from './watch.mjs';

const MEMBERS_A_PAGE = 1000; // as many as are issued in one transaction

const [what, waveId] = process.argv.slice(2);
const measured = await inApp(process.env, (services) => (what === 'plan' ? plan(services) : issue(services)));
process.send(measured, () => process.disconnect());

async function plan(services) {
  const db = services(DataSource);
  const wave = await services(WaveService).opened(waveId);
  const cases = await db.query('SELECT member_id FROM issued_case WHERE wave_id = $1 ORDER BY 1', [waveId]);
  const ids = cases.map(({ member_id }) => member_id);
  let rows = 0;
  const watched = await watch(async () => {
    for (let from = 0; from < ids.length; from += MEMBERS_A_PAGE)
      rows += await db.transaction((tx) =>
        services(ContactService).plan(tx, wave, ids.slice(from, from + MEMBERS_A_PAGE), wave.openedAt),
      );
  });
  return { ...watched, rows };
}

async function issue(services) {
  const contacts = services(ContactService);
  let rows = 0;
  const watched = await watch(async () => {
    const { planned } = await services(WaveService).issueDue(waveId, contacts.plan.bind(contacts));
    rows = planned;
  });
  return { ...watched, rows };
}
