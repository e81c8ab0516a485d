import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AuditSealService } from '../../src/access/audit-seal.service.js';
import { FenceService } from '../../src/contact/fence.service.js';
import { Sweep } from '../../src/contact/sweep.service.js';
import { Lives } from '../../src/demo/life.node.js';
import { makePeople } from '../../src/demo/people.js';
import { direct } from '../../src/demo/talk.node.js';
import { beginStudy, loadStudy, wavesOf } from '../../src/demo/town.node.js';
import { type Services } from '../../src/kit/cli.js';
import { addDays, dateOf } from '../../src/kit/clock.js';
import { QueueService } from '../../src/kit/queue.service.js';
import { monthOf } from '../../src/residence/month.js';
import { ErasureEndService } from '../../src/rights/erasure-end.service.js';
import { ErasureService } from '../../src/rights/erasure.service.js';
import { VaultService } from '../../src/vault/vault.service.js';
import { anna } from '../make/actors.js';
import { BEGINS, testApp, type TestApp } from '../make/app.js';
import { backupDesk, emptyPlace, everyRow } from '../make/backup-desk.js';
import { oneMoreInstance } from '../make/field.js';

/** What was found of a backup and its restore. */
export interface BackupFigures {
  people: number;
  rows: number;
  bytes: number;
  /** Files that were changed, cut off or met another key, and were restored nothing of. */
  refused: number;
  /** Rows of others that the restored databases lack, and those that they have and the backup had not. */
  lost: number;
  changed: number;
  /** Members who were erased after the backup, and rows in which something of them can be read all the same. */
  erased: number;
  readable: number;
  sentWhileFenced: number;
  sentAfterwards: number;
  seconds: number;
  faults: string[];
}

/** What a restore or an erasure writes itself, whatever was backed up. */
const ITS_OWN =
  /^(audit_entry|audit_head|sending_fence|migrations|tombstone|erased_\w+|left_\w+|erasure_\w+) /;

/**
 * Synthetic people live through the first days of the demo's study; a backup is made; they live on, and two of them have themselves
 * erased; then the older backup is restored elsewhere.
 */
export async function restores({ people }: { people: number }): Promise<BackupFigures> {
  const begun = performance.now();
  const desk = await backupDesk(() => town.clock);
  const ledger = join(desk.folder, 'tombstones.jsonl');
  const town: TestApp = await testApp({ env: { TOMBSTONES: ledger } });
  try {
    const { everyone, liveUntil } = await settled(town, people);
    await liveUntil(4);
    await town.services(AuditSealService).run();
    const kept = await everyRow(town.database);
    const [made] = (await desk.create(town.services, 'first', '--json')).json as [
      { rows: number; bytes: number },
    ];
    const refused = await refusals(desk, town);

    await liveUntil(5);
    const gone = await someWhoAnswered(town);
    for (const memberId of gone) await town.services(ErasureService).erase(memberId, anna);
    await town.services(ErasureEndService).run();

    const place = await emptyPlace(town.config);
    try {
      const told = await desk.restore('first', place);
      const vault = await town.services(VaultService).open();
      const traces = [
        ...gone,
        ...gone.map((id) => vault.keys.ownerOf(id).toString('hex')),
        ...everyone.filter(({ id }) => gone.includes(id)).map(({ email }) => email),
      ];
      const found = await everyRow(place.database);
      const ofOthers = (rows: string[]) =>
        rows.filter((row) => !ITS_OWN.test(row) && !traces.some((trace) => row.includes(trace)));
      const { sentWhileFenced, sentAfterwards, toTheErased } = await sentBy(
        { ...town, config: place.config },
        traces,
      );
      const lost = missing(ofOthers(kept), found);
      const figures = {
        people,
        ...{ rows: made.rows, bytes: made.bytes, refused, erased: gone.length },
        ...{ lost, changed: missing(ofOthers(found), kept) },
        readable: found.filter(
          (row) => !row.startsWith('audit_') && traces.some((trace) => row.includes(trace)),
        ).length,
        ...{ sentWhileFenced, sentAfterwards },
        seconds: Math.round((performance.now() - begun) / 1000),
      };
      return { ...figures, faults: faultsIn(figures, told.lines.join('\n'), toTheErased) };
    } finally {
      await place.database.drop();
    }
  } finally {
    await town.close();
    await desk.close();
  }
}

/** The demo's study with its people, and a way to let them live. */
async function settled({ services, clock, sink }: TestApp, count: number) {
  const study = await loadStudy(services);
  const everyone = makePeople(count, 1, study.file);
  const talk = direct(services);
  const lives = new Lives(everyone, {
    services,
    clock,
    begins: monthOf(dateOf(BEGINS)),
    waves: await wavesOf(services, study),
    talkOf: () => talk,
  });
  let received = 0;
  const receive = async () => {
    const messages = await sink.messages();
    for (const message of messages.slice(received)) lives.receive(message);
    received = messages.length;
  };
  await beginStudy(services, study, everyone);
  return {
    everyone,
    liveUntil: (day: number) => lives.until(addDays(BEGINS, day), receive),
  };
}

/** Tries to restore what must not be restored. @returns how often nothing came of it */
async function refusals(desk: Awaited<ReturnType<typeof backupDesk>>, { config }: TestApp): Promise<number> {
  const whole = await readFile(join(desk.folder, 'first'));
  const changed = (at: number) => {
    const bytes = Buffer.from(whole);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
    return bytes;
  };
  const place = await emptyPlace(config);
  let refused = 0;
  const refuses = async (work: Promise<unknown>) => {
    const failed = await work.then(
      () => false,
      (cause: { code?: unknown }) => /^backup\.(damaged|wrong_key|not_a_backup)$/.test(String(cause.code)),
    );
    if (failed && (await everyRow(place.database)).length === 0) refused += 1;
  };
  try {
    await refuses(desk.verify('first', Buffer.alloc(32, 1).toString('base64')));
    const odd = [0.3, 0.999].map((share) => whole.subarray(0, Math.floor(whole.length * share)));
    odd.push(whole.subarray(0, -1), changed(whole.length >> 1), changed(whole.length - 40), changed(2));
    for (const bytes of odd) {
      await writeFile(join(desk.folder, 'odd'), bytes);
      await refuses(desk.restore('odd', place));
    }
    return refused;
  } finally {
    await place.database.drop();
  }
}

async function someWhoAnswered({ database }: TestApp): Promise<string[]> {
  const rows = (await database.asOwner(
    'SELECT member_id AS id FROM response WHERE submitted_on IS NOT NULL ORDER BY member_id LIMIT 2',
  )) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Lets the restored installation run for some days behind its fence, and then without. */
async function sentBy(town: TestApp, traces: readonly string[]) {
  const { services, close } = await oneMoreInstance(town, town.config);
  try {
    const before = (await town.sink.messages()).length;
    town.clock.moveTo(addDays(BEGINS, 8));
    await deliverAll(services);
    const fenced = (await town.sink.messages()).length;
    await services(FenceService).lift('send', anna);
    await deliverAll(services);
    const after = await town.sink.messages();
    const toTheErased = after
      .slice(before)
      .filter(({ to }) => to.some((address) => traces.includes(address))).length;
    return { sentWhileFenced: fenced - before, sentAfterwards: after.length - fenced, toTheErased };
  } finally {
    await close();
  }
}

async function deliverAll(services: Services): Promise<void> {
  while ((await services(Sweep).run()).length > 0)
    while ((await services(QueueService).pending()) > 0)
      await new Promise((resolve) => setTimeout(resolve, 10));
}

/** How many rows of one list the other has not, each as often as it stands there. */
function missing(rows: readonly string[], among: readonly string[]): number {
  const left = new Map<string, number>();
  for (const row of among) left.set(row, (left.get(row) ?? 0) + 1);
  let count = 0;
  for (const row of rows) {
    const has = left.get(row) ?? 0;
    if (has === 0) count += 1;
    left.set(row, has - 1);
  }
  return count;
}

function faultsIn(figures: Omit<BackupFigures, 'faults'>, told: string, toTheErased: number): string[] {
  const { refused, lost, changed, readable, erased, sentWhileFenced, sentAfterwards } = figures;
  return [
    ...(refused === 7 ? [] : [`${7 - refused} files that are none were taken, or left something behind`]),
    ...(lost + changed === 0 ? [] : ['what was restored is not what was backed up']),
    ...(readable === 0 ? [] : ['something of whoever was erased can be read']),
    ...(told.includes(`Erased again: ${erased} members`)
      ? []
      : ['the restore did not say whom it erased again']),
    ...(told.includes('The audit log is intact') ? [] : ['the audit log did not come back whole']),
    ...(sentWhileFenced === 0 ? [] : ['messages left while sending was fenced']),
    ...(toTheErased === 0 ? [] : ['somebody who was erased was written to']),
    ...(sentAfterwards > 0 ? [] : ['nothing left after the fence was lifted, so nothing was held back']),
  ];
}
